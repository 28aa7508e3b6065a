"""The catalog as the hub and the environments' accounts hold it: what carries the factory's ownership tag."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

from factory.aws.contents import Contents
from factory.aws.descriptions import deprecated_since, digest_in
from factory.aws.errors import translated
from factory.aws.ids import Ids, plain_tags
from factory.aws.ownership import Ownership
from factory.aws.rounds import Found, Rounds
from factory.aws.session import Accounts
from factory.catalog.constraints import Constraint
from factory.catalog.model import (
    Catalog,
    CatalogProduct,
    Guidance,
    Place,
    Portfolio,
    PortfolioName,
    Principal,
    ProductName,
    Region,
    Share,
    TagOption,
    Version,
    VersionName,
    version_number,
)
from factory.errors import PlanError

_WORKERS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The catalog, and what reading it told besides."""

    places: tuple[Place, ...]
    catalog: Catalog
    ids: Ids
    portfolios: tuple[Found, ...]
    products: tuple[Found, ...]
    listed: Mapping[tuple[Region, str], int]
    """How many things of the kinds `portfolio` and `product` each region of the hub has, whosever they are."""


def read(accounts: Accounts, places: Iterable[Place]) -> tuple[Catalog, Ids]:
    """What the factory owns at these places, and the ids under which AWS knows it.

    Raises PlanError where two things carry the same mark, CatalogError where AWS refuses a call.
    """
    seen = see(accounts, places)
    return seen.catalog, seen.ids


def see(accounts: Accounts, places: Iterable[Place]) -> Seen:
    """The same with the answers that it was read from."""
    wanted = tuple(dict.fromkeys(places))
    with ThreadPoolExecutor(max_workers=_WORKERS, thread_name_prefix="read") as pool:
        return _Reading(places=wanted, rounds=Rounds(accounts=accounts, pool=pool)).seen()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    places: tuple[Place, ...]
    rounds: Rounds
    ids: Ids = field(default_factory=Ids)

    def seen(self) -> Seen:
        ownership = Ownership(places=self.places, rounds=self.rounds)
        contents = Contents(rounds=self.rounds, ids=self.ids)

        portfolios = ownership.portfolios()
        placed = contents.products(portfolios)
        products = ownership.products(
            [(portfolio.place.region, id_) for portfolio, ids in zip(portfolios, placed, strict=True) for id_ in ids]
        )
        names = {(found.place, found.id): ProductName(found.name) for found in products}
        offered = [
            frozenset(names[portfolio.place, id_] for id_ in ids if (portfolio.place, id_) in names)
            for portfolio, ids in zip(portfolios, placed, strict=True)
        ]
        rules = contents.constraints(portfolios, names)
        shares = contents.shares(portfolios)
        principals = contents.principals(portfolios, shares)
        parts = zip(portfolios, offered, rules, shares, principals, strict=True)
        return Seen(
            places=self.places,
            catalog=Catalog(
                portfolios=tuple(sorted((self._portfolio(*part) for part in parts), key=_key)),
                products=tuple(sorted(self.rounds.each(self._product, products), key=_key)),
            ),
            ids=self.ids,
            portfolios=tuple(portfolios),
            products=tuple(products),
            listed=ownership.listed,
        )

    def _portfolio(
        self,
        found: Found,
        products: frozenset[ProductName],
        rules: frozenset[Constraint],
        shares: frozenset[Share],
        principals: frozenset[Principal],
    ) -> Portfolio:
        portfolio = described_portfolio(found)
        self.ids.portfolios[found.place, portfolio.name] = found.id
        for option, id_ in _tag_options(found).items():
            self.ids.tag_options[found.place.region, option] = id_
        return replace(portfolio, products=products, principals=principals, shares=shares, constraints=rules)

    def _product(self, found: Found) -> CatalogProduct:
        name = ProductName(found.name)
        self.ids.products[found.place, name] = found.id
        details = version_details(self.rounds, found)
        for detail in details:
            key = (found.place, name, _version_name(detail))
            if key in self.ids.versions:
                raise PlanError(
                    f"version {key[2]} of product {name} in {found.place} is there twice",
                    hint="delete one of the two in the Service Catalog console",
                )
            self.ids.versions[key] = detail["Id"]
        versions = (_version(detail) for detail in details)
        return replace(
            described_product(found),
            versions=tuple(sorted(versions, key=lambda version: (version_number(version.name), version.name))),
        )


def described_portfolio(found: Found) -> Portfolio:
    """What describing a portfolio tells of it: its texts, tags and tag options."""
    detail = found.answer["PortfolioDetail"]
    return Portfolio(
        place=found.place,
        name=PortfolioName(found.name),
        display_name=detail["DisplayName"],
        provider=detail["ProviderName"],
        description=detail.get("Description", ""),
        tags=plain_tags(found.tags),
        tag_options=frozenset(_tag_options(found)),
    )


def described_product(found: Found) -> CatalogProduct:
    """What describing a product tells of it: its texts and tags."""
    summary = found.answer["ProductViewDetail"]["ProductViewSummary"]
    return CatalogProduct(
        place=found.place,
        name=ProductName(found.name),
        description=summary.get("ShortDescription", ""),
        owner=summary.get("Owner", ""),
        support_email=summary.get("SupportEmail", ""),
        support_url=summary.get("SupportUrl", ""),
        tags=plain_tags(found.tags),
    )


def version_details(rounds: Rounds, found: Found) -> list[dict[str, Any]]:
    """A product's versions as AWS describes them."""
    with translated(f"versions of product {found.name} in {found.place}"):
        # The one operation that tells whether a version is active; it answers in one page.
        answer = rounds.hub(found.place.region).list_provisioning_artifacts(ProductId=found.id)
    details: list[dict[str, Any]] = answer["ProvisioningArtifactDetails"]
    return details


def _tag_options(found: Found) -> dict[TagOption, str]:
    """The tag options of a portfolio with their ids; one that is not active is offered to nobody."""
    return {
        TagOption(key=option["Key"], value=option["Value"]): option["Id"]
        for option in found.answer.get("TagOptions", [])
        if option["Active"]
    }


def _key(item: Portfolio | CatalogProduct) -> tuple[Place, str]:
    return (item.place, item.name)


def _version(detail: dict[str, Any]) -> Version:
    """A version; one that somebody made by hand has no digest, and so is like none that the factory made."""
    text = detail.get("Description") or ""
    return Version(
        name=_version_name(detail),
        digest=digest_in(text),
        guidance=Guidance(detail.get("Guidance", Guidance.DEFAULT)),
        active=detail.get("Active", True),
        deprecated_since=deprecated_since(text),
    )


def _version_name(detail: dict[str, Any]) -> VersionName:
    """The version's name, or its id where somebody made it without one."""
    return VersionName(detail.get("Name") or detail["Id"])
