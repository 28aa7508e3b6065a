"""What a gate says about an artifact."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """How much a finding weighs. Each of them refuses the artifact."""

    ERROR = "error"
    WARNING = "warning"
    INFORMATIONAL = "informational"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Finding:
    """One reason to refuse a product, and how to take it away."""

    product: str
    resource: str
    """Logical name of the resource, or the template section."""
    path: str
    """Where inside the template, joined by slashes."""
    rule: str
    severity: Severity
    message: str
    why: str
    mend: str
    line: int = 1
    """Line of the synthesized template, counted from 1."""


def to_json(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """The findings as plain data, in a stable order."""
    return [asdict(finding) for finding in sorted(findings)]


_SARIF_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFORMATIONAL: "note"}


def to_sarif(findings: Iterable[Finding]) -> dict[str, Any]:
    """The findings as a SARIF 2.1.0 log, one run, for code-scanning screens."""
    ordered = sorted(findings)
    rules = {finding.rule: finding for finding in ordered}
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "product-factory",
                        "rules": [
                            {
                                "id": name,
                                "shortDescription": {"text": rule.why},
                                "help": {"text": rule.mend},
                            }
                            for name, rule in sorted(rules.items())
                        ],
                    }
                },
                "results": [
                    {
                        "ruleId": finding.rule,
                        "level": _SARIF_LEVELS[finding.severity],
                        "message": {"text": f"{finding.product}/{finding.resource}: {finding.message}"},
                        "locations": [
                            {
                                "physicalLocation": {
                                    "artifactLocation": {"uri": f"{finding.product}.template.json"},
                                    "region": {"startLine": finding.line},
                                },
                                "logicalLocations": [{"fullyQualifiedName": finding.path}],
                            }
                        ],
                    }
                    for finding in ordered
                ],
            }
        ],
    }
