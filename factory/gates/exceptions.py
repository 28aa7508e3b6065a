"""Exceptions from rules, declared beside the resource: applied to findings, and ended by their review date."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from factory.authoring.exemption import METADATA, Exemption
from factory.gates.finding import Finding, Severity
from factory.gates.lint import house_rules
from factory.synthesis.artifact import Artifact

_WHY = "An exception holds for one rule, one resource and until its review; anything else would hide what it is about."


def apply(artifact: Artifact, findings: Iterable[Finding], today: date) -> list[Finding]:
    """The findings, those excused that an exception of the template covers.

    An exception whose review date has passed excuses nothing, and one that covers no finding is a finding itself.
    """
    declared = dict(_declared(artifact))
    used: set[tuple[str, str]] = set()
    told = []
    for finding in findings:
        key = (finding.resource, finding.rule)
        exemption = declared.get(key)
        if exemption is None:
            told.append(finding)
            continue
        used.add(key)
        if today > exemption.review:
            told.append(replace(finding, message=f"{finding.message}; its exception ended on {exemption.review}"))
        else:
            told.append(replace(finding, exemption=exemption))
    # A rule that only some portfolios ask for finds nothing where none does.
    asked = {rule.id for rule in house_rules().values() if rule.asked_by}
    idle = (_idle(artifact, *key) for key in sorted(declared.keys() - used) if key[1] not in asked)
    return [*told, *idle]


def _declared(artifact: Artifact) -> Iterator[tuple[tuple[str, str], Exemption]]:
    for name, resource in artifact.template["Resources"].items():
        body: Any
        for body in resource.get("Metadata", {}).get(METADATA, {}).get("exceptions", []):
            exemption = Exemption.from_json(body)
            yield (name, exemption.rule), exemption


def _idle(artifact: Artifact, resource: str, rule: str) -> Finding:
    return Finding(
        product=artifact.product,
        resource=resource,
        path=f"Resources/{resource}/Metadata",
        rule="exceptions",
        severity=Severity.ERROR,
        message=f"an exception from {rule} covers no finding",
        why=_WHY,
        mend=f"Remove it: {resource} keeps {rule}.",
    )
