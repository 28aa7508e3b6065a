"""AWS KMS: key policies that leave somebody in charge.

Sources: AWS KMS API Reference, CreateKey and PutKeyPolicy; AWS KMS Developer Guide, "Quotas".
"""

from __future__ import annotations

import fnmatch
from typing import Any

from factory.sandbox.demands import policies
from factory.sandbox.emulator import Resource
from factory.sandbox.stacks.account import Account
from factory.sandbox.types.arguments import truth
from factory.sandbox.types.refusal import RefusedError

_MAX_POLICY_BYTES = 32_768
_SYMMETRIC = "SYMMETRIC_DEFAULT"


def _key(resource: Resource, account: Account) -> None:
    properties = resource.properties
    if truth(properties.get("EnableKeyRotation", False)) and properties.get("KeySpec", _SYMMETRIC) != _SYMMETRIC:
        raise RefusedError("You cannot enable automatic rotation of this key.", code="UnsupportedOperationException")
    if (document := properties.get("KeyPolicy")) is not None:
        caller = resource.caller()
        bypassed = truth(properties.get("BypassPolicyLockoutSafetyCheck", False))
        check_policy(document, account, caller=caller.arn if caller else None, bypassed=bypassed)


def check_policy(document: Any, account: Account, *, caller: str | None, bypassed: bool = False) -> None:
    """Raise RefusedError for a policy that a key can't have; `caller` is an ARN, None for the account's root."""
    if (problem := policies.problem(document, policies.RESOURCE)) is not None:
        raise _malformed(problem)
    if policies.absent_principal(document, account) is not None:
        raise _malformed("Policy contains a statement with one or more invalid principals.")
    if policies.characters(document) > _MAX_POLICY_BYTES:
        raise RefusedError("The key policy is too large.", code="LimitExceededException")
    if not bypassed and not _leaves_in_charge(document, account, caller):
        raise _malformed("The new key policy will not allow you to update the key policy in the future.")


def _leaves_in_charge(document: Any, account: Account, caller: str | None) -> bool:
    """Whether the caller may put another policy: in its own name, or by the policies that its account gives it."""
    in_charge = {"*", account.id, f"arn:aws:iam::{account.id}:root"}
    # A session's ARN has the role's name but not its path.
    name = caller.split("/")[1] if caller and "/" in caller else None
    return any(
        statement.get("Effect") == "Allow"
        and any(
            principal in in_charge or (name is not None and principal.rpartition("/")[2] == name)
            for principal in policies.principals(statement, "AWS")
        )
        and any(fnmatch.fnmatchcase("kms:putkeypolicy", action.lower()) for action in policies.actions_of(statement))
        for statement in policies.statements(document)
    )


def _malformed(message: str) -> RefusedError:
    return RefusedError(message, code="MalformedPolicyDocumentException")


DEMANDS = {"AWS::KMS::Key": _key}
