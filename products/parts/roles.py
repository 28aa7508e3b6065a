"""IAM roles as every product makes them: one task each, trusted by one service, bounded where the launch says so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from awacs.aws import Statement
from troposphere import Equals, If, Not, NoValue, Ref
from troposphere.iam import Policy, Role

from factory.authoring import Stack
from factory.authoring.policy import document, service_trust

_BOUNDED = "RolesAreBounded"


def service_role(
    stack: Stack,
    title: str,
    service: str,
    statements: Sequence[Statement],
    *,
    trust_conditions: Sequence[Any] = (),
    condition: str | None = None,
) -> Role:
    """A role that one AWS service takes on, allowed what the statements say and nothing else.

    `service` is the part of the service principal before `.amazonaws.com`.
    """
    if _BOUNDED not in stack.template.conditions:
        stack.condition(_BOUNDED, Not(Equals(Ref("PermissionsBoundary"), "")))
    role = Role(
        title,
        AssumeRolePolicyDocument=service_trust(service, *trust_conditions),
        PermissionsBoundary=If(_BOUNDED, Ref("PermissionsBoundary"), NoValue),
    )
    if statements:
        role.Policies = [Policy(PolicyName=title, PolicyDocument=document(*statements))]
    if condition:
        role.Condition = condition
    return stack.add(role)


def grant(role: Role, name: str, statements: Sequence[Statement], *, condition: str | None = None) -> None:
    """Allow a role something more, perhaps only where a condition of the launch holds."""
    policy: Any = Policy(PolicyName=name, PolicyDocument=document(*statements))
    if condition:
        policy = If(condition, policy, NoValue)
    role.Policies = [*role.properties.get("Policies", []), policy]
