"""Stack instances of provisioned products that are stack sets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from factory.sandbox.servicecatalog.errors import invalid
from factory.sandbox.servicecatalog.launched import find_launched
from factory.sandbox.servicecatalog.registry import operation
from factory.sandbox.servicecatalog.request import Request


@operation("ListStackInstancesForProvisionedProduct")
def list_stack_instances_for_provisioned_product(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Refused for every launch, as all are single stacks; the code of that refusal is an assumption."""
    launched = find_launched(request, parameters["ProvisionedProductId"], None)
    raise invalid(f"Provisioned product {launched.id} is not of type CFN_STACKSET.")
