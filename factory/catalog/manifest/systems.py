"""Reads one system file: which products are launched together, where, and with what parameters."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from factory.catalog.environments import Environment
from factory.catalog.manifest.fields import Field, at_most
from factory.catalog.manifest.forms import LAUNCH_NAME, launch_parameters
from factory.catalog.manifest.portfolios import Products, environment_names
from factory.catalog.model import EnvironmentName, ProductName, Tags
from factory.catalog.systems import System, SystemDefaults, SystemLaunch

Offered = Mapping[EnvironmentName, Collection[ProductName]]
"""The products that any portfolio offers in an environment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Around:
    """What the launches of a system are held against."""

    environments: Sequence[EnvironmentName]
    products: Products
    offered: Offered


def system(name: str, root: Field, environments: Sequence[Environment], products: Products, offered: Offered) -> System:
    """The content of a system file."""
    section = root.section("description", "defaults", required=("display-name", "environments", "launches"))
    places = environment_names(section["environments"], [environment.name for environment in environments])
    around = _Around(environments=places, products=products, offered=offered)
    defaults = tuple(_defaults(section["defaults"], around))
    launches = tuple(_launches(section["launches"], around, {item.product: item for item in defaults}))
    for place in places:
        if launches and not any(launch.is_in(place) for launch in launches):
            section["launches"].problem(f"has none that is in {place}: take it out of `environments`")
    return System(
        name=name,
        display_name=section["display-name"].text(form=at_most(100)),
        description=section["description"].text(form=at_most(2000)),
        environments=places,
        launches=launches,
        defaults=defaults,
    )


def _defaults(field: Field, around: _Around) -> Iterator[SystemDefaults]:
    for key, value in field.entries():
        section = value.section("parameters", "environments", "only")
        only = environment_names(section["only"], around.environments)
        yield SystemDefaults(
            product=ProductName(key.one_of(around.products)),
            parameters=launch_parameters(section["parameters"]),
            environments=_overrides(section["environments"], only, around),
            only=only,
        )


def _launches(field: Field, around: _Around, defaults: Mapping[ProductName, SystemDefaults]) -> Iterator[SystemLaunch]:
    entries = [(key.text(form=LAUNCH_NAME), key, value) for key, value in field.entries()]
    order: dict[str, tuple[str, ...]] = {}
    for name, key, value in entries:
        section = value.section("product", "parameters", "environments", "after", "only")
        product = ProductName((section["product"] or key).one_of(around.products))
        others = [other for other, _, _ in entries if other != name]
        order[name] = tuple(item.one_of(others) for item in section["after"].items())
        default = defaults.get(product, SystemDefaults(product=product))
        only = environment_names(section["only"], around.environments) if section["only"] else default.only
        for environment in only or around.environments:
            if product and product not in around.offered.get(environment, ()):
                value.problem(f"launches {product}, which no portfolio offers in {environment}")
        own = SystemLaunch(
            name=name,
            product=product,
            parameters=launch_parameters(section["parameters"]),
            environments=_overrides(section["environments"], only, around),
            after=order[name],
            only=only,
        )
        yield _filled(own, default)
    if field and not entries:
        field.problem("names no launch")
    try:
        TopologicalSorter(order).prepare()
    except CycleError as error:
        field.problem(f"wait for each other: {' → '.join(reversed(error.args[1]))}")


def _overrides(
    field: Field, only: Sequence[EnvironmentName], around: _Around
) -> tuple[tuple[EnvironmentName, Tags], ...]:
    """The values of single environments, sorted by environment."""
    found = []
    for place, parameters in field.entries():
        name = EnvironmentName(place.one_of(around.environments))
        if name and only and name not in only:
            parameters.problem(f"has values for {name}, where `only` leaves it out")
        found.append((name, launch_parameters(parameters)))
    return tuple(sorted(found))


def _filled(launch: SystemLaunch, default: SystemDefaults) -> SystemLaunch:
    """The launch with the defaults where it says nothing itself: its own values go before those of an environment."""
    own, places = dict(launch.parameters), {**dict(default.environments), **dict(launch.environments)}
    overrides = {
        place: {
            **{key: value for key, value in dict(default.environments).get(place, ()) if key not in own},
            **dict(dict(launch.environments).get(place, ())),
        }
        for place in places
        if launch.is_in(place)
    }
    return SystemLaunch(
        name=launch.name,
        product=launch.product,
        parameters=tuple(sorted({**dict(default.parameters), **own}.items())),
        environments=tuple((place, tuple(sorted(overrides[place].items()))) for place in sorted(overrides)),
        after=launch.after,
        only=launch.only,
    )
