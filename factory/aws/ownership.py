"""Which portfolios and products of the hub are the factory's: those that carry its tag for one of the places."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from factory.aws.errors import translated
from factory.aws.ids import distributor, marked_name
from factory.aws.paging import items
from factory.aws.rounds import Found, Rounds
from factory.catalog.marks import PORTFOLIO_TAG, PRODUCT_TAG
from factory.catalog.model import Place, Region
from factory.errors import PlanError

_Candidate = tuple[Region, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ownership:
    """Finds what is owned at some places."""

    places: tuple[Place, ...]
    rounds: Rounds
    listed: Counter[tuple[Region, str]] = field(default_factory=Counter)
    """How many `portfolio` and `product` each region of the hub has, whosever they are, once they were looked for."""

    def portfolios(self) -> list[Found]:
        """The owned portfolios. Raises PlanError where two are the same one."""
        return self._owned(self.rounds.each(self._list_portfolios, self._regions()), self._portfolio, "portfolio")

    def products(self, placed: Sequence[_Candidate]) -> list[Found]:
        """The owned products among those placed in owned portfolios, and those that an interrupted run left outside.

        Raises PlanError where two are the same one.
        """
        listed = self.rounds.each(self._list_products, self._regions())
        return self._owned([*listed, placed], self._product, "product")

    def _owned(
        self, listed: Sequence[Sequence[_Candidate]], describe: Callable[[_Candidate], list[Found]], kind: str
    ) -> list[Found]:
        candidates = list(dict.fromkeys(item for group in listed for item in group))
        found = [item for group in self.rounds.each(describe, candidates) for item in group]
        by_key: dict[tuple[Place, str], list[str]] = {}
        for item in found:
            by_key.setdefault((item.place, item.name), []).append(item.id)
        twice = [
            f"{kind} {name} in {place} is there {len(ids)} times: {', '.join(sorted(ids))}"
            for (place, name), ids in sorted(by_key.items())
            if len(ids) > 1
        ]
        if twice:
            tag = PORTFOLIO_TAG if kind == "portfolio" else PRODUCT_TAG
            command = f"aws servicecatalog update-{kind} --id ID --remove-tags {tag}"
            raise PlanError("; ".join(twice), hint=f"{command}, for all but one of each")
        return found

    def _regions(self) -> tuple[Region, ...]:
        return tuple(dict.fromkeys(place.region for place in self.places))

    def _list_portfolios(self, region: Region) -> list[_Candidate]:
        with translated(f"portfolios of the hub in {region}"):
            listed = list(items(self.rounds.hub(region), "ListPortfolios", "PortfolioDetails"))
            self.listed[region, "portfolio"] = len(listed)
            return [(region, item["Id"]) for item in listed]

    def _portfolio(self, candidate: _Candidate) -> list[Found]:
        region, id_ = candidate
        with translated(f"portfolio {id_} in {region}"):
            return self._marked(candidate, PORTFOLIO_TAG, self.rounds.hub(region).describe_portfolio(Id=id_))

    def _list_products(self, region: Region) -> list[_Candidate]:
        # Lists show no tags, but the distributor: it spares a call for each product that is not one of these places'.
        distributors = {distributor(place) for place in self.places if place.region == region}
        with translated(f"products of the hub in {region}"):
            hub = self.rounds.hub(region)
            listed = items(hub, "SearchProductsAsAdmin", "ProductViewDetails", ProductSource="ACCOUNT")
            summaries = [item["ProductViewSummary"] for item in listed]
            self.listed[region, "product"] = len(summaries)
            return [(region, item["ProductId"]) for item in summaries if item.get("Distributor") in distributors]

    def _product(self, candidate: _Candidate) -> list[Found]:
        region, id_ = candidate
        with translated(f"product {id_} in {region}"):
            return self._marked(candidate, PRODUCT_TAG, self.rounds.hub(region).describe_product_as_admin(Id=id_))

    def _marked(self, candidate: _Candidate, key: str, answer: dict[str, Any]) -> list[Found]:
        region, id_ = candidate
        here = [Found(place=place, name="", id=id_, answer=answer) for place in self.places if place.region == region]
        named = ((found, marked_name(found.place, key, found.tags)) for found in here)
        return [replace(found, name=name) for found, name in named if name]
