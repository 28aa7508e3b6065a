"""Launches that belong together: systems, and what a new service adds to one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from factory.catalog.model import EnvironmentName, ProductName, Tags

PLACEHOLDERS = ("name", "runtime", "path", "repository")
"""What `{…}` may stand for in a blueprint. The first two are always known, the others may have a default."""

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemLaunch:
    """One launch of a system. Its name is the name of the provisioned product, one of its kind in an account."""

    name: str
    product: ProductName
    parameters: Tags = ()
    """The system's defaults for the product among them."""
    environments: tuple[tuple[EnvironmentName, Tags], ...] = ()
    """Parameters that one environment adds or overrides."""
    after: tuple[str, ...] = ()
    """Launches of the same system that come first, wherever they are launched, although no value is handed over."""
    only: tuple[EnvironmentName, ...] = ()
    """Where it is launched; wherever the system is, if empty."""

    def is_in(self, environment: EnvironmentName) -> bool:
        """Whether it is launched in this environment of the system."""
        return not self.only or environment in self.only

    def parameters_in(self, environment: EnvironmentName) -> Tags:
        """The parameters that the manifest sets in an environment, sorted by name."""
        own = dict(self.environments).get(environment, ())
        return tuple(sorted((dict(self.parameters) | dict(own)).items()))


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemDefaults:
    """What holds for every launch of a product in a system, unless the launch says otherwise."""

    product: ProductName
    parameters: Tags = ()
    environments: tuple[tuple[EnvironmentName, Tags], ...] = ()
    only: tuple[EnvironmentName, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """A named set of launches."""

    name: str
    display_name: str
    description: str
    environments: tuple[EnvironmentName, ...]
    launches: tuple[SystemLaunch, ...]
    """In the order of the file, with the defaults put in."""
    defaults: tuple[SystemDefaults, ...] = ()

    @property
    def file(self) -> str:
        """The manifest, relative to the project."""
        return f"portfolios/systems/{self.name}.yaml"

    def launches_in(self, environment: EnvironmentName) -> tuple[SystemLaunch, ...]:
        """What is launched in one of its environments."""
        return tuple(launch for launch in self.launches if launch.is_in(environment))


@dataclass(frozen=True, slots=True, kw_only=True)
class Blueprint:
    """What a new service consists of. All texts of launches may have placeholders, their names only `{name}`."""

    runtimes: tuple[str, ...]
    defaults: Tags
    """What stands for a placeholder that is not given."""
    types: tuple[tuple[str, tuple[SystemLaunch, ...]], ...]
    """The launches of each type, those that all types have among them."""
    lists: tuple[tuple[str, str, str], ...] = ()
    """Launch, parameter, and the text that a service adds to the list which that parameter has in its system."""

    def launches(self, kind: str) -> tuple[SystemLaunch, ...]:
        """The launches of a type, with their placeholders."""
        return dict(self.types)[kind]

    def placeholders(self, kind: str) -> frozenset[str]:
        """What a service of a type has to be told, as far as there is no default for it."""
        texts = [text for launch in self.launches(kind) for text in _texts(launch)]
        return frozenset(name for text in (*texts, *(text for _, _, text in self.lists)) for name in named(text))

    def filled(self, text: str, values: Mapping[str, str]) -> str:
        """A text with what is known in the place of its placeholders: what is given, else the default."""
        return _filled(text, {name: _filled(default, values) for name, default in self.defaults} | dict(values))

    def service(self, kind: str, values: Mapping[str, str]) -> tuple[SystemLaunch, ...]:
        """The launches of a service. Every placeholder of the type needs a value or a default."""

        def filled(tags: Tags) -> Tags:
            return tuple((key, self.filled(text, values)) for key, text in tags)

        return tuple(
            SystemLaunch(
                name=self.filled(launch.name, values),
                product=launch.product,
                parameters=filled(launch.parameters),
                environments=tuple((place, filled(tags)) for place, tags in launch.environments),
                after=tuple(self.filled(name, values) for name in launch.after),
                only=launch.only,
            )
            for launch in self.launches(kind)
        )


def named(text: str) -> list[str]:
    """The placeholders in a text."""
    return _PLACEHOLDER.findall(text)


def _texts(launch: SystemLaunch) -> Iterator[str]:
    yield launch.name
    for tags in (launch.parameters, *(tags for _, tags in launch.environments)):
        yield from (text for _, text in tags)


def _filled(text: str, values: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), text)
