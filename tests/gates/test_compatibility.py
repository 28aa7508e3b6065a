"""A published version never changes: what the gate says about code that did."""

from __future__ import annotations

import dataclasses

from factory.catalog.model import Digest, ProductName, VersionName
from factory.gates.compatibility import check
from factory.synthesis.artifact import Artifact

FOUNDATION = ProductName("foundation")


def test_unchanged_and_unpublished_products_pass(artifacts: dict[str, Artifact]) -> None:
    foundation = artifacts["foundation"]
    assert check([foundation], {}) == []
    assert check([foundation], {(FOUNDATION, foundation.version): foundation.digest}) == []


def test_a_changed_product_needs_a_version_after_every_published_one(artifacts: dict[str, Artifact]) -> None:
    changed = dataclasses.replace(artifacts["foundation"], version=VersionName("1.0.0"))
    releases = {
        (FOUNDATION, VersionName("1.0.0")): Digest("0" * 64),
        (FOUNDATION, VersionName("1.9.0")): Digest("1" * 64),
        (FOUNDATION, VersionName("1.10.4")): Digest("2" * 64),
        (ProductName("network"), VersionName("7.0.0")): Digest("3" * 64),
    }
    (finding,) = check([changed], releases)
    assert finding.message == "foundation 1.0.0 is published with another template"
    assert finding.mend == 'set version = "1.10.5" in the class of product foundation'
