"""Findings as a JUnit report, which build services show as tests: a product is a suite, a finding a failed case."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree

from factory.gates.finding import Finding


def to_junit(products: Iterable[str], findings: Iterable[Finding]) -> str:
    """The report. A product without a finding has one case that passed; what an exception covers is skipped."""
    ordered = sorted(findings)
    root = ElementTree.Element("testsuites", name="factory lint")
    for product in products:
        own = [finding for finding in ordered if finding.product == product]
        excused = [finding for finding in own if finding.exemption]
        suite = ElementTree.SubElement(
            root,
            "testsuite",
            name=product,
            tests=str(len(own) or 1),
            failures=str(len(own) - len(excused)),
            skipped=str(len(excused)),
            errors="0",
        )
        for finding in own:
            _case(suite, finding)
        if not own:
            ElementTree.SubElement(suite, "testcase", classname=product, name="every gate")
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True)


def _case(suite: ElementTree.Element, finding: Finding) -> None:
    case = ElementTree.SubElement(
        suite, "testcase", classname=finding.product, name=f"{finding.rule} {finding.path} line {finding.line}"
    )
    if finding.exemption:
        reason = f"{finding.exemption.reason} ({finding.exemption.owner}, until {finding.exemption.review})"
        ElementTree.SubElement(case, "skipped", message=reason)
        return
    failure = ElementTree.SubElement(case, "failure", type=finding.severity.value, message=finding.message)
    failure.text = f"{finding.why}\n{finding.mend}"
