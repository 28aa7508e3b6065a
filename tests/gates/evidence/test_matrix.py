"""What each control rests on, and the documents that say so."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from trestle.oscal.component import ComponentDefinition
from troposphere.sqs import Queue

from factory.authoring import Product, Requires, Stack
from factory.catalog.controls import FRAMEWORKS
from factory.gates.evidence.documents import counts, to_json, to_markdown
from factory.gates.evidence.matrix import ControlEvidence, State, matrix
from factory.gates.evidence.oscal import to_oscal
from factory.gates.inspection import inspect
from factory.gates.lint import house_rules
from factory.synthesis.artifact import Artifact, synthesize
from products.parts import contract

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
KEPT = {"DeletionPolicy": "RetainExceptOnCreate", "UpdateReplacePolicy": "Retain"}


@pytest.fixture(scope="module")
def queues() -> Artifact:
    class Queues(Product):
        """Queues, one of which has an excuse."""

        name = "queues"
        version = "1.2.0"
        key = Requires(contract.KEY_ARN)

        def build(self, stack: Stack) -> None:
            stack.add(Queue("Good", KmsMasterKeyId=self.key, **KEPT))
            excused = Queue("Excused", **KEPT)
            stack.exempt(excused, "E9101", "It holds | nothing", owner="Data team", review="2027-06-30")
            stack.add(excused)

    return synthesize(Queues)


@pytest.fixture(scope="module")
def shown(queues: Artifact) -> tuple[ControlEvidence, ...]:
    return evidence(queues, date(2026, 11, 25))


def evidence(artifact: Artifact, today: date) -> tuple[ControlEvidence, ...]:
    findings = inspect([artifact], catalog=[artifact], regions=["us-east-1"], today=today)
    return matrix([artifact], findings, house_rules().values(), FRAMEWORKS.values())


def control(shown: tuple[ControlEvidence, ...], framework: str, identifier: str) -> ControlEvidence:
    (found,) = (item for item in shown if (item.framework.name, item.control.id) == (framework, identifier))
    return found


def test_a_control_rests_on_rules_and_the_resources_that_keep_them(shown: tuple[ControlEvidence, ...]) -> None:
    found = control(shown, "nist-800-53", "SC-28(1)")
    assert found.state is State.EXCEPTED
    (kept,) = (item for item in found.kept if item.rule == "E9101")
    assert (kept.product, kept.version, kept.resources) == ("queues", "1.2.0", ("Good",))
    assert [(item.resource, item.exemption.owner) for item in found.exceptions] == [("Excused", "Data team")]


def test_an_exception_that_has_ended_breaks_the_control(queues: Artifact) -> None:
    found = control(evidence(queues, date(2027, 7, 1)), "nist-800-53", "SC-28(1)")
    assert found.state is State.BROKEN
    assert "E9101" in {finding.rule for finding in found.broken}


def test_what_no_template_covers_is_left_to_somebody(shown: tuple[ControlEvidence, ...]) -> None:
    document = to_json(shown)
    assert {entry["covered_by"] for entry in document} == {"templates", "AWS", "organization", "application"}
    (physical,) = (entry for entry in document if (entry["framework"], entry["control"]) == ("soc2", "CC6.4"))
    assert (physical["state"], physical["covered_by"]) == ("not covered by templates", "AWS")
    assert all(count.total() == len(FRAMEWORKS[name].controls) for name, count in counts(shown))


def test_a_rule_that_nobody_asked_for_is_no_evidence(shown: tuple[ControlEvidence, ...]) -> None:
    asked_for = {rule.id for rule in house_rules().values() if rule.asked_by}
    assert asked_for
    assert not {kept.rule for item in shown for kept in item.kept} & asked_for


def test_auditors_read_markdown(shown: tuple[ControlEvidence, ...]) -> None:
    lines = list(to_markdown(shown))
    assert "| queues/Excused | E9101 | It holds \\| nothing | Data team | 2027-06-30 |" in lines
    assert any(line.startswith("| SC-28(1) | Cryptographic Protection | evidenced with exceptions |") for line in lines)
    # Every row of a table has as many cells as its head.
    columns = 0
    for line in lines:
        if line.startswith("| ---"):
            columns = line.count("|")
        assert not line.startswith("|") or not columns or line.replace("\\|", "").count("|") == columns or "---" in line
        columns = columns if line.startswith("|") else 0


def test_the_component_definition_is_valid_oscal(queues: Artifact, shown: tuple[ControlEvidence, ...]) -> None:
    document = to_oscal([queues], shown, NOW)
    definition = ComponentDefinition.model_validate(document["component-definition"])
    assert [component.title for component in definition.components or []] == ["queues 1.2.0"]
    assert to_oscal([queues], shown, NOW) == document


def test_without_products_it_is_valid_too() -> None:
    document = to_oscal([], matrix([], [], house_rules().values(), FRAMEWORKS.values()), NOW)
    ComponentDefinition.model_validate(document["component-definition"])
