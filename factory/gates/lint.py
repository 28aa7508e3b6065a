"""cfn-lint with the house rules over a template, in process, for every region it will be launched in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from factory.gates.finding import Finding, Severity
from factory.synthesis.artifact import Artifact

if TYPE_CHECKING:
    from factory.gates.house import HouseRule

HOUSE_RULES = Path(__file__).parent / "rules"

_SEVERITIES = {"E": Severity.ERROR, "W": Severity.WARNING, "I": Severity.INFORMATIONAL}


def lint(artifact: Artifact, regions: Sequence[str]) -> list[Finding]:
    """Every finding of cfn-lint, informational ones included, and of the house rules."""
    # cfn-lint takes about a second to import, which `--help` need not wait for.
    from cfnlint.api import lint as run
    from cfnlint.config import ManualArgs

    config = ManualArgs(regions=list(regions), include_checks=["I"])
    found = run(artifact.body.decode(), rules=_rules(), config=config)
    return [
        finding(artifact, match.rule, getattr(match, "path", None) or [], match.message, line=match.linenumber)
        for match in found
    ]


@cache
def house_rules() -> Mapping[str, HouseRule]:
    """The house rules by id, in the order of their ids."""
    from cfnlint.rules import RulesCollection

    found = RulesCollection()
    found.create_from_directory(str(HOUSE_RULES))
    return {rule.id: rule for rule in sorted(found, key=lambda rule: str(rule.id))}


@cache
def _rules() -> Any:
    from cfnlint.config import ConfigMixIn
    from cfnlint.core import get_rules

    return get_rules([str(HOUSE_RULES)], [], ["I"], configure_rules=ConfigMixIn().configure_rules)


def finding(
    artifact: Artifact, rule: Any, at: Sequence[Any], message: str, *, mend: str = "", line: int = 1
) -> Finding:
    """What a rule of cfn-lint or of the house found at a path of the template."""
    path = [str(part) for part in at]
    inside = len(path) > 1 and path[0] in {"Resources", "Parameters", "Outputs", "Conditions", "Rules"}
    return Finding(
        product=artifact.product,
        resource=path[1] if inside else (path[0] if path else "template"),
        path="/".join(path),
        rule=rule.id,
        severity=_SEVERITIES.get(rule.id[0], Severity.ERROR),
        message=message,
        why=rule.description,
        mend=mend or getattr(rule, "mend", "") or rule.source_url,
        line=line,
    )
