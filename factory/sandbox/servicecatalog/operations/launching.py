"""Launch, update and terminate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from factory.sandbox.servicecatalog import views
from factory.sandbox.servicecatalog.errors import invalid
from factory.sandbox.servicecatalog.launched import find_launched, new_record
from factory.sandbox.servicecatalog.planned import PlanStatus
from factory.sandbox.servicecatalog.preparation import (
    changes,
    given_tags,
    prepare_instances,
    prepare_launch,
    prepare_update,
)
from factory.sandbox.servicecatalog.provisioning import Launch
from factory.sandbox.servicecatalog.registry import operation
from factory.sandbox.servicecatalog.request import Request
from factory.sandbox.servicecatalog.stack_set_launches import StackSetLaunches
from factory.sandbox.servicecatalog.stack_sets import StackSetOrder, StackSets
from factory.sandbox.servicecatalog.state import (
    ProvisionedProduct,
    ProvisionedProductStatus,
    ProvisionedProductType,
    Record,
    RecordType,
)


@operation("ProvisionProduct", token="ProvisionToken")  # noqa: S106
def provision_product(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Launch a version of a product.

    What the catalog itself knows to be wrong is refused at once; what only CloudFormation finds wrong, such as a
    parameter value or a rule, fails the record.
    """
    prepared = prepare_launch(request, parameters, parameters["ProvisionToken"])
    record = new_record(request, prepared.launched, RecordType.PROVISION, given_tags(parameters))
    if isinstance(prepared.order, StackSetOrder):
        _stack_sets(request).provision(launch(request, record), prepared.order)
    else:
        request.launches.provision(launch(request, record), prepared.order)
    return {"RecordDetail": views.record_detail(record)}


@operation("UpdateProvisionedProduct", token="UpdateToken")  # noqa: S106
def update_provisioned_product(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Update a launch to a version, which may be the one it has, with new or previous parameter values.

    Of a stack set, instances may be made or deleted instead (StackSetOperationType).
    """
    current = find_launched(request, parameters.get("ProvisionedProductId"), parameters.get("ProvisionedProductName"))
    if current.status is ProvisionedProductStatus.UNDER_CHANGE:
        raise invalid(f"Provisioned product {current.id} is under change.")
    if current.physical_id is None or current.status is ProvisionedProductStatus.PLAN_IN_PROGRESS:
        raise invalid(f"Provisioned product {current.id} has no stack that could be updated.")
    kind = parameters.get("ProvisioningPreferences", {}).get("StackSetOperationType", "UPDATE")
    if kind != "UPDATE":
        return _change_instances(request, current, current.physical_id, kind, parameters)
    prepared = prepare_update(request, current, parameters)
    record = new_record(request, prepared.launched, RecordType.UPDATE, given_tags(parameters), keep=current)
    if isinstance(prepared.order, StackSetOrder):
        changed = changes(prepared.launched)
        _stack_sets(request).update(launch(request, record), prepared.order, current.physical_id, changed)
        return {"RecordDetail": views.record_detail(record)}
    request.launches.update(
        launch(request, record),
        prepared.order,
        current.physical_id,
        changes(prepared.launched),
        if_refused=ProvisionedProductStatus.ERROR
        if current.status is ProvisionedProductStatus.ERROR
        else ProvisionedProductStatus.TAINTED,
    )
    return {"RecordDetail": views.record_detail(record)}


@operation("TerminateProvisionedProduct")
def terminate_provisioned_product(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Delete a launch and its stack or stack set, or only forget it (RetainPhysicalResources).

    A repeated token is answered with the termination under way; afterwards there is nothing left to terminate.
    A plan for the launch goes with it.
    """
    launched = find_launched(request, parameters.get("ProvisionedProductId"), parameters.get("ProvisionedProductName"))
    if launched.status is ProvisionedProductStatus.UNDER_CHANGE:
        latest = request.region.records[launched.last_record_id]
        if latest.type is RecordType.TERMINATE and launched.token == parameters["TerminateToken"]:
            return {"RecordDetail": views.record_detail(latest)}
        raise invalid(f"Provisioned product {launched.id} is under change.")
    plan = request.region.plan_of(launched.id)
    if plan is not None and plan.status(request.region.records) is PlanStatus.CREATE_IN_PROGRESS:
        raise invalid(f"Plan {plan.id} of provisioned product {launched.id} is still being created.")
    launched = replace(launched, token=parameters["TerminateToken"])
    record = new_record(request, launched, RecordType.TERMINATE, {})
    keep_stack = parameters.get("RetainPhysicalResources", False)
    launches = _stack_sets(request) if launched.type is ProvisionedProductType.CFN_STACKSET else request.launches
    launches.terminate(
        launch(request, record),
        None if keep_stack else launched.physical_id,
        ignore_errors=parameters.get("IgnoreErrors", False),
    )
    return {"RecordDetail": views.record_detail(record)}


def _change_instances(
    request: Request, current: ProvisionedProduct, arn: str, kind: str, parameters: Mapping[str, Any]
) -> dict[str, Any]:
    reach = prepare_instances(request, current, parameters)
    record = new_record(request, current, RecordType.UPDATE, {})
    launches = _stack_sets(request)
    change = launches.create_instances if kind == "CREATE" else launches.delete_instances
    change(launch(request, record), reach, arn)
    return {"RecordDetail": views.record_detail(record)}


def _stack_sets(request: Request) -> StackSetLaunches:
    return StackSetLaunches(request.launches, StackSets(request.endpoint, request.stacks))


def launch(request: Request, record: Record) -> Launch:
    """The request of a record, in the name of the record's launch role or of the caller."""
    return Launch(
        region=request.region,
        record_id=record.id,
        account=request.account,
        role_arn=record.launch_role_arn,
        credentials=request.caller.credentials,
    )
