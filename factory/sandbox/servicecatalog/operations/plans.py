"""Plans: change sets for launches and updates, looked at before they are carried out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from factory.sandbox.servicecatalog import identifiers, views
from factory.sandbox.servicecatalog.errors import invalid, invalid_state, not_found
from factory.sandbox.servicecatalog.launched import at_level, new_record
from factory.sandbox.servicecatalog.operations.launching import launch
from factory.sandbox.servicecatalog.paging import page
from factory.sandbox.servicecatalog.planned import Plan, PlanStatus
from factory.sandbox.servicecatalog.preparation import (
    Prepared,
    changes,
    given_tags,
    prepare_launch,
    prepare_update,
)
from factory.sandbox.servicecatalog.provisioning import Mandate
from factory.sandbox.servicecatalog.registry import operation
from factory.sandbox.servicecatalog.request import Request
from factory.sandbox.servicecatalog.stack_sets import StackSetOrder
from factory.sandbox.servicecatalog.stacks import StackRefused
from factory.sandbox.servicecatalog.state import ProvisionedProduct, ProvisionedProductStatus, RecordType

_PLANNABLE = frozenset({ProvisionedProductStatus.AVAILABLE, ProvisionedProductStatus.TAINTED})
_BUSY = frozenset({PlanStatus.CREATE_IN_PROGRESS, PlanStatus.EXECUTE_IN_PROGRESS})


@operation("CreateProvisionedProductPlan", token="IdempotencyToken")  # noqa: S106
def create_provisioned_product_plan(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Draw up what a launch or, if the name is that of a launch, its update would change.

    A new launch is there at once, as PLAN_IN_PROGRESS. What CloudFormation finds wrong ends in CREATE_FAILED.
    A provisioned product has one plan, carried out or not, until that is deleted; that a second one is refused
    with InvalidStateException was not compared with the real service.
    """
    current = _current(request, parameters["ProvisionedProductName"])
    prepared = _prepared(request, current, parameters)
    if isinstance(prepared.order, StackSetOrder):
        raise invalid("A plan is a change set, which a stack set does not have.")
    plan = Plan(
        id=identifiers.new("plan"),
        account=request.account,
        name=parameters["PlanName"],
        created=request.now,
        updated=request.now,
        user_arn=request.caller.principal,
        user_arn_session=request.caller.arn,
        launched=prepared.launched,
        is_new=current is None,
        parameters=tuple(parameters.get("ProvisioningParameters", [])),
        tags=given_tags(parameters),
        notification_arns=tuple(parameters.get("NotificationArns", [])),
    )
    request.region.plans[plan.id] = plan
    if current is None:
        request.region.provisioned_products[prepared.launched.id] = prepared.launched
    request.launches.draw(_mandate(request, plan), plan.id, prepared.order, is_new=plan.is_new)
    return {
        "PlanName": plan.name,
        "PlanId": plan.id,
        "ProvisionProductId": plan.launched.id,
        "ProvisionedProductName": plan.launched.name,
        "ProvisioningArtifactId": plan.launched.version_id,
    }


@operation("DescribeProvisionedProductPlan")
def describe_provisioned_product_plan(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """A plan and, as far as they are known, the changes to resources."""
    plan = _find(request, parameters["PlanId"])
    shown, token = page(plan.change_set.changes if plan.change_set else (), parameters, request.operation)
    return {
        "ProvisionedProductPlanDetails": views.plan_details(plan, request.region),
        "ResourceChanges": [views.resource_change(change) for change in shown],
        "NextPageToken": token,
    }


@operation("ListProvisionedProductPlans")
def list_provisioned_product_plans(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The plans, all or those for a provisioned product; without a filter the caller's own."""
    wanted = parameters.get("ProvisionProductId")
    plans = [
        plan
        for plan in request.region.plans.values()
        if wanted in (None, plan.launched.id) and at_level(plan, request.caller, parameters, default="User")
    ]
    shown, token = page(plans, parameters, request.operation)
    return {"ProvisionedProductPlans": [views.plan_summary(plan) for plan in shown], "NextPageToken": token}


@operation("ExecuteProvisionedProductPlan", token="IdempotencyToken")  # noqa: S106
def execute_provisioned_product_plan(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Carry a plan out, once; afterwards it tells how that went until it is deleted.

    A plan for an update is worth nothing once the launch was changed otherwise, as CloudFormation's change sets are.
    """
    region = request.region
    plan = _find(request, parameters["PlanId"])
    status, current = plan.status(region.records), region.provisioned_products[plan.launched.id]
    if status is not PlanStatus.CREATE_SUCCESS or plan.change_set is None:
        raise invalid_state(f"Plan {plan.id} is {status}.")
    if plan.is_new:
        record = new_record(request, current, RecordType.PROVISION, plan.tags)
        request.launches.provision(launch(request, record), plan.change_set)
    else:
        if current.status not in _PLANNABLE:
            raise invalid_state(f"Provisioned product {current.id} is {current.status}.")
        if current.last_provisioning_record_id != plan.launched.last_provisioning_record_id:
            raise invalid_state(f"Provisioned product {current.id} has changed since plan {plan.id} was made.")
        record = new_record(request, plan.launched, RecordType.UPDATE, plan.tags, keep=current)
        request.launches.update(
            launch(request, record),
            plan.change_set,
            plan.change_set.stack_id,
            changes(plan.launched),
            if_refused=ProvisionedProductStatus.TAINTED,
        )
    region.plans[plan.id] = replace(plan, updated=request.now, record_id=record.id)
    return {"RecordDetail": views.record_detail(record)}


@operation("DeleteProvisionedProductPlan")
def delete_provisioned_product_plan(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Delete a plan that nothing is under way for; a launch that was only planned goes with it.

    With IgnoreErrors the catalog forgets even what CloudFormation does not let go. That a plan under way is
    refused was not compared with the real service.
    """
    region = request.region
    plan = _find(request, parameters["PlanId"])
    status = plan.status(region.records)
    if status in _BUSY:
        raise invalid(f"Plan {plan.id} is {status}.")
    only_planned = plan.is_new and plan.record_id is None
    if plan.change_set is not None and plan.record_id is None:
        try:
            place = request.launches.place(_mandate(request, plan))
            request.stacks.discard(plan.change_set, place, is_new=plan.is_new)
        except StackRefused as refused:
            if not parameters.get("IgnoreErrors"):
                raise invalid(refused.description) from refused
    if only_planned:
        region.forget(plan.launched.id)
    else:
        del region.plans[plan.id]
    return {}


def _current(request: Request, name: str) -> ProvisionedProduct | None:
    for launched in request.region.provisioned_products.values():
        if (launched.account, launched.name) == (request.account, name):
            plan = request.region.plan_of(launched.id)
            if plan is not None:
                raise invalid_state(f"Provisioned product {launched.id} has a plan already: {plan.id}.")
            if launched.status not in _PLANNABLE:
                raise invalid_state(f"Provisioned product {launched.id} is {launched.status}.")
            return launched
    return None


def _prepared(request: Request, current: ProvisionedProduct | None, parameters: Mapping[str, Any]) -> Prepared:
    if current is not None:
        return prepare_update(request, current, parameters)
    for item in parameters.get("ProvisioningParameters", []):
        if item.get("UsePreviousValue"):
            raise invalid(f"Parameter {item.get('Key')} has no previous value.")
    prepared = prepare_launch(request, parameters, parameters["IdempotencyToken"])
    return replace(prepared, launched=replace(prepared.launched, status=ProvisionedProductStatus.PLAN_IN_PROGRESS))


def _find(request: Request, identifier: str) -> Plan:
    plan = request.region.plans.get(identifier)
    if plan is None or plan.account != request.account:
        raise not_found(f"Plan {identifier} does not exist or access was denied.")
    return plan


def _mandate(request: Request, plan: Plan) -> Mandate:
    return Mandate(
        region=request.region,
        account=plan.account,
        role_arn=plan.launched.launch_role_arn,
        credentials=request.caller.credentials,
    )
