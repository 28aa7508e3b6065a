"""Whether a launch role allows just enough, and whether the roles in the accounts are those of the templates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from factory.authoring.actions import arn_formats, is_reading
from factory.catalog.model import ProductName
from factory.gates.finding import Finding, Severity
from factory.synthesis.launch_roles import UNSCOPED, LaunchRole, role_name

# What IAM lets one role have (IAM User Guide, "IAM and AWS STS quotas"), less the one that hands a boundary on.
POLICIES_A_ROLE = 10 - 1
# A condition on these makes `*` as narrow as an ARN would.
_NARROWING = frozenset({"aws:ResourceAccount", "s3:ExistingObjectTag/servicecatalog:provisioning"})
_SOURCE = 'IAM User Guide, "Security best practices in IAM": grant least privilege.'


def check(role: LaunchRole) -> list[Finding]:
    """A finding for everything that the role allows too broadly, and for more policies than IAM takes."""
    findings = [
        _finding(role.product, str(statement.get("Sid", "")), message, _SOURCE, mend)
        for statement in role.statements
        if statement["Effect"] == "Allow"
        for message, mend in _broad(statement)
    ]
    if (count := len(role.policies)) > POLICIES_A_ROLE:
        message = f"the launch role needs {count} policies, IAM lets it have {POLICIES_A_ROLE}"
        why = "IAM refuses to attach more policies to a role than its quota."
        mend = "Split the product in two that are wired by contract values."
        findings.append(_finding(role.product, "policies", message, why, mend))
    return findings


def compare(roles: Iterable[LaunchRole], ledgers: Iterable[tuple[str, Mapping[ProductName, str]]]) -> list[Finding]:
    """A finding for every role that an account has from other templates; `ledgers` say what its roles are made from."""
    known = list(roles)
    return [
        _finding(
            role.product,
            role_name(role.product),
            f"the launch role in {place} {'is behind its templates' if role.product in held else 'is not there'}",
            "A launch fails half way where its role lacks an action that the template needs.",
            "factory bootstrap",
        )
        for place, held in ledgers
        for role in known
        if held.get(role.product) != role.digest
    ]


def _broad(statement: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    conditions = {key for keys in statement.get("Condition", {}).values() for key in keys}
    everywhere = any(arn == "*" or arn.endswith(":::*") for arn in statement["Resource"])
    for action in statement["Action"]:
        if "*" in action or "?" in action:
            yield f"{action} is a pattern of actions", "Name the actions."
            continue
        if action == "iam:PassRole" and "iam:PassedToService" not in conditions:
            yield f"{action} passes roles to any service", "Add a condition on iam:PassedToService."
        is_narrow = not everywhere or conditions & _NARROWING or action in UNSCOPED
        if not is_narrow and not is_reading(action) and arn_formats(action):
            yield f"{action} is allowed on every resource", "Name ARNs, or declare in UNSCOPED why none can be."


def _finding(product: ProductName, resource: str, message: str, why: str, mend: str) -> Finding:
    return Finding(
        product=product,
        resource=resource,
        path=f"launch role/{resource}",
        rule="launch-role",
        severity=Severity.ERROR,
        message=message,
        why=why,
        mend=mend,
    )
