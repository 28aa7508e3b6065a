"""Stack instances of provisioned products that are stack sets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from factory.sandbox.servicecatalog.endpoint import account_credentials
from factory.sandbox.servicecatalog.errors import invalid
from factory.sandbox.servicecatalog.launched import find_launched
from factory.sandbox.servicecatalog.paging import page
from factory.sandbox.servicecatalog.registry import operation
from factory.sandbox.servicecatalog.request import Request
from factory.sandbox.servicecatalog.stack_set_launches import identifier
from factory.sandbox.servicecatalog.stack_sets import InstanceView, StackSets
from factory.sandbox.servicecatalog.stacks import Place, StackRefused
from factory.sandbox.servicecatalog.state import ProvisionedProduct, ProvisionedProductType


@operation("ListStackInstancesForProvisionedProduct")
def list_stack_instances_for_provisioned_product(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The stack instances of a launch; none as long as there is no stack set.

    That a launch which is a single stack is refused with InvalidParametersException is an assumption.
    """
    launched = find_launched(request, parameters["ProvisionedProductId"], None)
    if launched.type is not ProvisionedProductType.CFN_STACKSET:
        raise invalid(f"Provisioned product {launched.id} is not of type CFN_STACKSET.")
    shown, token = page(_instances(request, launched), parameters, request.operation)
    return {
        "StackInstances": [
            {"Account": item.account, "Region": item.region, "StackInstanceStatus": item.status} for item in shown
        ],
        "NextPageToken": token,
    }


def _instances(request: Request, launched: ProvisionedProduct) -> list[InstanceView]:
    if launched.physical_id is None:
        return []
    account = launched.account
    place = Place(account=account, region=request.region.name, credentials=account_credentials(account))
    try:
        return StackSets(request.endpoint, request.stacks).instances(identifier(launched.physical_id), place)
    except StackRefused:
        # Somebody deleted the stack set in CloudFormation.
        return []
