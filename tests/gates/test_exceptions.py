"""Exceptions beside a resource: what they cover, and when they end."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from troposphere.sqs import Queue

from factory.authoring import Product, Stack
from factory.errors import AuthoringError
from factory.gates.finding import refusing, to_json, to_sarif
from factory.gates.inspection import Memory, inspect
from factory.synthesis.artifact import Artifact, synthesize

REVIEW = date(2027, 6, 30)
RULE = "E9101"


def artifact(rule: str = RULE) -> Artifact:
    class Plain(Product):
        """A queue under AWS's own key."""

        name = "plain"
        version = "1.0.0"

        def build(self, stack: Stack) -> None:
            queue = Queue(
                "Queue",
                SqsManagedSseEnabled=True,
                DeletionPolicy="RetainExceptOnCreate",
                UpdateReplacePolicy="Retain",
            )
            stack.exempt(queue, rule, "It holds nothing of anybody", owner="Data team", review=REVIEW.isoformat())
            stack.add(queue)

    return synthesize(Plain)


def test_a_covered_finding_shows_and_does_not_refuse() -> None:
    plain = artifact()
    findings = inspect([plain], catalog=[plain], regions=["us-east-1"], today=REVIEW)
    covered = [found for found in findings if found.rule == RULE]
    assert [found.exemption is not None for found in covered] == [True]
    assert RULE not in {found.rule for found in refusing(findings)}
    (body,) = [body for body in to_json(findings) if body["rule"] == RULE]
    assert body["exception"] == {
        "rule": RULE,
        "reason": "It holds nothing of anybody",
        "owner": "Data team",
        "review": "2027-06-30",
    }
    (result,) = [item for item in to_sarif(findings)["runs"][0]["results"] if item["ruleId"] == RULE]
    assert result["suppressions"] == [
        {"kind": "inSource", "justification": "It holds nothing of anybody (Data team, until 2027-06-30)"}
    ]


def test_an_exception_ends_with_its_review_although_findings_are_remembered(tmp_path: Path) -> None:
    plain, memory = artifact(), Memory(directory=tmp_path)
    for today, ends in ((REVIEW, False), (date(2027, 7, 1), True)):
        findings = inspect([plain], catalog=[plain], regions=["us-east-1"], today=today, memory=memory)
        refused = [found.message for found in refusing(findings) if found.rule == RULE]
        assert [("its exception ended on 2027-06-30" in message) for message in refused] == [True] * ends


def test_an_exception_that_covers_nothing_is_found() -> None:
    plain = artifact("E9001")
    findings = inspect([plain], catalog=[plain], regions=["us-east-1"], today=REVIEW)
    assert {("Queue", "exceptions"), ("Queue", RULE)} <= {(item.resource, item.rule) for item in refusing(findings)}


@pytest.mark.parametrize(("reason", "review"), [("", "2027-06-30"), (" ", "2027-06-30"), ("It must", "next year")])
def test_an_exception_says_why_and_until_when(reason: str, review: str) -> None:
    class Empty(Product):
        """Nothing."""

        name = "empty"
        version = "1.0.0"

    with pytest.raises(AuthoringError, match=f"exception from {RULE}"):
        Stack(Empty).exempt(Queue("Queue"), RULE, reason, owner="Data team", review=review)
