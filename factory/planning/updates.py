"""What the versions that a plan adds do to the people who launched the ones before them."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from factory.catalog.model import Catalog, Place, ProductName, VersionName, version_number
from factory.gates.difference import Difference, compare
from factory.gates.difference.render import to_short
from factory.planning.actions import Action, AddVersion

TemplateOf = Callable[[ProductName, VersionName], Mapping[str, Any]]
"""The template of a version, published or about to be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """The step from the version that a place offers to one that it will offer."""

    place: Place
    product: ProductName
    before: VersionName
    after: VersionName
    difference: Difference

    def is_of(self, action: AddVersion) -> bool:
        """Whether the action adds this update's version."""
        return (self.place, self.product, self.after) == (action.place, action.product, action.version.name)

    @property
    def details(self) -> tuple[str, ...]:
        """What somebody must know before they publish it, a line each."""
        first, *others = to_short(self.difference)
        return (f"after {self.before}: {first}", *others)


def updates(
    actions: Iterable[Action],
    observed: Catalog,
    releases: Container[tuple[ProductName, VersionName]],
    template_of: TemplateOf,
) -> Iterator[Update]:
    """An update for each added version that has one before it in its place: the newest older one among `releases`."""
    known: dict[tuple[ProductName, VersionName, VersionName], Difference] = {}
    for action in actions:
        if not isinstance(action, AddVersion):
            continue
        after = action.version.name
        product = observed.product(action.place, action.product)
        names = [version.name for version in product.versions] if product else []
        before = _before([name for name in names if (action.product, name) in releases], after)
        if before is None:
            continue
        key = action.product, before, after
        if key not in known:
            known[key] = compare(template_of(action.product, before), template_of(action.product, after))
        yield Update(place=action.place, product=action.product, before=before, after=after, difference=known[key])


def _before(names: Iterable[VersionName], version: VersionName) -> VersionName | None:
    older = (name for name in names if () < version_number(name) < version_number(version))
    return max(older, key=version_number, default=None)
