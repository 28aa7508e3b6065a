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


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """A resource before and after, in one world."""

    type: str
    subject: str
    """What it speaks of: itself, or what it is attached to."""
    before: Mapping[str, Any]
    after: Mapping[str, Any]


def of_resources(resources: Resources, facts: Callable[[Sides], Iterable[Fact]]) -> Iterator[Change]:
    """The facts of every resource. What is refused about something new is no loss to anybody."""

    def told(name: str, world: World) -> Iterator[Fact]:
        sides = _sides(resources, name, world)
        if sides is not None and sides.before != sides.after:
            is_new = _presence(resources, name, sides.after, world) is Presence.ADDED
            yield from (fact for fact in facts(sides) if not is_new or fact.kind not in _LOSSES)

    cases = [(resources.worlds(name), partial(told, name)) for name in resources.names()]
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


def _sides(resources: Resources, name: str, world: World) -> Sides | None:
    """A resource before and after; None where it is not there, or goes together with what it speaks of."""
    old, new = resources.bodies(name)
    kind: str = (new or old or {})["Type"]
    before, after = resources.properties(name, world)
    if _presence(resources, name, before, world) in {Presence.NEVER, Presence.REMOVED}:
        return None
    subject = ", ".join(_targets(kind, after or before)) or name
    return Sides(type=kind, subject=subject, before=before, after=after)


def _presence(resources: Resources, name: str, properties: Mapping[str, Any], world: World) -> Presence:
    """Whether what a resource speaks of is there before and after."""
    old, new = resources.bodies(name)
    targets = [item for item in _targets((new or old or {})["Type"], properties) if any(resources.bodies(item))]
    found = {resources.outcome(item, world).presence for item in targets or [name]}
    if not targets and found != {Presence.NEVER} and _is_attached((new or old or {})["Type"]):
        # What it is attached to is not of this template.
        return Presence.STAYS
    return found.pop() if len(found) == 1 else Presence.STAYS


def _targets(kind: str, properties: Mapping[str, Any]) -> list[str]:
    """The resources that an attached one speaks of, or what names them; none for one that speaks of itself."""
    if not _is_attached(kind):
        return []
    value: Any = next((properties[target] for target in _TARGETS if properties.get(target)), [])
    values: Sequence[Any] = value if isinstance(value, list) else [value]
    return [text(item).removeprefix("${").removesuffix("}").partition(".")[0] for item in values]


def _is_attached(kind: str) -> bool:
    return kind.endswith(_ATTACHED) and kind != "AWS::IAM::ManagedPolicy"


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
_LOSSES = frozenset(
    {
        *(Kind.ROLE_NARROWED, Kind.ROLE_CHANGED, Kind.ACCESS_NARROWED, Kind.ACCESS_CHANGED),
        *(Kind.INGRESS_CLOSED, Kind.EGRESS_CLOSED),
    }
)
