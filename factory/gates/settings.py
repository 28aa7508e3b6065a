"""What properties have to be, in tables by resource type: most of compliance is settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from factory.gates.house import HouseRule, Problem
from factory.gates.resources import Resource
from factory.gates.unknowns import Given, Opaque, is_known

# Aliases of the keys that AWS manages, and what services call a key that AWS owns.
_KEYS_OF_AWS = ("alias/aws/", "AWS_OWNED")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a property has to be, in words that follow "is not", and as a question about its value."""

    text: str
    admits: Callable[[Any], bool]
    """Asked with None where the property is not set."""


def exactly(value: Any) -> Wanted:
    """This value. What is not known is not it."""
    return Wanted(text=_plain(value), admits=lambda found: _plain(found) == _plain(value))


def one_of(*values: str) -> Wanted:
    """One of these values. What is not known is none of them."""
    return Wanted(text=f"one of {', '.join(values)}", admits=lambda found: _plain(found) in values)


def at_least(number: int) -> Wanted:
    """This number or more."""

    def admits(found: Any) -> bool:
        count = as_number(found)
        return count is not None and count >= number

    return Wanted(text=f"at least {number}", admits=admits)


def several() -> Wanted:
    """A list of two elements or more. Of what another product provides as a list, that product sees to it."""

    def admits(found: Any) -> bool:
        if isinstance(found, Given):
            return found.of_contract
        return isinstance(found, list) and len({str(item) for item in found}) > 1

    return Wanted(text="two or more", admits=admits)


def if_set(wanted: Wanted) -> Wanted:
    """As wanted, or not set: for what is so by default."""
    return Wanted(text=wanted.text, admits=lambda found: found is None or wanted.admits(found))


def never() -> Wanted:
    """Not set at all."""
    return Wanted(text="left out", admits=lambda found: found is None)


def anything() -> Wanted:
    """Some value, which is not empty."""

    def admits(found: Any) -> bool:
        if isinstance(found, Given):
            return not found.admits("")
        return found is not None and found not in ("", [], {})

    return Wanted(text="set", admits=admits)


def customers_key() -> Wanted:
    """A key that is not AWS's own; of a parameter, whatever it may be given."""

    def admits(found: Any) -> bool:
        if isinstance(found, Given):
            return not found.admits("") and not found.admits("alias/aws/s3")
        if isinstance(found, Opaque):
            return True
        return isinstance(found, str) and found != "" and not any(mark in found for mark in _KEYS_OF_AWS)

    return Wanted(text="a customer-managed key", admits=admits)


class SettingsRule(HouseRule):
    """Base of the rules that hold properties to a table.

    A path is names joined by dots; `*` stands for every element of a list, each of which has to be as wanted, and
    `[key]` at the end for the value under that key in a list of `Key` and `Value`, or in a map.
    """

    wanted: ClassVar[Mapping[str, Mapping[str, Wanted]]]
    """By resource type and path."""
    production_only: ClassVar[bool] = False

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "wanted" in cls.__dict__:
            cls.types = frozenset(cls.wanted)

    def rows(self, resource: Resource) -> Mapping[str, Wanted]:
        """What is asked of this very resource."""
        return self.wanted[resource.type]

    def check(self, resource: Resource) -> Iterator[Problem]:
        """Hold the resource to its rows of the table."""
        if self.production_only and not resource.world.is_production:
            return
        for path, wanted in self.rows(resource).items():
            if not all(map(wanted.admits, read(resource, path))):
                yield Problem(message=f"{path} is not {wanted.text}", at=path.partition("[")[0])


def read(resource: Resource, path: str) -> list[Any]:
    """The values at a path of a table, None for one that is not set."""
    outer, bracket, key = path.partition("[")
    if bracket:
        return [resource.entry(outer, key.removesuffix("]"))]
    return resource.every(path) if ".*" in path else [resource.get(path)]


def is_on(value: Any) -> bool:
    """Whether a switch is known to be on; CloudFormation takes texts for booleans."""
    return _plain(value) == "true"


def is_off(value: Any) -> bool:
    """Whether a switch is known to be off."""
    return _plain(value) == "false"


def as_number(value: Any) -> int | None:
    """A number, which CloudFormation also takes as a text; None for what is none or is not known."""
    try:
        return int(value)
    except (TypeError, ValueError):
        return None


def _plain(value: Any) -> str:
    """Booleans as CloudFormation takes them, which may be texts."""
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value)
    return text.lower() if is_known(value) and text.lower() in {"true", "false"} else text
