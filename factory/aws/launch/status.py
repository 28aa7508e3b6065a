"""What is launched in an environment's account, and whether it is behind."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from factory.aws.errors import NOT_FOUND, code_of, translated
from factory.aws.launch.instances import STACK_SET, instances_of
from factory.aws.launch.offers import Offer, belongs, describe_offer
from factory.aws.launch.stacks import find_stack
from factory.aws.launch.values import Instance, Launched, LaunchStatus
from factory.aws.paging import items
from factory.aws.session import Accounts
from factory.catalog.model import Place, ProductName, VersionName

# What CloudFormation shows of a parameter with NoEcho.
_HIDDEN = "****"
_ACCOUNT = {"Key": "Account", "Value": "self"}


def provisioned(accounts: Accounts, place: Place) -> tuple[Launched, ...]:
    """Every launch at a place, by name. Raises CatalogError where AWS refuses a call."""
    catalog = accounts.in_place("servicecatalog", place)
    with translated(f"launches in {place}"):
        found = list(items(catalog, "SearchProvisionedProducts", "ProvisionedProducts", AccessLevelFilter=_ACCOUNT))
        offers = {id_: _offer(catalog, place, id_) for id_ in sorted({item["ProductId"] for item in found})}
        sets = {item["Id"]: instances_of(catalog, item["Id"]) for item in found if item.get("Type") == STACK_SET}
    here = {id_: offer for id_, offer in offers.items() if offer is None or belongs(offer.distributor, place)}
    launched = (
        _launched(item, here[item["ProductId"]], sets.get(item["Id"], ()))
        for item in found
        if item["ProductId"] in here
    )
    return tuple(sorted(launched, key=lambda item: item.name))


def given_parameters(accounts: Accounts, place: Place, launched: Launched) -> dict[str, str]:
    """The parameters that a launch has now, those left out that AWS does not show; none where it has no stack.

    Raises CatalogError where AWS refuses the call.
    """
    with translated(f"launch {launched.name} in {place}"):
        stack = find_stack(accounts.in_place("cloudformation", place), launched.stack) if launched.stack else None
    return {name: value for name, value in (stack.parameters if stack else {}).items() if value != _HIDDEN}


def _offer(catalog: Any, place: Place, product_id: str) -> Offer | None:
    """The product as it is offered now; none where it no longer is."""
    try:
        return describe_offer(catalog, place, product_id)
    except ClientError as error:
        if code_of(error) != NOT_FOUND:
            raise
        return None


def _launched(item: dict[str, Any], offer: Offer | None, instances: tuple[Instance, ...]) -> Launched:
    newest = offer.newest if offer else None
    return Launched(
        name=item["Name"],
        product=ProductName(item.get("ProductName") or item["ProductId"]),
        version=VersionName(item.get("ProvisioningArtifactName") or item["ProvisioningArtifactId"]),
        status=LaunchStatus(item["Status"]),
        message=item.get("StatusMessage", ""),
        newest=newest.name if newest else None,
        instances=instances,
        stack=item.get("PhysicalId", ""),
    )
