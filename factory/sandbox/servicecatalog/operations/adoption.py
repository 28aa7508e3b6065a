"""Running stacks taken over as provisioned products."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from factory.sandbox.servicecatalog import templates, views
from factory.sandbox.servicecatalog.errors import duplicate, invalid, invalid_state, not_found
from factory.sandbox.servicecatalog.launched import new_record
from factory.sandbox.servicecatalog.operations.launching import launch
from factory.sandbox.servicecatalog.preparation import new_launched
from factory.sandbox.servicecatalog.registry import operation
from factory.sandbox.servicecatalog.request import Request
from factory.sandbox.servicecatalog.stacks import ForeignStack, Place, StackRefused
from factory.sandbox.servicecatalog.state import RecordStatus, RecordType, Version
from factory.sandbox.servicecatalog.visibility import launch_paths, launchable_product, launchable_version

# ImportAsProvisionedProduct, API reference.
_IMPORTABLE = frozenset(
    {
        "CREATE_COMPLETE",
        "UPDATE_COMPLETE",
        "UPDATE_ROLLBACK_COMPLETE",
        "IMPORT_COMPLETE",
        "IMPORT_ROLLBACK_COMPLETE",
    }
)
_ENDED = frozenset({RecordStatus.SUCCEEDED, RecordStatus.FAILED})


@operation("ImportAsProvisionedProduct", token="IdempotencyToken")  # noqa: S106
def import_as_provisioned_product(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Take over a stack of the account and region whose template is that of the version, one at a time.

    The constraints of the product hold from the first update on. The path is the caller's first one, and the
    stack's own tags become those of the provisioned product; neither was compared with the real service.
    """
    region = request.region
    product = launchable_product(region, request.caller, request.now, parameters["ProductId"], None)
    paths = launch_paths(region, product.id, request.caller, request.now)
    if not paths:
        raise not_found(f"No launch paths found for resource: {product.id}")
    version = launchable_version(region, product, parameters["ProvisioningArtifactId"], None, request.now)
    name, physical_id = parameters["ProvisionedProductName"], parameters["PhysicalId"]
    _refuse_conflicts(request, name, physical_id)
    stack = _stack(request, physical_id, version)
    launched = replace(
        new_launched(request, name, parameters["IdempotencyToken"], product, version, paths[0]),
        physical_id=stack.id,
        tags=stack.tags,
        parameters=stack.parameters,
    )
    record = new_record(request, launched, RecordType.IMPORT, {})
    request.launches.adopt(launch(request, record), stack.id)
    return {"RecordDetail": views.record_detail(record)}


def _refuse_conflicts(request: Request, name: str, physical_id: str) -> None:
    own = [item for item in request.region.provisioned_products.values() if item.account == request.account]
    if any(launched.name == name for launched in own):
        raise duplicate(f"A provisioned product named {name} already exists.")
    if any(launched.physical_id == physical_id for launched in own):
        raise duplicate(f"{physical_id} is a provisioned product already.")
    records = request.region.records.values()
    if any(
        record.type is RecordType.IMPORT and record.account == request.account and record.status not in _ENDED
        for record in records
    ):
        raise invalid_state("Another import is still in progress.")


def _stack(request: Request, physical_id: str, version: Version) -> ForeignStack:
    if not physical_id.startswith(f"arn:aws:cloudformation:{request.region.name}:{request.account}:stack/"):
        raise invalid("PhysicalId must be the ARN of a stack in this account and region.")
    place = Place(account=request.account, region=request.region.name, credentials=request.caller.credentials)
    try:
        stack = request.stacks.foreign(physical_id, place)
    except StackRefused as refused:
        raise not_found(f"{physical_id} does not exist: {refused.description}") from refused
    if stack.nested:
        raise invalid(f"{physical_id} is a nested stack.")
    if stack.status not in _IMPORTABLE:
        raise invalid(f"{physical_id} is {stack.status}.")
    if templates.parse(stack.template) != templates.parse(version.template):
        raise invalid(f"The template of {physical_id} is not that of {version.id}.")
    return stack
