"""IAM roles as every product makes them: one task each, trusted by few, bounded where the launch says so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from awacs.aws import PolicyDocument, Statement
from troposphere import Equals, If, Not, NoValue, Ref
from troposphere.awslambda import Function
from troposphere.iam import Policy, Role

from factory.authoring import Stack
from factory.authoring.policy import document, service_trust

_BOUNDED = "RolesAreBounded"


def service_role(
    stack: Stack,
    title: str,
    service: str,
    statements: Sequence[Statement | If],
    *,
    trust_conditions: Sequence[Any] = (),
    condition: str | None = None,
) -> Role:
    """A role that one AWS service takes on, allowed what the statements say and nothing else.

    `service` is the part of the service principal before `.amazonaws.com`.
    """
    return trusting_role(stack, title, service_trust(service, *trust_conditions), statements, condition=condition)


def trusting_role(
    stack: Stack,
    title: str,
    trust: PolicyDocument,
    statements: Sequence[Statement | If],
    *,
    condition: str | None = None,
) -> Role:
    """A role that whoever its trust policy names takes on, allowed what the statements say and nothing else."""
    if _BOUNDED not in stack.template.conditions:
        stack.condition(_BOUNDED, Not(Equals(Ref("PermissionsBoundary"), "")))
    role = Role(
        title,
        AssumeRolePolicyDocument=trust,
        PermissionsBoundary=If(_BOUNDED, Ref("PermissionsBoundary"), NoValue),
    )
    if statements:
        role.Policies = [Policy(PolicyName=title, PolicyDocument=document(*statements))]
    if condition:
        role.Condition = condition
    return stack.add(role)


def known_name(stack: Stack, resource: Role | Function, name: Any, reason: str) -> None:
    """Give a role or function a name that other accounts know it by, whatever the project of its launch is."""
    setattr(resource, "RoleName" if isinstance(resource, Role) else "FunctionName", name)
    stack.exempt(resource, "E9803", reason, owner="Platform engineering", review="2027-11-30")


def grant(role: Role, name: str, statements: Sequence[Statement], *, condition: str | None = None) -> None:
    """Allow a role something more, perhaps only where a condition of the launch holds."""
    policy: Any = Policy(PolicyName=name, PolicyDocument=document(*statements))
    if condition:
        policy = If(condition, policy, NoValue)
    role.Policies = [*role.properties.get("Policies", []), policy]
