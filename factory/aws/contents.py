"""What is in portfolios: constraints, shares, principals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from factory.aws.errors import NOT_FOUND, code_of, translated
from factory.aws.ids import Ids
from factory.aws.paging import items
from factory.aws.rounds import Found, Rounds
from factory.catalog import constraints
from factory.catalog.constraints import Constraint
from factory.catalog.model import (
    Place,
    Portfolio,
    PortfolioName,
    Principal,
    PrincipalType,
    ProductName,
    Share,
    ShareTarget,
)
from factory.errors import PlanError

ProductNames = Mapping[tuple[Place, str], ProductName]
"""The natural names of owned products by place and id."""

_Entry = tuple[Found, ProductName, dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """Reads what is in portfolios; each method gives one result a portfolio, in their order."""

    rounds: Rounds
    ids: Ids

    def products(self, portfolios: Sequence[Found]) -> list[list[str]]:
        """The ids of the products in each portfolio, owned or not."""
        return self.rounds.each(self._products, portfolios)

    def constraints(self, portfolios: Sequence[Found], names: ProductNames) -> list[frozenset[Constraint]]:
        """The constraints on owned products, with their content. Raises PlanError where two have one identity."""
        groups = self.rounds.each(self._constraint_summaries, portfolios)
        entries: list[_Entry] = [
            (portfolio, names[portfolio.place, item["ProductId"]], item)
            for portfolio, listed in zip(portfolios, groups, strict=True)
            for item in listed
            if (portfolio.place, item["ProductId"]) in names and item["Type"] in constraints.known()
        ]
        found: dict[str, set[Constraint]] = {}
        for entry, constraint in zip(entries, self.rounds.each(self._constraint, entries), strict=True):
            self._note(entry, constraint)
            found.setdefault(entry[0].id, set()).add(constraint)
        return [frozenset(found.get(portfolio.id, ())) for portfolio in portfolios]

    def shares(self, portfolios: Sequence[Found]) -> list[frozenset[Share]]:
        """The shares; the operation takes one kind of target at a time."""
        asked = [(portfolio, target) for portfolio in portfolios for target in ShareTarget]
        answers = iter(self.rounds.each(self._shares, asked))
        return [frozenset(share for _ in ShareTarget for share in next(answers)) for _ in portfolios]

    def principals(self, portfolios: Sequence[Found], shares: Sequence[frozenset[Share]]) -> list[frozenset[Principal]]:
        """Who may launch, from wherever the portfolio's principals live; nobody where its share was not accepted."""
        return self.rounds.each(self._principals, list(zip(portfolios, shares, strict=True)))

    def _products(self, portfolio: Found) -> list[str]:
        with translated(f"products of portfolio {portfolio.name} in {portfolio.place}"):
            hub = self.rounds.hub(portfolio.place.region)
            listed = items(hub, "SearchProductsAsAdmin", "ProductViewDetails", PortfolioId=portfolio.id)
            return [item["ProductViewSummary"]["ProductId"] for item in listed]

    def _constraint_summaries(self, portfolio: Found) -> list[dict[str, Any]]:
        with translated(f"constraints of portfolio {portfolio.name} in {portfolio.place}"):
            hub = self.rounds.hub(portfolio.place.region)
            return list(items(hub, "ListConstraintsForPortfolio", "ConstraintDetails", PortfolioId=portfolio.id))

    def _constraint(self, entry: _Entry) -> Constraint:
        portfolio, product, item = entry
        with translated(f"constraint {item['ConstraintId']} in {portfolio.place}"):
            answer = self.rounds.hub(portfolio.place.region).describe_constraint(Id=item["ConstraintId"])
        return constraints.parse(item["Type"], product, answer["ConstraintParameters"])

    def _note(self, entry: _Entry, constraint: Constraint) -> None:
        portfolio, product, item = entry
        key = (portfolio.place, PortfolioName(portfolio.name), constraint.identity)
        if key in self.ids.constraints:
            raise PlanError(
                f"{item['Type']} constraint on {product} in portfolio {portfolio.name} of {portfolio.place}: "
                f"there are two, {self.ids.constraints[key]} and {item['ConstraintId']}",
                hint="delete one of the two in the Service Catalog console",
            )
        self.ids.constraints[key] = item["ConstraintId"]

    def _shares(self, asked: tuple[Found, ShareTarget]) -> list[Share]:
        portfolio, target = asked
        with translated(f"shares of portfolio {portfolio.name} in {portfolio.place}"):
            hub = self.rounds.hub(portfolio.place.region)
            asking = {"PortfolioId": portfolio.id, "Type": target.value}
            return [
                Share(
                    target=target,
                    id=item["PrincipalId"],
                    accepted=item.get("Accepted", False),
                    share_tag_options=item.get("ShareTagOptions", False),
                    share_principals=item.get("SharePrincipals", False),
                )
                for item in items(hub, "DescribePortfolioShares", "PortfolioShareDetails", **asking)
            ]

    def _principals(self, portfolio_and_shares: tuple[Found, frozenset[Share]]) -> frozenset[Principal]:
        portfolio, shares = portfolio_and_shares
        place = portfolio.place
        bare = Portfolio(place=place, name=PortfolioName(portfolio.name), display_name="", provider="", shares=shares)
        in_hub = bare.principals_live_in_hub
        with translated(f"principals of portfolio {portfolio.name} in {place}"):
            accounts = self.rounds.accounts
            client = self.rounds.hub(place.region) if in_hub else accounts.in_place("servicecatalog", place)
            try:
                listed = list(items(client, "ListPrincipalsForPortfolio", "Principals", PortfolioId=portfolio.id))
            except ClientError as error:
                if in_hub or code_of(error) != NOT_FOUND:
                    raise
                return frozenset()
        return frozenset(
            Principal(arn=item["PrincipalARN"], type=PrincipalType(item["PrincipalType"])) for item in listed
        )
