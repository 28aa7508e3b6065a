"""Facts that hold in some worlds, gathered into changes that say where they hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from factory.gates.difference.expressions import World, text
from factory.gates.difference.fates import Presence
from factory.gates.difference.model import Change, Kind, When
from factory.gates.difference.resources import Resources
from factory.gates.difference.worlds import Domains

# Resources that say something about another one, with the property that names it.
_TARGETS = ("Roles", "RoleName", "Users", "Groups", "Bucket", "Queues", "Topics", "FunctionName", "GroupId", "SecretId")
_ATTACHED = ("Policy", "Permission", "Ingress", "Egress")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing that an update changes in a world."""

    kind: Kind
    subject: str
    detail: str = ""


Facts = Callable[[World], Iterable[Fact]]
"""What an update changes in a world."""


def of_resources(resources: Resources, facts: Callable[[str, World], Iterable[Fact]]) -> Iterator[Change]:
    """The facts of every resource."""
    cases = [(resources.worlds(name), partial(facts, name)) for name in resources.names()]
    return gathered(resources.domains, cases)


def gathered(domains: Domains, cases: Iterable[tuple[Sequence[World], Facts]]) -> Iterator[Change]:
    """Facts as changes, one for each subject and set of worlds.

    What came from one resource and went to another is no change: the two facts cancel each other.
    """
    found: dict[tuple[Kind, str, When], dict[str, None]] = {}
    for worlds, facts in cases:
        held: dict[Fact, list[World]] = {}
        for world in worlds:
            for fact in dict.fromkeys(facts(world)):
                held.setdefault(fact, []).append(world)
        for fact, chosen in held.items():
            when = domains.when(chosen, worlds)
            found.setdefault((fact.kind, fact.subject, when), {})[fact.detail] = None
    for (kind, subject, when), details in found.items():
        moved = found.get((_OPPOSITES[kind], subject, when), {}) if kind in _OPPOSITES else {}
        left = [detail for detail in details if detail not in moved]
        if left:
            yield Change(kind=kind, subject=subject, details=tuple(filter(None, left)), when=when)


def sides(
    resources: Resources, name: str, world: World
) -> tuple[str, str, Mapping[str, Any], Mapping[str, Any]] | None:
    """A resource's type, what it speaks of, and its properties before and after; None where nothing can differ.

    What goes with its own resource is no loss to anybody else: it is left out.
    """
    old, new = resources.bodies(name)
    kind: str = (new or old or {})["Type"]
    presence = resources.outcome(name, world).presence
    is_attached = kind.endswith(_ATTACHED)
    if presence is Presence.NEVER or (presence is Presence.REMOVED and not is_attached):
        return None
    before, after = resources.properties(name, world)
    return kind, _target(name, after or before) if is_attached else name, before, after


def _target(name: str, properties: Mapping[str, Any]) -> str:
    for target in _TARGETS:
        if value := properties.get(target):
            values: Sequence[Any] = value if isinstance(value, list) else [value]
            return ", ".join(text(item).removeprefix("${").removesuffix("}").partition(".")[0] for item in values)
    return name


_OPPOSITES = {
    Kind.ROLE_WIDENED: Kind.ROLE_NARROWED,
    Kind.ROLE_NARROWED: Kind.ROLE_WIDENED,
    Kind.ACCESS_WIDENED: Kind.ACCESS_NARROWED,
    Kind.ACCESS_NARROWED: Kind.ACCESS_WIDENED,
    Kind.INGRESS_OPENED: Kind.INGRESS_CLOSED,
    Kind.INGRESS_CLOSED: Kind.INGRESS_OPENED,
    Kind.EGRESS_OPENED: Kind.EGRESS_CLOSED,
    Kind.EGRESS_CLOSED: Kind.EGRESS_OPENED,
}
