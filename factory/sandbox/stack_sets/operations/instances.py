"""Stack instances: made, changed, deleted, described and listed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from factory.sandbox.servicecatalog.paging import page
from factory.sandbox.stack_sets import definition, views
from factory.sandbox.stack_sets.auto_deployment import members
from factory.sandbox.stack_sets.beginning import begun_before, existing, operation, places
from factory.sandbox.stack_sets.errors import instance_not_found, invalid
from factory.sandbox.stack_sets.request import Request
from factory.sandbox.stack_sets.state import Action, Instance, InstanceKey, InstanceStatus, Operation, StackSet


def create(request: Request) -> Mapping[str, Any]:
    """CreateStackInstances. Instances that exist are brought up to date, so that what failed can be tried again."""

    def begin(stack_set: StackSet) -> Operation:
        state, instances = request.state, []
        for (account, region), unit in places(request, stack_set).items():
            present = state.instances.get(InstanceKey(stack_set.id, account, region))
            overrides = definition.overrides(request, stack_set.template, present.overrides if present else {})
            if present is None:
                present = Instance(
                    stack_set_id=stack_set.id,
                    account=account,
                    region=region,
                    overrides=overrides,
                    organizational_unit=unit,
                )
            instances.append(replace(present, overrides=overrides))
        begun = operation(request, stack_set, Action.CREATE)
        named = request.parameters.get("DeploymentTargets", {}).get("OrganizationalUnitIds", [])
        units = tuple(dict.fromkeys([*stack_set.organizational_units, *named]))
        regions = tuple(dict.fromkeys([*stack_set.regions, *request.parameters["Regions"]]))
        state.stack_sets[stack_set.id] = _reaching(request, stack_set, units, regions)
        request.runs.begin(begun, instances)
        return begun

    return _once(request, begin)


def update(request: Request) -> Mapping[str, Any]:
    """UpdateStackInstances: other overrides for instances that exist. Raises StackInstanceNotFoundException."""

    def begin(stack_set: StackSet) -> Operation:
        instances = [
            replace(
                instance,
                overrides=definition.overrides(request, stack_set.template, instance.overrides),
                status=InstanceStatus.OUTDATED,
            )
            for instance in existing(request, stack_set)
            if instance.status is not InstanceStatus.INOPERABLE
        ]
        begun = operation(request, stack_set, Action.UPDATE)
        request.runs.begin(begun, instances)
        return begun

    return _once(request, begin)


def delete(request: Request) -> Mapping[str, Any]:
    """DeleteStackInstances, with their stacks unless those are to be retained.

    What does not exist is passed over, which is an assumption.
    """

    def begin(stack_set: StackSet) -> Operation:
        found = (request.state.instances.get(InstanceKey(stack_set.id, *place)) for place in places(request, stack_set))
        instances = [instance for instance in found if instance is not None]
        begun = operation(request, stack_set, Action.DELETE, retain_stacks=request.parameters["RetainStacks"])
        left = [other for other in request.state.instances_of(stack_set) if other not in instances]
        named = set(request.parameters.get("DeploymentTargets", {}).get("OrganizationalUnitIds", []))
        named -= {other.organizational_unit for other in left}
        units = tuple(unit for unit in stack_set.organizational_units if unit not in named)
        regions = tuple(region for region in stack_set.regions if region in {other.region for other in left})
        request.state.stack_sets[stack_set.id] = _reaching(request, stack_set, units, regions)
        request.runs.begin(begun, instances)
        return begun

    return _once(request, begin)


def describe(request: Request) -> Mapping[str, Any]:
    """DescribeStackInstance."""
    stack_set = request.stack_set()
    account, region = request.parameters["StackInstanceAccount"], request.parameters["StackInstanceRegion"]
    found = request.state.instances.get(InstanceKey(stack_set.id, account, region))
    if found is None:
        raise instance_not_found(stack_set.name, account, region)
    return {"StackInstance": views.instance(found)}


def list_all(request: Request) -> Mapping[str, Any]:
    """ListStackInstances, all or those of an account, a region, a detailed status or a last operation."""
    given = request.parameters
    wanted = {
        "Account": given.get("StackInstanceAccount"),
        "Region": given.get("StackInstanceRegion"),
        **{item.get("Name"): item.get("Values") for item in given.get("Filters", [])},
    }
    if None in wanted:
        raise invalid("Every filter must have a Name")
    found = [
        instance
        for instance in request.state.instances_of(request.stack_set())
        if all(value in (None, views.filtered(instance, str(name))) for name, value in wanted.items())
    ]
    shown, token = page(found, request.paging(), request.operation)
    return {"Summaries": [views.instance_summary(instance) for instance in shown], "NextToken": token}


def _reaching(request: Request, stack_set: StackSet, units: tuple[str, ...], regions: tuple[str, ...]) -> StackSet:
    """The stack set with other organizational units and regions, to which new accounts will be brought."""
    tree = request.organization(request.owner) if units else None
    there = tuple(members(tree, units)) if tree else ()
    return replace(stack_set, organizational_units=units, regions=regions, members=there)


def _once(request: Request, begin: Callable[[StackSet], Operation]) -> Mapping[str, Any]:
    stack_set = request.stack_set()
    return {"OperationId": (begun_before(request, stack_set) or begin(stack_set)).id}
