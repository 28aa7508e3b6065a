"""What is published and launched, beyond what a plan compares."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from factory.aws.ids import Ids, plain_tags
from factory.aws.paging import items
from factory.aws.reader import Seen
from factory.aws.rounds import Found
from factory.aws.session import Accounts
from factory.catalog.constraints.launch import Launch as LaunchConstraint
from factory.catalog.model import Catalog, Place, PortfolioName, ProductName, Region, TagOption, VersionName
from factory.planning.health.facts import HubRegion, Launch, RoleByArn, Tagged

_ACCOUNT = {"Key": "Account", "Value": "self"}
_SERVICE = "servicecatalog"
_CHANGING = frozenset({"UNDER_CHANGE", "PLAN_IN_PROGRESS"})


def tagged(seen: Iterable[Seen]) -> Iterator[Tagged]:
    """Every owned portfolio and product with its tags and tag options."""
    for each in seen:
        for found in each.portfolios:
            yield _tagged(found, portfolio=PortfolioName(found.name))
        for found in each.products:
            yield _tagged(found, product=ProductName(found.name))


def _tagged(found: Found, **name: Any) -> Tagged:
    options = found.answer.get("TagOptions", [])
    return Tagged(
        place=found.place,
        **name,
        id=found.id,
        tags=plain_tags(found.tags),
        active={item["Id"]: TagOption(key=item["Key"], value=item["Value"]) for item in options if item["Active"]},
        inactive={
            item["Id"]: TagOption(key=item["Key"], value=item["Value"]) for item in options if not item["Active"]
        },
    )


def roles_by_arn(catalog: Catalog, ids: Ids) -> Iterator[RoleByArn]:
    """The launch constraints that were not made by the factory."""
    for portfolio in catalog.portfolios:
        for constraint in portfolio.constraints:
            if isinstance(constraint, LaunchConstraint) and constraint.arn:
                yield RoleByArn(
                    place=portfolio.place,
                    portfolio=portfolio.name,
                    product=ProductName(constraint.product),
                    id=ids.constraints[portfolio.place, portfolio.name, constraint.identity],
                    arn=constraint.arn,
                )


def hub_region(region: Region, listed: Mapping[tuple[Region, str], int], quotas: Mapping[str, float]) -> HubRegion:
    """How much the hub has in a region, and how much it may have."""
    return HubRegion(
        region=region, portfolios=listed[region, "portfolio"], products=listed[region, "product"], quotas=quotas
    )


def read_quotas(accounts: Accounts, region: Region) -> dict[str, float]:
    """The hub's own quotas by code; none where Service Quotas does not tell, and then the documented ones hold."""
    client = accounts.in_hub("service-quotas", region)
    try:
        pages = client.get_paginator("list_service_quotas").paginate(ServiceCode=_SERVICE)
        return {item["QuotaCode"]: item["Value"] for page in pages for item in page["Quotas"]}
    except (BotoCoreError, ClientError):
        return {}


def read_launches(accounts: Accounts, place: Place, catalog: Catalog, ids: Ids, now: datetime) -> list[Launch]:
    """The launches at a place, but for those of what the factory publishes for another environment of the account."""
    client = accounts.in_place("servicecatalog", place)
    versions = {id_: key for key, id_ in ids.versions.items()}
    places = {id_: there for (there, _), id_ in ids.products.items()}
    found = items(client, "SearchProvisionedProducts", "ProvisionedProducts", AccessLevelFilter=_ACCOUNT)
    return [
        _launch(client, item, place, catalog, versions.get(item["ProvisioningArtifactId"]), now)
        for item in found
        if places.get(item["ProductId"], place) == place
    ]


def read_arrived(accounts: Accounts, place: Place, ids: Ids) -> frozenset[PortfolioName]:
    """The owned portfolios that the organization brought to a place."""
    client = accounts.in_place("servicecatalog", place)
    listed = items(client, "ListAcceptedPortfolioShares", "PortfolioDetails", PortfolioShareType="AWS_ORGANIZATIONS")
    names = {id_: name for (there, name), id_ in ids.portfolios.items() if there == place}
    return frozenset(names[item["Id"]] for item in listed if item["Id"] in names)


def merged(seen: Sequence[Seen]) -> tuple[Catalog, Ids]:
    """One catalog of what was read in several parts."""
    ids = Ids()
    for each in seen:
        for whole, part in (
            (ids.portfolios, each.ids.portfolios),
            (ids.products, each.ids.products),
            (ids.versions, each.ids.versions),
            (ids.constraints, each.ids.constraints),
            (ids.tag_options, each.ids.tag_options),
        ):
            whole.update(part)  # type: ignore[arg-type]
    return (
        Catalog(
            portfolios=tuple(item for each in seen for item in each.catalog.portfolios),
            products=tuple(item for each in seen for item in each.catalog.products),
        ),
        ids,
    )


def _launch(
    client: Any,
    item: dict[str, Any],
    place: Place,
    catalog: Catalog,
    version: tuple[Place, ProductName, VersionName] | None,
    now: datetime,
) -> Launch:
    product = catalog.product(version[0], version[1]) if version else None
    known = product.version(version[2]) if product and version else None
    hours = 0.0
    if item["Status"] in _CHANGING:
        record = client.describe_record(Id=item["LastRecordId"])["RecordDetail"]
        hours = (now - record["CreatedTime"]).total_seconds() / 3600
    return Launch(
        place=place,
        name=item["Name"],
        id=item["Id"],
        product=ProductName(item.get("ProductName") or item["ProductId"]),
        version=VersionName(item.get("ProvisioningArtifactName") or item["ProvisioningArtifactId"]),
        status=item["Status"],
        message=item.get("StatusMessage", ""),
        offered=known.active if known else None,
        hours=hours,
    )
