"""Reads what a new service consists of: launches of each type of service, with placeholders for what tells it apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from factory.catalog.environments import Environment
from factory.catalog.manifest.fields import Field, Form
from factory.catalog.manifest.forms import LAUNCH_NAME, NAME, PARAMETER, written_parameters
from factory.catalog.manifest.portfolios import Products, environment_names
from factory.catalog.model import EnvironmentName, ProductName
from factory.catalog.systems import PLACEHOLDERS, Blueprint, SystemLaunch, named

_OPTIONAL = PLACEHOLDERS[2:]
_LAUNCH_NAME = Form(
    r"([A-Za-z0-9]|\{name\})([\w.-]|\{name\})*", "a name of letters, digits, dots, hyphens and underscores, or {name}"
)


def blueprint(root: Field, environments: Sequence[Environment], products: Products) -> Blueprint:
    """The content of the file."""
    section = root.section("defaults", "every-type", "lists", required=("runtimes", "types"))
    places = [environment.name for environment in environments]
    runtimes = tuple(item.text(form=NAME) for item in section["runtimes"].items("runtime"))
    defaults = tuple(
        (key.one_of(_OPTIONAL), _text(value, PLACEHOLDERS[:2])) for key, value in section["defaults"].entries()
    )
    kinds = [(key.text(form=NAME), value) for key, value in section["types"].entries()]
    if section["types"] and not kinds:
        section["types"].problem("names no type")
    lists = tuple(
        (launch.text(form=LAUNCH_NAME), parameter.text(form=PARAMETER), _text(text, PLACEHOLDERS))
        for launch, parameters in section["lists"].entries()
        for parameter, text in parameters.entries()
    )
    shared = tuple(_launches(section["every-type"], places, products, others=()))
    return Blueprint(
        runtimes=runtimes,
        defaults=defaults,
        types=tuple((kind, (*_launches(value, places, products, others=shared), *shared)) for kind, value in kinds),
        lists=lists,
    )


def _launches(
    field: Field, environments: Sequence[EnvironmentName], products: Products, others: Sequence[SystemLaunch]
) -> Iterator[SystemLaunch]:
    entries = [(key.text(form=_LAUNCH_NAME), key, value) for key, value in field.entries()]
    taken = {launch.name for launch in others}
    for name, key, value in entries:
        if name in taken:
            key.problem(f"has {name}, which every type has")
        if "{name}" not in name:
            key.problem(f"has {name}, which would be the same for all services: put {{name}} into it")
        section = value.section("parameters", "environments", "after", "only", required=("product",))
        for text in (*_all_texts(section["parameters"]), *_all_texts(section["environments"])):
            _text(text, PLACEHOLDERS)
        yield SystemLaunch(
            name=name,
            product=ProductName(section["product"].one_of(products)),
            parameters=written_parameters(section["parameters"]),
            environments=tuple(
                sorted(
                    (EnvironmentName(place.one_of(environments)), written_parameters(parameters))
                    for place, parameters in section["environments"].entries()
                )
            ),
            after=tuple(item.text() for item in section["after"].items()),
            only=environment_names(section["only"], environments),
        )


def _all_texts(field: Field) -> Iterator[Field]:
    """The values of a mapping, and of mappings in it."""
    if field.is_mapping:
        for _, value in field.entries():
            yield from _all_texts(value) if value.is_mapping else [value]


def _text(field: Field, known: Sequence[str]) -> str:
    text = field.text()
    for name in named(text):
        if name not in known:
            field.problem(
                f"has {{{name}}}, which stands for nothing; there is {', '.join(f'{{{item}}}' for item in known)}"
            )
    return text
