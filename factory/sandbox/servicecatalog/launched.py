"""Provisioned products and their records: found, begun anew, and shown to those who may see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from factory.sandbox.servicecatalog import identifiers
from factory.sandbox.servicecatalog.errors import invalid, not_found
from factory.sandbox.servicecatalog.identity import Caller
from factory.sandbox.servicecatalog.planned import Plan
from factory.sandbox.servicecatalog.request import Request
from factory.sandbox.servicecatalog.state import (
    ProvisionedProduct,
    ProvisionedProductStatus,
    Record,
    RecordError,
    RecordStatus,
    RecordType,
)


def find_launched(request: Request, identifier: str | None, name: str | None) -> ProvisionedProduct:
    """The account's provisioned product of that id, name or ARN.

    Raises InvalidParametersException unless exactly one of id and name is given, ResourceNotFoundException if
    there is none.
    """
    if (identifier is None) == (name is None):
        raise invalid("You must provide the provisioned product name or ID, but not both.")
    for launched in request.region.provisioned_products.values():
        if launched.account == request.account and (
            launched.id == identifier or (name is not None and name in (launched.name, launched.arn))
        ):
            return launched
    raise not_found(f"Provisioned product {identifier or name} does not exist or access was denied.")


def new_record(
    request: Request,
    launched: ProvisionedProduct,
    kind: RecordType,
    tags: Mapping[str, str],
    *,
    keep: ProvisionedProduct | None = None,
) -> Record:
    """Begin a request on a provisioned product, which is under change from now on.

    The record tells what is asked for (`launched`); the product stays what it is (`keep`) until that succeeds.
    """
    record = _record(request, launched, kind, tags)
    request.region.records[record.id] = record
    request.region.provisioned_products[launched.id] = replace(
        keep or launched,
        status=ProvisionedProductStatus.UNDER_CHANGE,
        status_message=None,
        last_record_id=record.id,
        last_provisioning_record_id=record.id,
    )
    return record


def note_record(
    request: Request,
    launched: ProvisionedProduct,
    kind: RecordType,
    status: RecordStatus,
    errors: tuple[RecordError, ...] = (),
) -> Record:
    """A request that is over at once and leaves the provisioned product as it is (`launched`)."""
    record = replace(_record(request, launched, kind, {}), status=status, errors=errors)
    request.region.records[record.id] = record
    request.region.provisioned_products[launched.id] = replace(launched, last_record_id=record.id)
    return record


def at_level(
    item: ProvisionedProduct | Record | Plan, caller: Caller, parameters: Mapping[str, Any], *, default: str
) -> bool:
    """Whether a caller sees an item of its account: every one (Account), its role's or only its own (User)."""
    wanted = parameters.get("AccessLevelFilter", {})
    if wanted.get("Value", "self") != "self":
        raise invalid("The only value of an access level filter is self.")
    if item.account != caller.account:
        return False
    level = wanted.get("Key", default)
    if level == "Account":
        return True
    if level == "Role":
        return item.user_arn == caller.principal
    return item.user_arn_session == caller.arn


def _record(request: Request, launched: ProvisionedProduct, kind: RecordType, tags: Mapping[str, str]) -> Record:
    return Record(
        id=identifiers.new("rec"),
        account=request.account,
        type=kind,
        status=RecordStatus.CREATED,
        created=request.now,
        updated=request.now,
        provisioned_product_id=launched.id,
        provisioned_product_name=launched.name,
        product_id=launched.product_id,
        version_id=launched.version_id,
        path_id=launched.path_id,
        user_arn=request.caller.principal,
        user_arn_session=request.caller.arn,
        launch_role_arn=launched.launch_role_arn,
        launched_type=launched.type,
        tags=tags,
    )
