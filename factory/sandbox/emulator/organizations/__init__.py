"""AWS Organizations for accounts that are members of one: on ministack's records, with its policies and tags.

ministack takes every account for the management account of an organization of its own. Here an account is in one
organization or in none, and may do there what AWS lets it do.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from typing import Any

from factory.sandbox.emulator.organizations import records
from factory.sandbox.emulator.organizations.operations import OPERATIONS, RefusedError
from factory.sandbox.organization import OrganizationTree

__all__ = ["correct", "found", "tree_of"]

found = records.found
tree_of = records.tree_of

_Answer = tuple[int, dict[str, str], bytes]

# AWS Organizations API Reference, "API operations by account". A delegated administrator also sees policies; to change
# them it would need a resource-based delegation policy, which ministack does not know.
_ANYBODY = frozenset({"DescribeOrganization"})
_READING = ("Describe", "List")
_PAGE = 20


def correct() -> None:
    """Put this in the place of ministack's AWS Organizations; to be called once."""
    from ministack.core import iam_evaluator
    from ministack.services import organizations

    async def handle_request(
        method: str,  # noqa: ARG001
        path: str,  # noqa: ARG001
        headers: Mapping[str, str],
        content: bytes,
        query_params: Mapping[str, Any],  # noqa: ARG001
    ) -> _Answer:
        from ministack.core.responses import get_account_id

        lowered = {name.lower(): value for name, value in headers.items()}
        operation = lowered.get("x-amz-target", "").rpartition(".")[2]
        try:
            return _json(200, answer(operation, json.loads(content or b"{}"), get_account_id()))
        except RefusedError as refused:
            reason = {"Reason": refused.reason} if refused.reason else {}
            body = {"__type": refused.code, "Message": refused.message, **reason}
            return _json(400, body, {"x-amzn-errortype": refused.code})

    def principal_org_id(account: str) -> str | None:
        tree = tree_of(account)
        return tree.id if tree else None

    organizations.handle_request = handle_request
    # What `aws:PrincipalOrgID` in policies stands for.
    iam_evaluator._principal_org_id = principal_org_id


def answer(operation: str, given: Mapping[str, Any], account: str) -> dict[str, Any]:
    """Carry out an operation in the name of an account. Raises RefusedError."""
    tree = tree_of(account)
    if operation == "CreateOrganization":
        return _create(tree, account)
    if tree is None:
        message = "Your account is not a member of an organization."
        raise RefusedError("AWSOrganizationsNotInUseException", message)
    if operation == "LeaveOrganization":
        operation, given = "RemoveAccountFromOrganization", {"AccountId": account}
    elif not _may(tree, account, operation):
        raise RefusedError("AccessDeniedException", "You don't have permissions to access this resource.")
    with records.inside(tree.management_account):
        answered = _carry_out(operation, tree, given)
    return _paged(answered, given, operation) if operation.startswith("List") else answered


def _may(tree: OrganizationTree, account: str, operation: str) -> bool:
    delegated = any(account == administrator for administrator, _ in tree.administrators)
    return account == tree.management_account or operation in _ANYBODY or (delegated and operation.startswith(_READING))


def _create(tree: OrganizationTree | None, account: str) -> dict[str, Any]:
    if tree is not None:
        message = "The account is already a member of an organization."
        raise RefusedError("AlreadyInOrganizationException", message)
    with records.inside(account):
        return _original("DescribeOrganization")({})


def _carry_out(operation: str, tree: OrganizationTree, given: Mapping[str, Any]) -> dict[str, Any]:
    own = OPERATIONS.get(operation)
    return own(tree, _Given(given)) if own else _original(operation)(given)


class _Given(dict[str, Any]):
    """The parameters of a call, which is refused where one that it needs is missing."""

    def __missing__(self, name: str) -> Any:
        raise RefusedError("InvalidInputException", f"You must specify {name}.", "INPUT_REQUIRED")


def _original(operation: str) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """ministack's own operation. It founds an organization where there is none."""
    from ministack.services import organizations

    function = organizations._DISPATCH.get(operation)
    if function is None:
        raise RefusedError("UnknownOperationException", f"{operation} is not supported by the sandbox's Organizations.")

    def run(given: Mapping[str, Any]) -> dict[str, Any]:
        status, _, body = function(given)
        answered: dict[str, Any] = json.loads(body)
        if status != 200:
            raise RefusedError(answered["__type"], answered.get("message", ""))
        return answered

    return run


def _paged(answered: dict[str, Any], given: Mapping[str, Any], operation: str) -> dict[str, Any]:
    """The page that is asked for of the one list in an answer, and the token of the next one."""
    ((name, items),) = answered.items()
    start = _offset(given["NextToken"], operation) if given.get("NextToken") else 0
    end = start + min(int(given.get("MaxResults") or _PAGE), _PAGE)
    more = {"NextToken": base64.b64encode(f"{operation}:{end}".encode()).decode()} if end < len(items) else {}
    return {name: items[start:end], **more}


def _offset(token: str, operation: str) -> int:
    try:
        name, _, offset = base64.b64decode(token, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeError):
        name, offset = "", ""
    if name != operation or not offset.isdecimal():
        raise RefusedError("InvalidInputException", "The token is not one that was given out.", "INVALID_NEXT_TOKEN")
    return int(offset)


def _json(status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> _Answer:
    return status, {"Content-Type": "application/x-amz-json-1.1", **(headers or {})}, json.dumps(body).encode()
