"""Service actions run on what was launched."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from factory.sandbox.servicecatalog import views
from factory.sandbox.servicecatalog.attached import ServiceAction
from factory.sandbox.servicecatalog.errors import invalid, invalid_state, not_found
from factory.sandbox.servicecatalog.launched import find_launched, note_record
from factory.sandbox.servicecatalog.operations.service_actions import parameter_types
from factory.sandbox.servicecatalog.registry import operation
from factory.sandbox.servicecatalog.request import Request
from factory.sandbox.servicecatalog.state import (
    ProvisionedProduct,
    ProvisionedProductStatus,
    RecordError,
    RecordStatus,
    RecordType,
)

_RUNNABLE = frozenset({ProvisionedProductStatus.AVAILABLE, ProvisionedProductStatus.TAINTED})


@operation("DescribeServiceActionExecutionParameters")
def describe_service_action_execution_parameters(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters with which a service action runs on a launch.

    Without automation documents the resources that AWS would propose for a TARGET are not known: DefaultValues
    stay empty.
    """
    _, action = _offered(request, parameters)
    return {
        "ServiceActionParameters": [
            {"Name": name, "Type": kind, "DefaultValues": []} for name, kind in parameter_types(action).items()
        ]
    }


@operation("ExecuteProvisionedProductServiceAction", token="ExecuteToken")  # noqa: S106
def execute_provisioned_product_service_action(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Run a service action on a launch.

    What is wrong with the request is refused. The sandbox has no Systems Manager Automation, so the record of a
    right request fails and says so; the launch stays as it is.
    """
    launched, action = _offered(request, parameters)
    if launched.status not in _RUNNABLE:
        raise invalid_state(f"Provisioned product {launched.id} is {launched.status}.")
    unknown = set(parameters.get("Parameters", {})) - set(parameter_types(action))
    if unknown:
        raise invalid(f"Service action {action.id} has no parameter {', '.join(sorted(unknown))}.")
    error = RecordError(
        code="UnsupportedOperation",
        description=f"The sandbox does not run automation documents such as {action.definition['Name']}.",
    )
    record = note_record(request, launched, RecordType.SERVICE_ACTION, RecordStatus.FAILED, (error,))
    return {"RecordDetail": views.record_detail(record)}


def _offered(request: Request, parameters: Mapping[str, Any]) -> tuple[ProvisionedProduct, ServiceAction]:
    """A launch and a service action that its version has; the action may belong to the account that shared it."""
    launched = find_launched(request, parameters["ProvisionedProductId"], None)
    for action in request.region.service_actions_on(launched.version_id):
        if action.id == parameters["ServiceActionId"]:
            return launched, action
    raise not_found(f"Service action {parameters['ServiceActionId']} is not associated with {launched.version_id}.")
