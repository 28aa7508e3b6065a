"""Launched products: listed, searched, described, and their owner or launch role changed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from botocore.exceptions import ClientError

from factory.sandbox.servicecatalog import views
from factory.sandbox.servicecatalog.endpoint import account_credentials
from factory.sandbox.servicecatalog.errors import invalid, invalid_state
from factory.sandbox.servicecatalog.launched import at_level, find_launched, note_record
from factory.sandbox.servicecatalog.paging import page
from factory.sandbox.servicecatalog.registry import operation
from factory.sandbox.servicecatalog.request import Request
from factory.sandbox.servicecatalog.state import (
    ProvisionedProduct,
    ProvisionedProductStatus,
    RecordStatus,
    RecordType,
)

# SearchProvisionedProducts, API reference.
_SEARCHED = (
    "arn",
    "createdTime",
    "id",
    "lastRecordId",
    "idempotencyToken",
    "name",
    "physicalId",
    "productId",
    "provisioningArtifactId",
    "type",
    "status",
    "tags",
    "userArn",
    "userArnSession",
    "lastProvisioningRecordId",
    "lastSuccessfulProvisioningRecordId",
    "productName",
    "provisioningArtifactName",
)
_SORTED = ("arn", "id", "name", "lastRecordId")
_OWNER = re.compile(r"arn:aws:(?:iam::(?P<iam>\d{12}):(?:user|role)/.+|sts::(?P<sts>\d{12}):assumed-role/.+/.+)")
_ROLE = re.compile(r"arn:aws:iam::(?P<account>\d{12}):role/(?:.+/)?(?P<name>[^/]+)")


@operation("ScanProvisionedProducts")
def scan_provisioned_products(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The launched products; without a filter the caller's own."""
    shown, token = page(_seen(request, parameters, default="User"), parameters, request.operation)
    return {
        "ProvisionedProducts": [views.provisioned_product_detail(launched) for launched in shown],
        "NextPageToken": token,
    }


@operation("SearchProvisionedProducts")
def search_provisioned_products(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The launched products that match every query, which is a text or `field:text`; matches are substrings.

    That several queries narrow each other down was not compared with the real service.
    """
    queries = parameters.get("Filters", {}).get("SearchQuery", [])
    sort_by = parameters.get("SortBy", "id")
    if sort_by not in _SORTED:
        raise invalid(f"SortBy must be one of {', '.join(_SORTED)}.")
    found = [
        attributes
        for launched in _seen(request, parameters, default="Account")
        for attributes in [views.provisioned_product_attribute(launched, request.region)]
        if all(_matches(attributes, query) for query in queries)
    ]
    if "SortBy" in parameters:
        found.sort(key=lambda attributes: str(_field(attributes, sort_by)))
    if parameters.get("SortOrder") == "DESCENDING":
        found.reverse()
    shown, token = page(found, parameters, request.operation)
    return {"ProvisionedProducts": list(shown), "TotalResultsCount": len(found), "NextPageToken": token}


@operation("DescribeProvisionedProduct")
def describe_provisioned_product(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Describe a launched product by id, name or ARN."""
    launched = find_launched(request, parameters.get("Id"), parameters.get("Name"))
    return {
        "ProvisionedProductDetail": views.provisioned_product_detail(launched),
        "CloudWatchDashboards": [],
    }


@operation("GetProvisionedProductOutputs")
def get_provisioned_product_outputs(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The outputs of a launched product, all or those of the keys."""
    launched = find_launched(request, parameters.get("ProvisionedProductId"), parameters.get("ProvisionedProductName"))
    keys = parameters.get("OutputKeys")
    missing = set(keys or ()) - {output.key for output in launched.outputs}
    if missing:
        raise invalid(f"Provisioned product {launched.id} has no output {', '.join(sorted(missing))}.")
    outputs = tuple(output for output in launched.outputs if not keys or output.key in keys)
    shown, token = page(outputs, parameters, request.operation)
    return {"Outputs": views.outputs(tuple(shown)), "NextPageToken": token}


@operation("UpdateProvisionedProductProperties", token="IdempotencyToken")  # noqa: S106
def update_provisioned_product_properties(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Give a launched product another owner or another launch role, within its account."""
    launched = find_launched(request, parameters["ProvisionedProductId"], None)
    if launched.status is ProvisionedProductStatus.UNDER_CHANGE:
        raise invalid_state(f"Provisioned product {launched.id} is under change.")
    properties: Mapping[str, str] = parameters["ProvisionedProductProperties"]
    change: dict[str, Callable[[Request, ProvisionedProduct, str], ProvisionedProduct]] = {
        "OWNER": _owned_by,
        "LAUNCH_ROLE": _launched_by,
    }
    for key, value in properties.items():
        launched = change[key](request, launched, value)
    record = note_record(request, launched, RecordType.PROPERTIES, RecordStatus.SUCCEEDED)
    return {
        "ProvisionedProductId": launched.id,
        "ProvisionedProductProperties": dict(properties),
        "RecordId": record.id,
        "Status": record.status.value,
    }


def _seen(request: Request, parameters: Mapping[str, Any], *, default: str) -> list[ProvisionedProduct]:
    return [
        launched
        for launched in request.region.provisioned_products.values()
        if at_level(launched, request.caller, parameters, default=default)
    ]


def _matches(attributes: Mapping[str, Any], query: str) -> bool:
    name, colon, text = query.partition(":")
    fields = [field for field in _SEARCHED if colon and field.lower() == name.strip().lower()]
    wanted = (text if fields else query).strip().strip('"').lower()
    return any(wanted in str(_field(attributes, field)).lower() for field in fields or _SEARCHED)


def _field(attributes: Mapping[str, Any], name: str) -> Any:
    return attributes.get(name[0].upper() + name[1:]) or ""


def _owned_by(request: Request, launched: ProvisionedProduct, arn: str) -> ProvisionedProduct:
    owner = _OWNER.fullmatch(arn)
    if owner is None or (owner["iam"] or owner["sts"]) != request.account:
        raise invalid(f"OWNER must be a user, role or role session of account {request.account}.")
    principal = replace(request.caller, arn=arn).principal
    return replace(launched, user_arn=principal, user_arn_session=arn)


def _launched_by(request: Request, launched: ProvisionedProduct, arn: str) -> ProvisionedProduct:
    role = _ROLE.fullmatch(arn)
    if role is None or role["account"] != request.account:
        raise invalid(f"LAUNCH_ROLE must be a role of account {request.account}.")
    iam = request.endpoint.client("iam", account_credentials(request.account), request.region.name)
    try:
        iam.get_role(RoleName=role["name"])
    except ClientError as error:
        raise invalid(f"Role {arn} does not exist.") from error
    return replace(launched, launch_role_arn=arn)
