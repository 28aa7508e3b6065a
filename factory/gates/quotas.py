"""Whether a template stays below CloudFormation's quotas (User Guide, "Understand CloudFormation quotas")."""

from __future__ import annotations

from factory.gates.finding import Finding, Severity
from factory.synthesis.artifact import Artifact

_SECTIONS = {"Resources": 500, "Parameters": 200, "Outputs": 200, "Mappings": 200}
_BODY_BYTES = 1_000_000
_DESCRIPTION_BYTES = 1024


def check(artifact: Artifact) -> list[Finding]:
    """A finding for every quota that the template exceeds."""
    template = artifact.template
    measured = [(name, len(template.get(name, {})), limit, "entries") for name, limit in _SECTIONS.items()]
    measured.append(("template", len(artifact.body), _BODY_BYTES, "bytes"))
    measured.append(("Description", len(template.get("Description", "").encode()), _DESCRIPTION_BYTES, "bytes"))
    return [
        Finding(
            product=artifact.product,
            resource=section,
            path=section,
            rule="quotas",
            severity=Severity.ERROR,
            message=f"{section} has {count} {unit}, CloudFormation takes {limit}",
            why="CloudFormation refuses a template that exceeds its quotas.",
            mend="Split the product in two that are wired by contract values.",
        )
        for section, count, limit, unit in measured
        if count > limit
    ]
