"""AWS IAM: sizes and grammar of policies, principals that exist, and names that differ in more than their case.

Sources: AWS IAM User Guide, "IAM and AWS STS quotas"; IAM API Reference, CreateRole and PutRolePolicy.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from factory.sandbox.demands import policies
from factory.sandbox.emulator import Resource
from factory.sandbox.stacks.account import Account
from factory.sandbox.types.refusal import RefusedError

_MAX_TRUST = 2048
_MAX_INLINE = 10_240
_MAX_MANAGED = 6144
_MAX_MANAGED_PER_ROLE = 10


def _role(resource: Resource, account: Account) -> None:
    properties = resource.properties
    if resource.physical_id is None and "RoleName" in properties:
        refuse_same_name(str(properties["RoleName"]), account)
    check_trust(properties["AssumeRolePolicyDocument"], account)
    check_attached(len(properties.get("ManagedPolicyArns") or ()))
    inline = [policy["PolicyDocument"] for policy in properties.get("Policies") or ()]
    check_inline(inline, f"role {properties.get('RoleName', resource.logical_id)}")


def check_attached(count: int) -> None:
    """Raise RefusedError for more managed policies than a role can have."""
    if count > _MAX_MANAGED_PER_ROLE:
        raise _exceeded(f"Cannot exceed quota for PoliciesPerRole: {_MAX_MANAGED_PER_ROLE}")


def _policy(resource: Resource, account: Account) -> None:
    document, name = resource.properties["PolicyDocument"], resource.properties["PolicyName"]
    check_inline([document], "the policy")
    for role in resource.properties.get("Roles") or ():
        check_embedded(role, name, document, account)


def check_embedded(role: str, name: str, document: Any, account: Account) -> None:
    """Raise RefusedError for a policy that a role can't take beside those that it has."""
    iam = account.client("iam")
    others = [
        iam.get_role_policy(RoleName=role, PolicyName=other)["PolicyDocument"]
        for other in iam.list_role_policies(RoleName=role)["PolicyNames"]
        if other != name
    ]
    check_inline([document], f"role {role}", others)


def _managed_policy(resource: Resource, _account: Account) -> None:
    check_managed(resource.properties["PolicyDocument"])


def check_managed(document: Any) -> None:
    """Raise RefusedError for a document that a managed policy can't have."""
    _check_grammar(document, policies.IDENTITY)
    if policies.characters(document) > _MAX_MANAGED:
        raise _exceeded(f"Cannot exceed quota for PolicySize: {_MAX_MANAGED}")


def check_trust(document: Any, account: Account) -> None:
    """Raise RefusedError for a trust policy that a role can't have."""
    _check_grammar(document, policies.TRUST)
    for statement in policies.statements(document):
        if any(not action.lower().startswith("sts:") and action != "*" for action in policies.actions_of(statement)):
            raise _malformed("AssumeRole policy may only specify STS AssumeRole actions.")
    if (principal := policies.absent_principal(document, account)) is not None:
        raise _malformed(f'Invalid principal in policy: "AWS":"{principal}"')
    if policies.characters(document) > _MAX_TRUST:
        raise _exceeded(f"Cannot exceed quota for ACLSizePerRole: {_MAX_TRUST}")


def check_inline(documents: Iterable[Any], owner: str, others: Iterable[Any] = ()) -> None:
    """Raise RefusedError for documents that can't be embedded, as they are or beside others that are already."""
    for document in documents:
        _check_grammar(document, policies.IDENTITY)
    if sum(policies.characters(document) for document in (*documents, *others)) > _MAX_INLINE:
        raise _exceeded(f"Maximum policy size of {_MAX_INLINE} bytes exceeded for {owner}")


def _check_grammar(document: Any, kind: policies.Kind) -> None:
    if (problem := policies.problem(document, kind)) is not None:
        raise _malformed(problem)


def refuse_same_name(name: str, account: Account) -> None:
    """Raise RefusedError for a role's name that is taken: names are not distinguished by case (CreateRole)."""
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
