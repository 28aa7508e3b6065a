"""The gates together: wiring, quotas, what is remembered, and the documents for machines."""

from __future__ import annotations

import dataclasses
import json
from datetime import date
from pathlib import Path

import pytest

from factory.authoring import ContractValue, Kind
from factory.gates import inspection, quotas, wiring
from factory.gates.finding import Finding, Severity, to_json, to_sarif
from factory.gates.inspection import Memory, inspect
from factory.synthesis.artifact import Artifact

TODAY = date(2026, 11, 25)
VALUE = ContractValue(product="foundation", name="key-arn", description="The key.")


@pytest.fixture
def foundation(artifacts: dict[str, Artifact]) -> Artifact:
    return artifacts["foundation"]


def requiring(artifact: Artifact, value: ContractValue) -> Artifact:
    return dataclasses.replace(artifact, product="consumer", requires=(("Parameter", value),), provides=frozenset())


def test_a_value_that_nobody_provides_is_found(foundation: Artifact) -> None:
    consumer = requiring(foundation, dataclasses.replace(VALUE, name="key-arm"))
    (finding,) = wiring.check([foundation, consumer])
    assert (finding.product, finding.resource) == ("consumer", "Parameter")
    assert finding.message == "no product provides foundation/key-arm"
    assert finding.mend == "Did you mean foundation/key-arn?"


def test_a_value_of_another_type_is_found(foundation: Artifact) -> None:
    consumer = requiring(foundation, dataclasses.replace(VALUE, kind=Kind.VPC_ID))
    (finding,) = wiring.check([foundation, consumer])
    assert finding.message == "foundation/key-arn is provided as String, required as AWS::EC2::VPC::Id"


def test_a_value_that_is_only_looked_for_must_be_provided_too(foundation: Artifact) -> None:
    provided = next(value for value in foundation.provides if value.name == VALUE.name)
    missing = dataclasses.replace(provided, name="key-arm")
    consumer = dataclasses.replace(requiring(foundation, provided), finds=frozenset({provided, missing}))
    (finding,) = wiring.check([foundation, consumer])
    assert (finding.resource, finding.path) == ("key-arm", "Resources")


def test_a_template_that_is_too_large_is_found(foundation: Artifact) -> None:
    template = {**foundation.template, "Outputs": {f"O{number}": {"Value": "x"} for number in range(201)}}
    found = quotas.check(dataclasses.replace(foundation, body=json.dumps(template).encode() + b" " * 1_000_000))
    assert [finding.resource for finding in found] == ["Outputs", "template"]


def test_an_unchanged_template_is_not_linted_again(
    foundation: Artifact, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = Memory(directory=tmp_path)
    changed = dataclasses.replace(foundation, body=foundation.body.replace(b'"Retain"', b'"Delete"', 1))
    first = inspect([changed], catalog=[foundation], regions=["us-east-1"], today=TODAY, memory=memory)
    linted: list[str] = []

    def watched(artifact: Artifact, regions: object) -> list[Finding]:
        linted.append(f"{artifact.digest} {regions}")
        return []

    monkeypatch.setattr(inspection, "lint", watched)
    assert inspect([changed], catalog=[foundation], regions=["us-east-1"], today=TODAY, memory=memory) == first
    assert first
    assert linted == []
    inspect([changed], catalog=[foundation], regions=["eu-west-1"], today=TODAY, memory=memory)
    inspect([foundation], catalog=[foundation], regions=["us-east-1"], today=TODAY, memory=memory)
    assert len(linted) == 2


def test_a_damaged_memory_is_passed_over(foundation: Artifact, tmp_path: Path) -> None:
    memory = Memory(directory=tmp_path)
    first = inspect([foundation], catalog=[foundation], regions=["us-east-1"], today=TODAY, memory=memory)
    for path in tmp_path.iterdir():
        path.write_text("{")
    assert inspect([foundation], catalog=[foundation], regions=["us-east-1"], today=TODAY, memory=memory) == first


def test_documents_for_machines() -> None:
    finding = Finding(
        product="network",
        resource="Vpc",
        path="Resources/Vpc",
        rule="E9001",
        severity=Severity.ERROR,
        message="lacks a tag",
        why="Nobody pays.",
        mend="Tag it.",
        line=7,
    )
    assert to_json([finding])[0]["severity"] == "error"
    run = to_sarif([finding])["runs"][0]
    assert run["tool"]["driver"]["rules"][0]["id"] == "E9001"
    result = run["results"][0]
    assert result["level"] == "error"
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 7}
