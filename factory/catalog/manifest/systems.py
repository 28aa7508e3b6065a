"""Reads one system file: which products are launched together, and with what parameters."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from factory.catalog.environments import Environment
from factory.catalog.manifest.fields import Field, Form, at_most
from factory.catalog.manifest.forms import launch_parameters
from factory.catalog.manifest.model import System, SystemLaunch
from factory.catalog.manifest.portfolios import Products, environment_names
from factory.catalog.model import EnvironmentName, ProductName

_LAUNCH_NAME = Form(r"[A-Za-z0-9][\w.-]{0,127}", "a name of at most 128 letters, digits, dots, hyphens and underscores")

Offered = Mapping[EnvironmentName, Collection[ProductName]]
"""The products that any portfolio offers in an environment."""


def system(name: str, root: Field, environments: Sequence[Environment], products: Products, offered: Offered) -> System:
    """The content of a system file."""
    section = root.section("description", required=("display-name", "environments", "launches"))
    places = environment_names(section["environments"], environments)
    return System(
        name=name,
        display_name=section["display-name"].text(form=at_most(100)),
        description=section["description"].text(form=at_most(2000)),
        environments=places,
        launches=tuple(_launches(section["launches"], places, products, offered)),
    )


def _launches(
    field: Field, environments: Sequence[EnvironmentName], products: Products, offered: Offered
) -> Iterator[SystemLaunch]:
    entries = [(key.text(form=_LAUNCH_NAME), key, value) for key, value in field.entries()]
    order: dict[str, tuple[str, ...]] = {}
    for name, key, value in entries:
        section = value.section("product", "parameters", "environments", "after")
        product = ProductName((section["product"] or key).one_of(products))
        others = [other for other, _, _ in entries if other != name]
        order[name] = tuple(item.one_of(others) for item in section["after"].items())
        for environment in environments:
            if product and product not in offered.get(environment, ()):
                value.problem(f"launches {product}, which no portfolio offers in {environment}")
        overrides = (
            (EnvironmentName(place.one_of(environments)), launch_parameters(parameters))
            for place, parameters in section["environments"].entries()
        )
        yield SystemLaunch(
            name=name,
            product=product,
            parameters=launch_parameters(section["parameters"]),
            environments=tuple(sorted(overrides)),
            after=order[name],
        )
    if field and not entries:
        field.problem("names no launch")
    try:
        TopologicalSorter(order).prepare()
    except CycleError as error:
        field.problem(f"wait for each other: {' → '.join(reversed(error.args[1]))}")
