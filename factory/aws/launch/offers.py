"""What an environment's account may launch: products, their versions, and the portfolios that offer them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from factory.aws.ids import DISTRIBUTOR, distributor
from factory.aws.paging import items
from factory.catalog.model import Guidance, Place, ProductName, VersionName, version_number
from factory.catalog.nearest import suggestion
from factory.errors import LaunchError


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedVersion:
    """A version that may be launched, or only updated to where it is deprecated."""

    id: str
    name: VersionName
    deprecated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchPath:
    """A portfolio that offers a product."""

    id: str
    portfolio: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A product that is offered at a place."""

    id: str
    product: ProductName
    place: Place
    versions: tuple[OfferedVersion, ...]
    """Sorted by number, oldest first."""
    paths: tuple[LaunchPath, ...]
    distributor: str

    @property
    def newest(self) -> OfferedVersion | None:
        """The newest version that is not deprecated."""
        return next((version for version in reversed(self.versions) if not version.deprecated), None)

    def version(self, name: VersionName | None, *, current_id: str | None) -> OfferedVersion:
        """The version of that name, else the newest one, else the one that is launched already.

        Raises LaunchError where it is not offered, or is deprecated and not launched yet.
        """
        if name is None:
            current = next((version for version in self.versions if version.id == current_id), None)
            found = self.newest or current
            if found is None:
                raise LaunchError(f"product {self.product} in {self.place}: every offered version is deprecated")
            return found
        named = {version.name: version for version in self.versions}
        if name not in named:
            offered = ", ".join(named) or "none"
            raise LaunchError(
                f"product {self.product} in {self.place}: version {name} is not offered; there is {offered}",
                hint=f"name the version in the portfolio and run factory publish -e {self.place.environment}",
            )
        if named[name].deprecated and current_id is None:
            raise LaunchError(
                f"product {self.product} in {self.place}: version {name} is deprecated, which forbids new launches",
                hint=f"launch version {self.newest.name}" if self.newest else None,
            )
        return named[name]

    def path(self, portfolio: str | None, *, current_id: str | None) -> LaunchPath:
        """The path by way of that portfolio, else the one of the present launch, else the only one.

        Raises LaunchError where there is no such path, or several and none was named.
        """
        names = ", ".join(sorted(path.portfolio for path in self.paths))
        if portfolio is not None:
            found = [path for path in self.paths if path.portfolio == portfolio]
            if len(found) != 1:
                raise LaunchError(
                    f"product {self.product} in {self.place}: portfolio {portfolio} does not offer it alone; "
                    f"it is offered by {names or 'none'}"
                )
            return found[0]
        found = [path for path in self.paths if path.id == current_id] or list(self.paths)
        if not found:
            raise LaunchError(
                f"product {self.product} in {self.place}: no portfolio lets you launch it",
                hint="have your role added under access in the portfolio's manifest",
            )
        if len(found) > 1:
            raise LaunchError(
                f"product {self.product} in {self.place}: more than one portfolio offers it: {names}",
                hint="say which portfolio to launch from",
            )
        return found[0]


def list_products(catalog: Any, place: Place) -> tuple[dict[str, Any], ...]:
    """What SearchProducts tells of each product that is offered. `catalog` is a client of Service Catalog there."""
    listed = items(catalog, "SearchProducts", "ProductViewSummaries")
    return tuple(item for item in listed if belongs(item.get("Distributor", ""), place))


def find_offer(catalog: Any, place: Place, product: ProductName, summaries: Sequence[dict[str, Any]]) -> Offer:
    """The product of exactly that name among those that are listed.

    Raises LaunchError with the nearest name where it is not offered.
    """
    named = [item for item in summaries if item["Name"] == product]
    # One that the factory published for this environment goes before a namesake that somebody else made.
    named = [item for item in named if item.get("Distributor") == distributor(place)] or named
    if not named:
        raise LaunchError(
            f"product {product} is not offered in {place}: {suggestion(product, _names(summaries))}",
            hint=f"factory publish -e {place.environment}, or have your role added under access in the portfolio",
        )
    if len(named) > 1:
        raise LaunchError(f"product {product} in {place}: {len(named)} products have this name")
    return describe_offer(catalog, place, named[0]["ProductId"])


def describe_offer(catalog: Any, place: Place, product_id: str) -> Offer:
    """The product of that id, as it is offered."""
    answer = catalog.describe_product(Id=product_id)
    versions = (
        OfferedVersion(
            id=item["Id"],
            name=VersionName(item.get("Name") or item["Id"]),
            deprecated=item.get("Guidance") == Guidance.DEPRECATED,
        )
        for item in answer["ProvisioningArtifacts"]
    )
    return Offer(
        id=product_id,
        product=ProductName(answer["ProductViewSummary"]["Name"]),
        place=place,
        versions=tuple(sorted(versions, key=lambda version: (version_number(version.name), version.name))),
        paths=tuple(LaunchPath(id=item["Id"], portfolio=item["Name"]) for item in answer.get("LaunchPaths", [])),
        distributor=answer["ProductViewSummary"].get("Distributor", ""),
    )


def belongs(marked: str, place: Place) -> bool:
    """Whether a product with this distributor is not one that was published for another environment of the account."""
    return marked == distributor(place) or not marked.startswith(f"{DISTRIBUTOR}/")


def _names(summaries: Sequence[dict[str, Any]]) -> list[str]:
    return [str(item["Name"]) for item in summaries]
