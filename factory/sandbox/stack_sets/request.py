"""What an operation on stack sets has at hand while it answers one request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from factory.sandbox.emulator import Caller
from factory.sandbox.servicecatalog.endpoint import Endpoint
from factory.sandbox.servicecatalog.errors import ServiceError
from factory.sandbox.stack_sets.errors import invalid, stack_set_not_found
from factory.sandbox.stack_sets.organization import Organization, administered
from factory.sandbox.stack_sets.runs import Runs
from factory.sandbox.stack_sets.state import PermissionModel, StackSet, State
from factory.sandbox.stacks import permissions
from factory.sandbox.stacks.targets import Target

_GUARDED = frozenset(
    {
        "CreateStackInstances",
        "CreateStackSet",
        "DeleteStackInstances",
        "DeleteStackSet",
        "StopStackSetOperation",
        "UpdateStackInstances",
        "UpdateStackSet",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request: who asks, when, and what there is.

    `owner` is the account whose stack sets it is about, which is the organization's management account where a
    delegated administrator acts for it. `parse` reads a template, raising ValueError.
    """

    operation: str
    parameters: Mapping[str, Any]
    account: str
    owner: str
    region: str
    caller: Caller
    now: float
    state: State
    endpoint: Endpoint
    parse: Callable[[str], Mapping[str, Any]]
    organization: Organization
    runs: Runs

    def paging(self) -> dict[str, Any]:
        """Size and token of the page that is asked for; it holds a hundred unless said."""
        given = {"PageSize": self.parameters.get("MaxResults", 100)}
        return given | ({"PageToken": self.parameters["NextToken"]} if "NextToken" in self.parameters else {})

    def stack_set(self) -> StackSet:
        """The stack set that the request names. Raises StackSetNotFoundException, or ValidationError."""
        name = self.parameters["StackSetName"]
        found = find(self, name)
        if found is None:
            raise stack_set_not_found(name)
        if found.permission_model is PermissionModel.SERVICE_MANAGED:
            administered(self.organization, self.state, self.owner)
        elif self.owner != self.account or self.parameters.get("CallAs") == "DELEGATED_ADMIN":
            raise invalid("CallAs DELEGATED_ADMIN is valid only for stack sets with service-managed permissions")
        return found


def check_caller(request: Request) -> None:
    """Raise AccessDenied unless the caller's policies let it change the stack set; whoever may not, may still look."""
    if request.operation not in _GUARDED:
        return
    principal = request.caller()
    if principal is None:
        return
    named = request.parameters["StackSetName"]
    found = find(request, named)
    arn = f"arn:aws:cloudformation:{request.region}:{request.owner}:stackset/{found.id if found else f'{named}:*'}"
    action = f"cloudformation:{request.operation}"
    try:
        permissions.require(principal, action, Target(arn, exact=True), request.region)
    except permissions.AccessDeniedError as denied:
        raise ServiceError("AccessDenied", str(denied), status=403) from denied


def find(request: Request, name: str) -> StackSet | None:
    """The stack set of that name or id which is not deleted."""
    for stack_set in request.state.stack_sets.values():
        mine = (stack_set.account, stack_set.region) == (request.owner, request.region)
        if mine and not stack_set.deleted and name in (stack_set.name, stack_set.id, stack_set.arn):
            return stack_set
    return None
