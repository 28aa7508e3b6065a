"""Requests on provisioned products: described and listed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from factory.sandbox.servicecatalog import views
from factory.sandbox.servicecatalog.errors import invalid, not_found
from factory.sandbox.servicecatalog.launched import at_level
from factory.sandbox.servicecatalog.paging import page
from factory.sandbox.servicecatalog.registry import operation
from factory.sandbox.servicecatalog.request import Request
from factory.sandbox.servicecatalog.state import Record


@operation("DescribeRecord")
def describe_record(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """A request on a provisioned product of the account, with the launch's outputs as far as they are known."""
    record = request.region.records.get(parameters["Id"])
    if record is None or record.account != request.account:
        raise not_found(f"Record {parameters['Id']} does not exist or access was denied.")
    shown, token = page(record.outputs, parameters, request.operation)
    return {
        "RecordDetail": views.record_detail(record),
        "RecordOutputs": views.outputs(tuple(shown)),
        "NextPageToken": token,
    }


@operation("ListRecordHistory")
def list_record_history(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The requests, newest first; without a filter the caller's own."""
    search = parameters.get("SearchFilter", {})
    if search and search.get("Key") not in ("product", "provisionedproduct"):
        raise invalid("The key of a search filter must be product or provisionedproduct.")
    records = [
        record
        for record in reversed(request.region.records.values())
        if at_level(record, request.caller, parameters, default="User") and _matches(record, search)
    ]
    shown, token = page(records, parameters, request.operation)
    return {"RecordDetails": [views.record_detail(record) for record in shown], "NextPageToken": token}


def _matches(record: Record, search: Mapping[str, str]) -> bool:
    if not search:
        return True
    of = record.product_id if search["Key"] == "product" else record.provisioned_product_id
    return of == search.get("Value")
