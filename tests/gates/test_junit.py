"""Findings as a JUnit report."""

from __future__ import annotations

from datetime import date

from defusedxml import ElementTree

from factory.authoring.exemption import Exemption
from factory.gates.finding import Finding, Severity
from factory.gates.junit import to_junit


def finding(product: str, rule: str, exemption: Exemption | None = None) -> Finding:
    return Finding(
        product=product,
        resource="Queue",
        path="Resources/Queue",
        rule=rule,
        severity=Severity.ERROR,
        message="is <open> & plain",
        why="Others read it.",
        mend="Close it.",
        line=12,
        exemption=exemption,
    )


def test_products_are_suites_and_findings_cases() -> None:
    exemption = Exemption(rule="E2", reason="The service has none.", owner="Platform", review=date(2027, 1, 1))
    findings = [finding("queue", "E2", exemption), finding("queue", "E1")]
    root = ElementTree.fromstring(to_junit(["network", "queue"], findings))
    network, queue = root
    assert (network.get("tests"), network.get("failures"), network[0].get("name"), len(network[0])) == (
        "1",
        "0",
        "every gate",
        0,
    )
    assert [queue.get(name) for name in ("tests", "failures", "skipped")] == ["2", "1", "1"]
    failed, skipped = queue
    assert failed.get("name") == "E1 Resources/Queue line 12"
    assert failed[0].get("message") == "is <open> & plain"
    assert failed[0].text == "Others read it.\nClose it."
    assert (skipped[0].tag, skipped[0].get("message")) == (
        "skipped",
        "The service has none. (Platform, until 2027-01-01)",
    )
