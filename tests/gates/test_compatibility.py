"""What may be published under which version: a published one never changes, a new one moves as far as its change."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

import pytest

from factory.catalog.model import Digest, ProductName, VersionName
from factory.gates.compatibility import baseline, check, least
from factory.gates.difference import Bump
from factory.synthesis.artifact import Artifact

FOUNDATION = ProductName("foundation")
QUEUE = {"Resources": {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {}}}}
SLOW = {"Resources": {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"DelaySeconds": 5}}}}
FIFO = {"Resources": {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"FifoQueue": True}}}}


def artifact(artifacts: dict[str, Artifact], version: str, template: Mapping[str, Any]) -> Artifact:
    body = json.dumps(template).encode()
    return dataclasses.replace(artifacts["foundation"], version=VersionName(version), body=body)


def releases(*versions: str) -> dict[tuple[ProductName, VersionName], Digest]:
    return {(FOUNDATION, VersionName(version)): Digest(f"{place:064}") for place, version in enumerate(versions)}


def published(_product: ProductName, _version: VersionName) -> Mapping[str, Any]:
    return QUEUE


def unasked(_product: ProductName, _version: VersionName) -> Mapping[str, Any]:
    raise AssertionError("nothing has to be compared")


def test_unchanged_and_unpublished_products_pass(artifacts: dict[str, Artifact]) -> None:
    foundation = artifacts["foundation"]
    assert check([foundation], {}, unasked) == []
    assert check([foundation], {(FOUNDATION, foundation.version): foundation.digest}, unasked) == []


def test_a_changed_product_needs_another_version(artifacts: dict[str, Artifact]) -> None:
    (finding,) = check([artifact(artifacts, "1.0.0", SLOW)], releases("1.0.0"), published)
    assert finding.rule == "published-version"
    assert finding.message == ("foundation 1.0.0 is published with another template: the change needs version 1.0.1")
    assert finding.mend == "factory release foundation"


def test_a_version_that_moves_too_little_is_refused(artifacts: dict[str, Artifact]) -> None:
    (finding,) = check([artifact(artifacts, "1.1.0", FIFO)], releases("1.0.0"), published)
    assert finding.rule == "version-step"
    assert finding.message == (
        "foundation 1.1.0 follows 1.0.0 with a major change, which needs version 2.0.0: "
        "Queue (AWS::SQS::Queue) would lose its data, and 1 more"
    )


@pytest.mark.parametrize(("version", "template"), [("1.0.1", SLOW), ("1.1.0", SLOW), ("2.0.0", FIFO), ("2.5.0", FIFO)])
def test_a_version_that_moves_far_enough_passes(
    artifacts: dict[str, Artifact], version: str, template: Mapping[str, Any]
) -> None:
    assert check([artifact(artifacts, version, template)], releases("1.0.0", "3.0.0"), published) == []


def test_a_version_is_compared_with_the_newest_that_is_not_newer() -> None:
    known = releases("1.0.0", "1.9.0", "1.10.4", "by-hand")
    names = {version: baseline(FOUNDATION, VersionName(version), known) for version in ("0.9.0", "1.9.5", "2.0.0")}
    assert names == {"0.9.0": None, "1.9.5": "1.9.0", "2.0.0": "1.10.4"}


def test_a_step_that_is_taken_already_leads_past_the_newest() -> None:
    known = releases("1.0.0", "1.0.1", "1.4.2")
    assert least(FOUNDATION, VersionName("1.0.0"), Bump.MINOR, known) == "1.1.0"
    assert least(FOUNDATION, VersionName("1.0.0"), Bump.PATCH, known) == "1.4.3"
