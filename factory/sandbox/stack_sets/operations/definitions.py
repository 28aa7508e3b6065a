"""Stack sets themselves: made, changed, described, listed and deleted."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from factory.sandbox.servicecatalog.paging import page
from factory.sandbox.stack_sets import definition, views
from factory.sandbox.stack_sets.beginning import begun_before, existing, operation, refuse_in_progress, text
from factory.sandbox.stack_sets.errors import conflict, invalid, invalid_operation, stack_set_not_found
from factory.sandbox.stack_sets.organization import administered
from factory.sandbox.stack_sets.request import Request, find
from factory.sandbox.stack_sets.state import Action, Instance, InstanceStatus, PermissionModel, StackSet


def create(request: Request) -> Mapping[str, Any]:
    """CreateStackSet. A repeated token is answered with the stack set that it made, as long as nobody changed that."""
    given = request.parameters
    if "StackId" in given:
        raise invalid("The import of a stack into a new stack set is not supported by the sandbox")
    model = PermissionModel(given.get("PermissionModel", PermissionModel.SELF_MANAGED))
    if model is PermissionModel.SERVICE_MANAGED:
        administered(request.organization, request.state, request.owner)
    elif given.get("CallAs") == "DELEGATED_ADMIN":
        raise invalid("CallAs DELEGATED_ADMIN is valid only for stack sets with service-managed permissions")
    name = given["StackSetName"]
    taken = find(request, name)
    if taken is not None:
        if taken.token != given.get("ClientRequestToken") or not taken.token:
            raise conflict("NameAlreadyExistsException", f"Name already exists: {name}")
        if taken.request != text(request):
            raise conflict("CreatedButModifiedException", f"StackSet {name} exists, but was made in another way")
        return {"StackSetId": taken.id}
    body = definition.template(request)
    parameters = definition.checked(request, body, definition.values(given.get("Parameters", []), {}))
    administration, execution = definition.roles(request, model)
    stack_set = StackSet(
        id=f"{name}:{uuid.uuid4()}",
        name=name,
        account=request.owner,
        region=request.region,
        description=given.get("Description"),
        template=body,
        parameters=parameters,
        capabilities=tuple(given.get("Capabilities", [])),
        tags=definition.tags(given.get("Tags", [])),
        permission_model=model,
        auto_deployment=definition.auto_deployment(request, model),
        managed_execution=given.get("ManagedExecution", {}).get("Active", False),
        token=given.get("ClientRequestToken", ""),
        request=text(request),
        administration_role_arn=administration,
        execution_role_name=execution,
    )
    request.state.stack_sets[stack_set.id] = stack_set
    return {"StackSetId": stack_set.id}


def update(request: Request) -> Mapping[str, Any]:
    """UpdateStackSet, and its instances: all of them, or those named; the others are outdated if there is a change.

    The stack set is what it was asked to be even if instances can't follow. Roles that aren't given are AWS's own.
    """
    stack_set = request.stack_set()
    if (before := begun_before(request, stack_set)) is not None:
        return {"OperationId": before.id}
    given = request.parameters
    refuse_in_progress(request, stack_set)
    changed = _changed(request, stack_set)
    named = {"Accounts", "DeploymentTargets", "Regions"} & given.keys()
    instances = existing(request, changed) if named else request.state.instances_of(stack_set)
    begun = operation(request, changed, Action.UPDATE)
    request.state.stack_sets[stack_set.id] = changed
    if _deploys_otherwise(stack_set, changed):
        for instance in request.state.instances_of(stack_set):
            if instance.status is InstanceStatus.CURRENT:
                request.state.instances[instance.key] = replace(instance, status=InstanceStatus.OUTDATED)
    request.runs.begin(begun, [_now(request, instance) for instance in instances if _follows(instance)])
    return {"OperationId": begun.id}


def describe(request: Request) -> Mapping[str, Any]:
    """DescribeStackSet; one that is deleted can still be described by its id."""
    deleted = request.state.stack_sets.get(request.parameters["StackSetName"])
    mine = deleted is not None and (deleted.account, deleted.region) == (request.owner, request.region)
    stack_set = deleted if deleted is not None and deleted.deleted and mine else request.stack_set()
    return {"StackSet": views.stack_set(stack_set, request.state)}


def list_all(request: Request) -> Mapping[str, Any]:
    """ListStackSets, deleted ones among them unless a status is asked for."""
    wanted = request.parameters.get("Status")
    found = [
        stack_set
        for stack_set in request.state.stack_sets.values()
        if (stack_set.account, stack_set.region) == (request.owner, request.region)
        and wanted in (None, views.status(stack_set))
    ]
    shown, token = page(found, request.paging(), request.operation)
    return {"Summaries": [views.stack_set_summary(stack_set) for stack_set in shown], "NextToken": token}


def delete(request: Request) -> Mapping[str, Any]:
    """DeleteStackSet, once it has no instances. That one which doesn't exist is refused is an assumption."""
    stack_set = find(request, request.parameters["StackSetName"])
    if stack_set is None:
        raise stack_set_not_found(request.parameters["StackSetName"])
    request.stack_set()
    refuse_in_progress(request, stack_set)
    if request.state.instances_of(stack_set):
        raise conflict("StackSetNotEmptyException", "StackSet is not empty")
    request.state.stack_sets[stack_set.id] = replace(stack_set, deleted=True)
    return {}


def _changed(request: Request, stack_set: StackSet) -> StackSet:
    given = request.parameters
    model = PermissionModel(given.get("PermissionModel", stack_set.permission_model))
    if model is not stack_set.permission_model:
        if request.state.instances_of(stack_set):
            raise invalid_operation("The permission model can't be changed while the stack set has instances")
        if model is PermissionModel.SERVICE_MANAGED:
            administered(request.organization, request.state, request.owner)
    body = definition.template(request, stack_set.template)
    parameters = definition.checked(request, body, definition.values(given.get("Parameters", []), stack_set.parameters))
    administration, execution = definition.roles(request, model)
    return replace(
        stack_set,
        description=given.get("Description", stack_set.description),
        template=body,
        parameters=parameters,
        capabilities=tuple(given.get("Capabilities", [])),
        tags=definition.tags(given["Tags"]) if "Tags" in given else stack_set.tags,
        permission_model=model,
        auto_deployment=definition.auto_deployment(request, model) or stack_set.auto_deployment,
        managed_execution=given.get("ManagedExecution", {}).get("Active", stack_set.managed_execution),
        administration_role_arn=administration,
        execution_role_name=execution,
    )


def _deploys_otherwise(old: StackSet, new: StackSet) -> bool:
    """Whether stacks come out differently."""
    return (old.template, old.parameters, old.tags) != (new.template, new.parameters, new.tags)


def _follows(instance: Instance) -> bool:
    """Whether updates of the stack set reach an instance; one in an unstable state they leave alone."""
    return instance.status is not InstanceStatus.INOPERABLE


def _now(request: Request, instance: Instance) -> Instance:
    return request.state.instances[instance.key]
