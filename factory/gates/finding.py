"""What a gate says about an artifact."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from factory.authoring.exemption import Exemption


class Severity(StrEnum):
    """How much a finding weighs. Each of them refuses the artifact, unless an exception covers it."""

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
    exemption: Exemption | None = field(default=None, compare=False)
    """The exception that keeps the finding from refusing the product."""


def refusing(findings: Iterable[Finding]) -> list[Finding]:
    """Those that no exception covers."""
    return [finding for finding in findings if finding.exemption is None]


def to_json(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """The findings as plain data, in a stable order."""
    return [_plain(finding) for finding in sorted(findings)]


def _plain(finding: Finding) -> dict[str, Any]:
    body = asdict(finding)
    del body["exemption"]
    return {**body, "exception": finding.exemption.to_json() if finding.exemption else None}


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
                        # SARIF 2.1.0, 3.27.23: an empty list says that nothing suppresses the result.
                        "suppressions": [
                            {
                                "kind": "inSource",
                                "justification": f"{finding.exemption.reason} "
                                f"({finding.exemption.owner}, until {finding.exemption.review})",
                            }
                        ]
                        if finding.exemption
                        else [],
                    }
                    for finding in ordered
                ],
            }
        ],
    }
