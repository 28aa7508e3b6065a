"""AWS IAM: sizes and grammar of policies, principals that exist, and names that differ in more than their case.

Sources: AWS IAM User Guide, "IAM and AWS STS quotas"; IAM API Reference, CreateRole and PutRolePolicy.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from factory.sandbox.emulator import Resource
from factory.sandbox.stacks.account import Account
from factory.sandbox.stacks.demands import policies
from factory.sandbox.types.refusal import RefusedError

_MAX_TRUST = 2048
_MAX_INLINE = 10_240
_MAX_MANAGED = 6144
_MAX_MANAGED_PER_ROLE = 10


def _role(resource: Resource, account: Account) -> None:
    properties = resource.properties
    if resource.physical_id is None and "RoleName" in properties:
        _refuse_same_name(str(properties["RoleName"]), account)
    _check_trust(properties["AssumeRolePolicyDocument"], account)
    if len(properties.get("ManagedPolicyArns") or ()) > _MAX_MANAGED_PER_ROLE:
        raise _exceeded(f"Cannot exceed quota for PoliciesPerRole: {_MAX_MANAGED_PER_ROLE}")
    inline = [policy["PolicyDocument"] for policy in properties.get("Policies") or ()]
    _check_inline(inline, f"role {properties.get('RoleName', resource.logical_id)}")


def _policy(resource: Resource, account: Account) -> None:
    """A policy that is embedded into roles; with those that they have already it may not be too large."""
    document, name = resource.properties["PolicyDocument"], resource.properties["PolicyName"]
    iam = account.client("iam")
    for role in resource.properties.get("Roles") or ():
        others = [
            iam.get_role_policy(RoleName=role, PolicyName=other)["PolicyDocument"]
            for other in iam.list_role_policies(RoleName=role)["PolicyNames"]
            if other != name
        ]
        _check_inline([document], f"role {role}", others)
    _check_inline([document], "the policy")


def _managed_policy(resource: Resource, _account: Account) -> None:
    document = resource.properties["PolicyDocument"]
    _check_grammar(document, policies.IDENTITY)
    if policies.characters(document) > _MAX_MANAGED:
        raise _exceeded(f"Cannot exceed quota for PolicySize: {_MAX_MANAGED}")


def _check_trust(document: Any, account: Account) -> None:
    _check_grammar(document, policies.TRUST)
    for statement in policies.statements(document):
        if any(not action.startswith("sts:") and action != "*" for action in policies.actions_of(statement)):
            raise _malformed("AssumeRole policy may only specify STS AssumeRole actions.")
    if (principal := policies.absent_principal(document, account)) is not None:
        raise _malformed(f'Invalid principal in policy: "AWS":"{principal}"')
    if policies.characters(document) > _MAX_TRUST:
        raise _exceeded(f"Cannot exceed quota for ACLSizePerRole: {_MAX_TRUST}")


def _check_inline(documents: Iterable[Any], owner: str, others: Iterable[Any] = ()) -> None:
    for document in documents:
        _check_grammar(document, policies.IDENTITY)
    if sum(policies.characters(document) for document in (*documents, *others)) > _MAX_INLINE:
        raise _exceeded(f"Maximum policy size of {_MAX_INLINE} bytes exceeded for {owner}")


def _check_grammar(document: Any, kind: policies.Kind) -> None:
    if (problem := policies.problem(document, kind)) is not None:
        raise _malformed(problem)


def _refuse_same_name(name: str, account: Account) -> None:
    """Names of roles are not distinguished by case (CreateRole)."""
    pages = account.client("iam").get_paginator("list_roles").paginate()
    if name.lower() in {found.lower() for found in pages.search("Roles[].RoleName")}:
        raise RefusedError(f"Role with name {name} already exists.", code="EntityAlreadyExists")


def _malformed(message: str) -> RefusedError:
    return RefusedError(message, code="MalformedPolicyDocument")


def _exceeded(message: str) -> RefusedError:
    return RefusedError(message, code="LimitExceeded")


DEMANDS = {
    "AWS::IAM::ManagedPolicy": _managed_policy,
    "AWS::IAM::Policy": _policy,
    "AWS::IAM::Role": _role,
}
