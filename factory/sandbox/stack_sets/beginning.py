"""From a request to an operation on stack instances: which ones, whether it may begin, whether it has begun before."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from functools import cache
from typing import Any

import botocore.session

from factory.sandbox.stack_sets.errors import conflict, instance_not_found, invalid
from factory.sandbox.stack_sets.organization import administered, targets
from factory.sandbox.stack_sets.preferences import Preferences
from factory.sandbox.stack_sets.request import Request
from factory.sandbox.stack_sets.runs import ACTIVE
from factory.sandbox.stack_sets.state import (
    Action,
    Instance,
    InstanceKey,
    Operation,
    OperationKey,
    OperationStatus,
    PermissionModel,
    StackSet,
    Target,
)


def text(request: Request) -> str:
    """What tells a repeated request from another one with the same id."""
    return json.dumps([request.operation, request.parameters], sort_keys=True)


def begun_before(request: Request, stack_set: StackSet) -> Operation | None:
    """The operation that the very same request began, if it did.

    Raises OperationIdAlreadyExistsException if another request began one of that id. An id counts for good.
    """
    identifier = request.parameters.get("OperationId", "")
    found = request.state.operations.get(OperationKey(stack_set.id, identifier))
    if found is not None and found.request != text(request):
        raise conflict("OperationIdAlreadyExistsException", f"Operation id {identifier} already exists")
    return found


def operation(
    request: Request,
    stack_set: StackSet,
    action: Action,
    *,
    retain_stacks: bool | None = None,
    queues: bool = False,
) -> Operation:
    """A new operation on a stack set.

    Raises OperationInProgressException while another one is under way, unless it `queues` up or its stack set lets all
    do so, and ValidationError for preferences that contradict themselves.
    """
    if not queues:
        refuse_in_progress(request, stack_set)
    given: Mapping[str, Any] = request.parameters.get("OperationPreferences", {})
    try:
        Preferences.of(given)
    except ValueError as error:
        raise invalid(str(error)) from error
    return Operation(
        id=request.parameters.get("OperationId") or str(uuid.uuid4()),
        stack_set_id=stack_set.id,
        action=action,
        status=OperationStatus.RUNNING,
        created=request.now,
        request=text(request),
        preferences=given,
        targets=request.parameters.get("DeploymentTargets"),
        retain_stacks=retain_stacks,
        administration_role_arn=stack_set.administration_role_arn,
        execution_role_name=stack_set.execution_role_name,
    )


def refuse_in_progress(request: Request, stack_set: StackSet) -> None:
    """Raise OperationInProgressException while an operation on the stack set is under way."""
    for other in request.state.operations_of(stack_set):
        if other.status in ACTIVE and not stack_set.managed_execution:
            raise conflict(
                "OperationInProgressException",
                f"Another Operation on StackSet {stack_set.arn} is in progress: {other.id}",
            )


def places(request: Request, stack_set: StackSet) -> dict[Target, str | None]:
    """The accounts and regions that a request names, and the organizational unit by which each was named.

    Raises ValidationError.
    """
    given = request.parameters
    accounts: Mapping[str, str | None]
    if stack_set.permission_model is PermissionModel.SERVICE_MANAGED:
        if "Accounts" in given or "DeploymentTargets" not in given:
            raise invalid("DeploymentTargets, and not Accounts, must be specified for a SERVICE_MANAGED stack set")
        tree = administered(request.organization, request.state, request.owner)
        accounts = dict(targets(tree, given["DeploymentTargets"]))
    else:
        if "DeploymentTargets" in given:
            raise invalid("DeploymentTargets are supported for SERVICE_MANAGED stack sets only")
        accounts = dict.fromkeys(given.get("Accounts", []))
        if not accounts:
            raise invalid("Accounts must not be empty")
    regions = list(dict.fromkeys(given.get("Regions", [])))
    if not regions:
        raise invalid("Regions must not be empty")
    if unknown := [region for region in regions if region not in _regions()]:
        raise invalid(f"Invalid regions: [{', '.join(unknown)}]")
    return {Target(account, region): unit for region in regions for account, unit in accounts.items()}


def existing(request: Request, stack_set: StackSet) -> list[Instance]:
    """The instances in all that a request names. Raises StackInstanceNotFoundException where there is none.

    Of organizational units it is those that there are.
    """
    found = {
        place: request.state.instances.get(InstanceKey(stack_set.id, *place)) for place in places(request, stack_set)
    }
    absent = [place for place, instance in found.items() if instance is None]
    if absent and stack_set.permission_model is PermissionModel.SELF_MANAGED:
        raise instance_not_found(stack_set.name, *absent[0])
    return [instance for instance in found.values() if instance is not None]


@cache
def _regions() -> frozenset[str]:
    return frozenset(botocore.session.get_session().get_available_regions("cloudformation"))
