"""The steps that lead to a product as it is desired, and the products for which there are none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from factory.catalog.model import (
    MAXIMUM_VERSIONS,
    Catalog,
    CatalogProduct,
    Guidance,
    Place,
    ProductName,
    Version,
    VersionName,
    version_number,
)
from factory.errors import PlanError
from factory.planning.actions import (
    AddVersion,
    CreateProduct,
    DeleteProduct,
    DeleteVersion,
    UpdateProduct,
    UpdateVersion,
)
from factory.planning.phases import Phase, Step
from factory.planning.retirement import Fate


def product_steps(
    place: Place,
    name: ProductName,
    desired: CatalogProduct | None,
    observed: CatalogProduct | None,
    unwanted: Sequence[Fate],
) -> Iterator[Step]:
    """What leads from the observed to the desired product; `unwanted` is what becomes of its other versions."""
    if desired is None:
        yield Phase.PRODUCT_REMOVALS, DeleteProduct(place=place, product=name)
        return
    if observed is None:
        first = _fresh(desired.versions[0])
        yield Phase.PRODUCTS, CreateProduct(place=place, product=desired, version=first)
        observed = replace(desired, versions=(first,))
    elif replace(observed, versions=()) != replace(desired, versions=()):
        yield Phase.PRODUCTS, UpdateProduct(place=place, before=observed, after=desired)

    for wanted in desired.versions:
        found = observed.version(wanted.name)
        if found is None:
            found = _fresh(wanted)
            yield Phase.PRODUCTS, AddVersion(place=place, product=name, version=found)
        if found != wanted:
            yield Phase.PRODUCTS, UpdateVersion(place=place, product=name, before=found, after=wanted)

    room = [fate.before.name for fate in _making_room(desired, observed, unwanted)]
    for fate in unwanted:
        before, after = fate.before, fate.after
        if after is None:
            phase = Phase.ROOM_FOR_VERSIONS if before.name in room else Phase.RETIRED_VERSIONS
            yield phase, DeleteVersion(place=place, product=name, version=before.name, why=fate.why)
        elif after != before:
            retired = UpdateVersion(place=place, product=name, before=before, after=after, why=fate.why)
            yield Phase.RETIRED_VERSIONS, retired


def staying(product: CatalogProduct, unwanted: Sequence[Fate]) -> Iterator[str]:
    """A sentence for the versions that stay as they are, together where it is for the same reason."""
    found: dict[tuple[str, str], list[str]] = {}
    for fate in unwanted:
        if fate.after == fate.before:
            found.setdefault((fate.state, fate.why), []).append(fate.before.name)
    for (state, why), names in found.items():
        stay = "stay" if len(names) > 1 else "stays"
        yield f"{product.place}: {product.name} {', '.join(names)} {stay} {state}: {why}"


def too_many(desired: CatalogProduct, observed: CatalogProduct, unwanted: Sequence[Fate]) -> Iterator[str]:
    """How many versions a product would have, where that is more than it can."""
    excess = _excess(desired, observed)
    # One has to be there all the time.
    if excess > min(len(_deletable(unwanted)), len(observed.versions) - 1):
        yield f"{desired.name} in {desired.place} would have {MAXIMUM_VERSIONS + excess}"


def _excess(desired: CatalogProduct, observed: CatalogProduct) -> int:
    """How many versions too many there would be if none was deleted."""
    added = sum(observed.version(version.name) is None for version in desired.versions)
    return len(observed.versions) + added - MAXIMUM_VERSIONS if added else 0


def _deletable(unwanted: Sequence[Fate]) -> list[Fate]:
    """What is deleted: first what nobody is offered, and of that the oldest."""
    deleted = (fate for fate in unwanted if fate.after is None)
    return sorted(deleted, key=lambda fate: (fate.before.active, version_number(fate.before.name)))


def _making_room(desired: CatalogProduct, observed: CatalogProduct, unwanted: Sequence[Fate]) -> list[Fate]:
    """What has to be deleted before anything is added."""
    return _deletable(unwanted)[: max(0, _excess(desired, observed))]


def _fresh(version: Version) -> Version:
    """The version as the API creates it."""
    return replace(version, active=True, guidance=Guidance.DEFAULT)


def refuse_changed_versions(desired: Catalog, observed: Catalog) -> None:
    """Raise PlanError with every published version whose template differs."""
    places: dict[tuple[ProductName, VersionName], list[Place]] = {}
    for product in desired.products:
        published = observed.product(product.place, product.name)
        for version in product.versions:
            before = published.version(version.name) if published else None
            if before and before.digest != version.digest:
                places.setdefault((product.name, version.name), []).append(product.place)
    if not places:
        return
    lines = [
        f"{name} {changed} is published in {', '.join(map(str, sorted(where)))} with another template"
        for (name, changed), where in sorted(places.items())
    ]
    hints = dict.fromkeys(f"factory release {name}" for name, _ in sorted(places))
    raise PlanError("a published version never changes: " + "; ".join(lines), hint="; ".join(hints))


def refuse_empty_products(desired: Catalog) -> None:
    """Raise PlanError where a desired product has no version."""
    empty = [f"{product.name} in {product.place}" for product in desired.products if not product.versions]
    if empty:
        raise PlanError("a product needs at least one version: " + ", ".join(sorted(empty)))
