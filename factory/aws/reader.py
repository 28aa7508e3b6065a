"""The catalog as the hub and the environments' accounts hold it: what carries the factory's ownership tag.

Reading goes in rounds, each made of calls that do not depend on one another and so run at the same time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

from botocore.exceptions import ClientError

from factory.aws.errors import NOT_FOUND, code_of, translated
from factory.aws.ids import PORTFOLIO_TAG, PRODUCT_TAG, Ids, distributor, marked_name, plain_tags
from factory.aws.paging import items
from factory.aws.session import Accounts
from factory.catalog import constraints
from factory.catalog.constraints import Constraint
from factory.catalog.model import (
    Catalog,
    CatalogProduct,
    Digest,
    Guidance,
    Place,
    Portfolio,
    PortfolioName,
    Principal,
    PrincipalType,
    ProductName,
    Region,
    Share,
    ShareTarget,
    TagOption,
    Version,
    VersionName,
    version_number,
)
from factory.errors import PlanError

_WORKERS = 8
_DIGEST = re.compile(r"sha256:([0-9a-f]{64})$")

_In = TypeVar("_In")
_Out = TypeVar("_Out")


def read(accounts: Accounts, places: Iterable[Place]) -> tuple[Catalog, Ids]:
    """What the factory owns at these places, and the ids under which AWS knows it.

    Raises PlanError where two things carry the same mark, CatalogError where AWS refuses a call.
    """
    wanted = tuple(dict.fromkeys(places))
    with ThreadPoolExecutor(max_workers=_WORKERS, thread_name_prefix="read") as pool:
        return _Reading(accounts=accounts, places=wanted, pool=pool).catalog()


def digest_text(digest: Digest) -> str:
    """The end of a version's description, from which its digest is read back."""
    return f"sha256:{digest}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A portfolio or product with the mark of a place."""

    place: Place
    name: str
    id: str
    answer: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    accounts: Accounts
    places: tuple[Place, ...]
    pool: ThreadPoolExecutor
    ids: Ids = field(default_factory=Ids)

    def catalog(self) -> tuple[Catalog, Ids]:
        regions = tuple(dict.fromkeys(place.region for place in self.places))
        listed = self._each(self._list_portfolios, regions)
        portfolios = self._owned(listed, self._describe_portfolio, "portfolio")
        for portfolio in portfolios:
            self.ids.portfolios[portfolio.place, PortfolioName(portfolio.name)] = portfolio.id

        marked = self._each(self._list_products, regions)
        placed = self._each(self._products_in, portfolios)
        members = [[(found.place.region, id_) for id_ in ids] for found, ids in zip(portfolios, placed, strict=True)]
        products = self._owned([*marked, *members], self._describe_product, "product")
        for product in products:
            self.ids.products[product.place, ProductName(product.name)] = product.id
        names = {(found.place, found.id): ProductName(found.name) for found in products}

        offered = [
            frozenset(names[found.place, id_] for id_ in ids if (found.place, id_) in names)
            for found, ids in zip(portfolios, placed, strict=True)
        ]
        rules = self._constraints(portfolios, names)
        shares = self._shares(portfolios)
        principals = self._each(self._principals, list(zip(portfolios, shares, strict=True)))
        contents = zip(portfolios, offered, rules, shares, principals, strict=True)
        return (
            Catalog(
                portfolios=tuple(sorted((self._portfolio(*content) for content in contents), key=_key)),
                products=tuple(sorted(self._each(self._product, products), key=_key)),
            ),
            self.ids,
        )

    def _each(self, work: Callable[[_In], _Out], things: Sequence[_In]) -> list[_Out]:
        """The work's result for each of the things, in their order."""
        return list(self.pool.map(work, things))

    def _hub(self, region: Region) -> Any:
        return self.accounts.in_hub("servicecatalog", region)

    # --- what is owned --------------------------------------------------------------------------------------------

    def _owned(
        self,
        listed: Sequence[Sequence[tuple[Region, str]]],
        describe: Callable[[tuple[Region, str]], list[_Found]],
        kind: str,
    ) -> list[_Found]:
        """Those of the listed things that carry a mark. Raises PlanError where two carry the same one."""
        candidates = list(dict.fromkeys(item for group in listed for item in group))
        found = [item for group in self._each(describe, candidates) for item in group]
        by_key: dict[tuple[Place, str], list[str]] = {}
        for item in found:
            by_key.setdefault((item.place, item.name), []).append(item.id)
        twice = [
            f"{kind} {name} in {place} is there {len(ids)} times: {', '.join(sorted(ids))}"
            for (place, name), ids in sorted(by_key.items())
            if len(ids) > 1
        ]
        if twice:
            raise PlanError(
                "; ".join(twice),
                hint=f"remove the ownership tag, {PORTFOLIO_TAG} or {PRODUCT_TAG}, from all but one of each",
            )
        return found

    def _list_portfolios(self, region: Region) -> list[tuple[Region, str]]:
        with translated(f"portfolios of the hub in {region}"):
            listed = items(self._hub(region), "ListPortfolios", "PortfolioDetails")
            return [(region, item["Id"]) for item in listed]

    def _describe_portfolio(self, candidate: tuple[Region, str]) -> list[_Found]:
        region, id_ = candidate
        with translated(f"portfolio {id_} in {region}"):
            return self._marked(region, id_, PORTFOLIO_TAG, self._hub(region).describe_portfolio(Id=id_))

    def _list_products(self, region: Region) -> list[tuple[Region, str]]:
        """The products of these places that are in a portfolio, and those that an interrupted run left outside."""
        distributors = {distributor(place) for place in self.places if place.region == region}
        with translated(f"products of the hub in {region}"):
            hub = self._hub(region)
            listed = items(hub, "SearchProductsAsAdmin", "ProductViewDetails", ProductSource="ACCOUNT")
            summaries = [item["ProductViewSummary"] for item in listed]
            return [(region, item["ProductId"]) for item in summaries if item.get("Distributor") in distributors]

    def _products_in(self, portfolio: _Found) -> list[str]:
        region = portfolio.place.region
        with translated(f"products of portfolio {portfolio.name} in {portfolio.place}"):
            hub = self._hub(region)
            listed = items(hub, "SearchProductsAsAdmin", "ProductViewDetails", PortfolioId=portfolio.id)
            return [item["ProductViewSummary"]["ProductId"] for item in listed]

    def _describe_product(self, candidate: tuple[Region, str]) -> list[_Found]:
        region, id_ = candidate
        with translated(f"product {id_} in {region}"):
            return self._marked(region, id_, PRODUCT_TAG, self._hub(region).describe_product_as_admin(Id=id_))

    def _marked(self, region: Region, id_: str, key: str, answer: dict[str, Any]) -> list[_Found]:
        tags = _tags(answer)
        return [
            _Found(place=place, name=name, id=id_, answer=answer)
            for place in self.places
            if place.region == region and (name := marked_name(place, key, tags))
        ]

    # --- products -------------------------------------------------------------------------------------------------

    def _product(self, found: _Found) -> CatalogProduct:
        name = ProductName(found.name)
        with translated(f"versions of product {name} in {found.place}"):
            # The one operation that tells whether a version is active; it answers in one page.
            answer = self._hub(found.place.region).list_provisioning_artifacts(ProductId=found.id)
        details = answer["ProvisioningArtifactDetails"]
        for detail in details:
            key = (found.place, name, _version_name(detail))
            if key in self.ids.versions:
                raise PlanError(
                    f"version {key[2]} of product {name} in {found.place} is there twice",
                    hint="delete one of the two in the Service Catalog console",
                )
            self.ids.versions[key] = detail["Id"]
        summary = found.answer["ProductViewDetail"]["ProductViewSummary"]
        versions = (_version(detail) for detail in details)
        return CatalogProduct(
            place=found.place,
            name=name,
            description=summary.get("ShortDescription", ""),
            owner=summary.get("Owner", ""),
            support_email=summary.get("SupportEmail", ""),
            support_url=summary.get("SupportUrl", ""),
            tags=plain_tags(_tags(found.answer)),
            versions=tuple(sorted(versions, key=lambda version: (version_number(version.name), version.name))),
        )

    # --- portfolios -----------------------------------------------------------------------------------------------

    def _portfolio(
        self,
        found: _Found,
        products: frozenset[ProductName],
        rules: frozenset[Constraint],
        shares: frozenset[Share],
        principals: frozenset[Principal],
    ) -> Portfolio:
        detail = found.answer["PortfolioDetail"]
        options = [option for option in found.answer.get("TagOptions", []) if option["Active"]]
        for option in options:
            key = (found.place.region, TagOption(key=option["Key"], value=option["Value"]))
            self.ids.tag_options[key] = option["Id"]
        return Portfolio(
            place=found.place,
            name=PortfolioName(found.name),
            display_name=detail["DisplayName"],
            provider=detail["ProviderName"],
            description=detail.get("Description", ""),
            tags=plain_tags(_tags(found.answer)),
            products=products,
            principals=principals,
            shares=shares,
            tag_options=frozenset(TagOption(key=option["Key"], value=option["Value"]) for option in options),
            constraints=rules,
        )

    def _constraints(
        self, portfolios: Sequence[_Found], names: dict[tuple[Place, str], ProductName]
    ) -> list[frozenset[Constraint]]:
        """The constraints of each portfolio on products that the factory owns, with their content."""

        def summaries(portfolio: _Found) -> list[tuple[_Found, ProductName, dict[str, Any]]]:
            with translated(f"constraints of portfolio {portfolio.name} in {portfolio.place}"):
                hub = self._hub(portfolio.place.region)
                listed = items(hub, "ListConstraintsForPortfolio", "ConstraintDetails", PortfolioId=portfolio.id)
                return [
                    (portfolio, names[portfolio.place, item["ProductId"]], item)
                    for item in listed
                    if (portfolio.place, item["ProductId"]) in names and item["Type"] in constraints.known()
                ]

        def content(entry: tuple[_Found, ProductName, dict[str, Any]]) -> Constraint:
            portfolio, product, item = entry
            with translated(f"constraint {item['ConstraintId']} in {portfolio.place}"):
                answer = self._hub(portfolio.place.region).describe_constraint(Id=item["ConstraintId"])
            return constraints.parse(item["Type"], product, answer["ConstraintParameters"])

        entries = [entry for group in self._each(summaries, portfolios) for entry in group]
        contents: dict[str, list[Constraint]] = {}
        for (portfolio, product, item), constraint in zip(entries, self._each(content, entries), strict=True):
            key = (portfolio.place, PortfolioName(portfolio.name), constraint.identity)
            if key in self.ids.constraints:
                raise PlanError(
                    f"{item['Type']} constraint on {product} in portfolio {portfolio.name} of {portfolio.place}: "
                    f"there are two, {self.ids.constraints[key]} and {item['ConstraintId']}",
                    hint="delete one of the two in the Service Catalog console",
                )
            self.ids.constraints[key] = item["ConstraintId"]
            contents.setdefault(portfolio.id, []).append(constraint)
        return [frozenset(contents.get(portfolio.id, ())) for portfolio in portfolios]

    def _shares(self, portfolios: Sequence[_Found]) -> list[frozenset[Share]]:
        """The shares of each portfolio; the operation takes one kind of target at a time."""
        asked = [(portfolio, target) for portfolio in portfolios for target in ShareTarget]
        answers = iter(self._each(self._shares_to, asked))
        return [frozenset(share for _ in ShareTarget for share in next(answers)) for _ in portfolios]

    def _shares_to(self, asked: tuple[_Found, ShareTarget]) -> list[Share]:
        portfolio, target = asked
        with translated(f"shares of portfolio {portfolio.name} in {portfolio.place}"):
            hub = self._hub(portfolio.place.region)
            asking = {"PortfolioId": portfolio.id, "Type": target.value}
            listed = items(hub, "DescribePortfolioShares", "PortfolioShareDetails", **asking)
            return [
                Share(
                    target=target,
                    id=item["PrincipalId"],
                    accepted=item.get("Accepted", False),
                    share_tag_options=item.get("ShareTagOptions", False),
                    share_principals=item.get("SharePrincipals", False),
                )
                for item in listed
            ]

    def _principals(self, portfolio_and_shares: tuple[_Found, frozenset[Share]]) -> frozenset[Principal]:
        """Who may launch, from wherever the portfolio's principals live; nobody where its share was not accepted."""
        portfolio, shares = portfolio_and_shares
        place = portfolio.place
        bare = Portfolio(place=place, name=PortfolioName(portfolio.name), display_name="", provider="", shares=shares)
        in_hub = bare.principals_live_in_hub
        with translated(f"principals of portfolio {portfolio.name} in {place}"):
            client = self._hub(place.region) if in_hub else self.accounts.in_place("servicecatalog", place)
            try:
                listed = list(items(client, "ListPrincipalsForPortfolio", "Principals", PortfolioId=portfolio.id))
            except ClientError as error:
                if in_hub or code_of(error) != NOT_FOUND:
                    raise
                return frozenset()
        return frozenset(
            Principal(arn=item["PrincipalARN"], type=PrincipalType(item["PrincipalType"])) for item in listed
        )


def _key(item: Portfolio | CatalogProduct) -> tuple[Place, str]:
    return (item.place, item.name)


def _tags(answer: dict[str, Any]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in answer.get("Tags", [])}


def _version(detail: dict[str, Any]) -> Version:
    """A version; one that somebody made by hand has no digest, and so is like none that the factory made."""
    match = _DIGEST.search(detail.get("Description") or "")
    return Version(
        name=_version_name(detail),
        digest=Digest(match[1] if match else ""),
        guidance=Guidance(detail.get("Guidance", Guidance.DEFAULT)),
        active=detail.get("Active", True),
    )


def _version_name(detail: dict[str, Any]) -> VersionName:
    """The version's name, or its id where somebody made it without one."""
    return VersionName(detail.get("Name") or detail["Id"])
