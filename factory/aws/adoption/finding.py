"""A portfolio of the hub as somebody made it, with everything in it and whether it can be taken over."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from factory.aws.contents import Contents
from factory.aws.descriptions import digest_in
from factory.aws.errors import translated
from factory.aws.ids import Ids, mark
from factory.aws.ownership import Ownership
from factory.aws.paging import items
from factory.aws.reader import described_portfolio, described_product, version_details
from factory.aws.rounds import Found, Rounds
from factory.aws.session import Accounts
from factory.catalog.marks import PORTFOLIO_TAG, PRODUCT_TAG
from factory.catalog.model import CatalogProduct, Digest, Guidance, Place, Portfolio, ProductName
from factory.errors import PlanError, UsageError

_WORKERS = 8
_TEMPLATE = "CLOUD_FORMATION_TEMPLATE"
_STACK_TAG = "aws:cloudformation:stack-name"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundVersion:
    """A version as somebody made it."""

    id: str
    name: str
    """Empty where it has none."""
    description: str
    active: bool
    guidance: Guidance
    created: datetime

    @property
    def digest(self) -> Digest:
        """The digest of its template, where it was taken over already; empty where not."""
        return digest_in(self.description)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundProduct:
    """A product as somebody made it."""

    id: str
    name: str
    """What AWS calls it."""
    distributor: str
    mark: str
    """The value of the factory's tag; empty where it has none."""
    texts: CatalogProduct
    """Its texts and tags, named by its id."""
    versions: tuple[FoundVersion, ...]
    """Oldest first."""
    refusal: str = ""
    """Why it can't be taken over; empty where it can."""

    @property
    def label(self) -> str:
        """The product for a reader."""
        return f"product {self.name} ({self.id})"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPortfolio:
    """A portfolio as somebody made it, and what else there is at its place."""

    id: str
    mark: str
    """The value of the factory's tag; empty where it has none."""
    portfolio: Portfolio
    """Named by its id, as the products in it and in its constraints are."""
    products: tuple[FoundProduct, ...]
    stack: str
    """The CloudFormation stack that manages it; empty where none does."""
    owned_portfolios: Mapping[str, str]
    """Portfolios that the factory has at this place already: name to id."""
    owned_products: Mapping[str, str]

    @property
    def place(self) -> Place:
        """Where it is to belong."""
        return self.portfolio.place

    def leaving(self, ids: Collection[str], reason: str) -> FoundPortfolio:
        """The same, but for products that are not to be taken over. Raises UsageError for an id that is not there."""
        known = {product.id for product in self.products}
        for id_ in ids:
            if id_ not in known:
                raise UsageError(f"portfolio {self.id} has no product {id_}; there is {', '.join(sorted(known))}")
        products = (
            replace(item, refusal=reason) if item.id in ids and not item.refusal else item for item in self.products
        )
        return replace(self, products=tuple(products))


def find(accounts: Accounts, place: Place, portfolio_id: str) -> FoundPortfolio:
    """Look at a portfolio of the hub, as one that is to belong to a place. Changes nothing.

    Raises UsageError for an unknown id, PlanError for one that cannot belong there, CatalogError where AWS refuses a
    call.
    """
    with ThreadPoolExecutor(max_workers=_WORKERS, thread_name_prefix="find") as pool:
        return _Finding(accounts=accounts, place=place, rounds=Rounds(accounts=accounts, pool=pool)).find(portfolio_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Finding:
    accounts: Accounts
    place: Place
    rounds: Rounds

    def find(self, portfolio_id: str) -> FoundPortfolio:
        hub = self.rounds.hub(self.place.region)
        self._refuse_unknown(hub, portfolio_id)
        with translated(f"portfolio {portfolio_id} in {self.place.region}"):
            answer = hub.describe_portfolio(Id=portfolio_id)
        found = Found(place=self.place, name=portfolio_id, id=portfolio_id, answer=answer)
        marked = found.tags.get(PORTFOLIO_TAG, "")
        if marked.partition("/")[0] not in ("", self.place.environment):
            raise PlanError(
                f"portfolio {portfolio_id} belongs to the factory already, as {marked}",
                hint=f"remove its tag {PORTFOLIO_TAG} if nobody publishes it any more",
            )
        contents = Contents(rounds=self.rounds, ids=Ids())
        ((placed,), owned) = contents.products([found]), Ownership(places=(self.place,), rounds=self.rounds)
        portfolios = owned.portfolios()
        elsewhere = contents.products(portfolios)
        products = owned.products([(self.place.region, id_) for ids in elsewhere for id_ in ids])
        ids = {(self.place, id_): ProductName(id_) for id_ in placed}
        (rules,), (shares,) = contents.constraints([found], ids), contents.shares([found])
        (principals,) = contents.principals([found], [shares])
        return FoundPortfolio(
            id=portfolio_id,
            mark=marked,
            portfolio=replace(
                described_portfolio(found),
                products=frozenset(ids.values()),
                principals=principals,
                shares=shares,
                constraints=rules,
            ),
            products=tuple(sorted(self.rounds.each(self._product, placed), key=lambda item: (item.name, item.id))),
            stack=found.tags.get(_STACK_TAG, ""),
            owned_portfolios={item.name: item.id for item in portfolios},
            owned_products={item.name: item.id for item in products},
        )

    def _refuse_unknown(self, hub: Any, portfolio_id: str) -> None:
        region = self.place.region
        with translated(f"portfolios of the hub in {region}"):
            own = {item["Id"]: item["DisplayName"] for item in items(hub, "ListPortfolios", "PortfolioDetails")}
            if portfolio_id in own:
                return
            shared = {
                item["Id"]: item["ARN"].split(":")[4]
                for item in items(hub, "ListAcceptedPortfolioShares", "PortfolioDetails")
            }
        if portfolio_id in shared:
            raise PlanError(
                f"portfolio {portfolio_id} belongs to account {shared[portfolio_id]}, which shares it with the hub: "
                "it can be taken over there only",
                hint=f"name account {shared[portfolio_id]} as the hub in portfolios/environments.yaml",
            )
        known = ", ".join(f"{name} ({id_})" for id_, name in sorted(own.items(), key=lambda item: item[1])) or "none"
        raise UsageError(f"the hub has no portfolio {portfolio_id} in {region}; there is {known}")

    def _product(self, product_id: str) -> FoundProduct:
        with translated(f"product {product_id} in {self.place.region}"):
            answer = self.rounds.hub(self.place.region).describe_product_as_admin(Id=product_id)
        found = Found(place=self.place, name=product_id, id=product_id, answer=answer)
        summary = answer["ProductViewDetail"]["ProductViewSummary"]
        product = FoundProduct(
            id=product_id,
            name=summary["Name"],
            distributor=summary.get("Distributor", ""),
            mark=found.tags.get(PRODUCT_TAG, ""),
            texts=described_product(found),
            versions=tuple(sorted(map(_version, version_details(self.rounds, found)), key=lambda item: item.created)),
        )
        return replace(product, refusal=self._refusal(product, answer["ProductViewDetail"]))

    def _refusal(self, product: FoundProduct, detail: dict[str, Any]) -> str:
        owner = detail["ProductARN"].split(":")[4]
        kind = detail["ProductViewSummary"]["Type"]
        if owner != self.accounts.hub.account:
            return f"it belongs to account {owner}, which shares it with the hub"
        if kind != _TEMPLATE:
            return f"it is of type {kind}; the factory publishes CloudFormation templates"
        if detail.get("SourceConnection"):
            return "its versions come from a repository by its own connection; remove that first"
        if product.mark and not product.mark.startswith(mark(self.place, "")):
            return (
                f"it belongs to the factory already, as {product.mark}: each environment has products of its own, and "
                f"naming it in the manifest makes one for {self.place.environment}"
            )
        if not any(version.active for version in product.versions):
            return "it has no active version"
        return ""


def _version(detail: dict[str, Any]) -> FoundVersion:
    return FoundVersion(
        id=detail["Id"],
        name=detail.get("Name") or "",
        description=detail.get("Description") or "",
        active=detail.get("Active", True),
        guidance=Guidance(detail.get("Guidance", Guidance.DEFAULT)),
        created=detail["CreatedTime"],
    )
