"""What an update does to the resources, as changes: what befalls each of them, and where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from factory.gates.difference import data, replacement
from factory.gates.difference.expressions import World
from factory.gates.difference.fates import Cause, Fate, Outcome, Presence
from factory.gates.difference.model import ALWAYS, Change, Kind, When
from factory.gates.difference.resources import Resources

_KINDS = {
    Fate.MARKED: Kind.RESOURCE_UPDATED,
    Fate.UPDATED: Kind.RESOURCE_UPDATED,
    Fate.MAY_BE_REPLACED: Kind.RESOURCE_MAY_BE_REPLACED,
    Fate.REPLACED: Kind.RESOURCE_REPLACED,
    Fate.REFUSED: Kind.UPDATE_REFUSED,
}
_STATEFUL_KINDS = {
    Kind.RESOURCE_MAY_BE_REPLACED: Kind.STATEFUL_MAY_BE_REPLACED,
    Kind.RESOURCE_REPLACED: Kind.STATEFUL_REPLACED,
    Kind.RESOURCE_REMOVED: Kind.STATEFUL_REMOVED,
}


def changes(resources: Resources) -> Iterator[Change]:
    """What befalls the resources, those left out of which nothing but the version's tag changes."""
    for name in resources.names():
        for kind, chosen in _by_kind(resources, name).items():
            old, new = resources.bodies(name)
            worlds = resources.worlds(name)
            causes = _causes(resources, name, chosen)
            followed = dict.fromkeys(cause.follows for cause in causes)
            when = resources.domains.when(chosen, worlds)
            yield Change(
                kind=kind,
                subject=name,
                type=(new or old or {})["Type"],
                details=(
                    *(f"{cause.text}{_apart(held, when)}" for cause, held in causes.items()),
                    *data.told(kind, old, new),
                ),
                follows=() if "" in followed else tuple(followed),
                when=when,
            )
    yield from _taken_names(resources)
    yield from data.changes(resources)


def stamped(resources: Resources) -> Iterator[str]:
    """The resources of which nothing but the version's tag changes."""
    for name in resources.names():
        outcomes = [resources.outcome(name, world) for world in resources.worlds(name)]
        causes = [cause for outcome in outcomes for cause in outcome.causes]
        is_calm = all(outcome.fate <= Fate.MARKED for outcome in outcomes)
        if is_calm and causes and all(cause.is_mark for cause in causes):
            yield name


def _by_kind(resources: Resources, name: str) -> dict[Kind, list[World]]:
    """The worlds of each kind of thing that befalls a resource."""
    found: dict[Kind, list[World]] = {}
    for world in resources.worlds(name):
        if kind := _kind(resources, name, resources.outcome(name, world)):
            found.setdefault(kind, []).append(world)
    return found


def _kind(resources: Resources, name: str, outcome: Outcome) -> Kind | None:
    old, new = resources.bodies(name)
    match outcome.presence:
        case Presence.NEVER:
            return None
        case Presence.ADDED:
            return Kind.RESOURCE_ADDED
        case Presence.REMOVED:
            kind = Kind.RESOURCE_REMOVED
        case Presence.STAYS:
            if not _telling(outcome.causes):
                return None
            kind = _KINDS[outcome.fate]
    return _STATEFUL_KINDS.get(kind, kind) if data.is_held((old or new or {})["Type"]) else kind


def _causes(resources: Resources, name: str, worlds: Sequence[World]) -> dict[Cause, When]:
    """The causes that are worth telling in these worlds, the gravest first, and where each holds."""
    found: dict[Cause, list[World]] = {}
    for world in worlds:
        for cause in dict.fromkeys(resources.outcome(name, world).causes):
            found.setdefault(cause, []).append(world)
    every = resources.worlds(name)
    return {
        cause: ALWAYS if len(found[cause]) == len(worlds) else resources.domains.when(found[cause], every)
        for cause in _telling(tuple(found))
    }


def _apart(held: When, when: When) -> str:
    """Where a cause holds, as far as that is not said of the whole already."""
    terms = tuple(term for term in held.terms if term not in when.terms)
    return f", {When(terms=terms, exact=held.exact)}" if terms else ""


def _telling(causes: Sequence[Cause]) -> list[Cause]:
    """The causes that are worth telling, the gravest first; the version's mark only where it has consequences."""
    told = [cause for cause in causes if not cause.is_mark or cause.fate > Fate.MARKED]
    return sorted(told, key=lambda cause: -cause.fate)


def _taken_names(resources: Resources) -> Iterator[Change]:
    """What takes the name of something that goes: CloudFormation makes the new before it removes the old."""
    gone: dict[tuple[str, str], str] = {}
    for name in resources.names():
        old, new = resources.bodies(name)
        if old and not new:
            given = replacement.given_name(old["Type"], resources.before.reduce(old.get("Properties", {}), {}))
            if given:
                gone[old["Type"], given] = name
    for name in resources.names():
        old, new = resources.bodies(name)
        if new and not old:
            given = replacement.given_name(new["Type"], resources.after.reduce(new.get("Properties", {}), {}))
            if given and (before := gone.get((new["Type"], given))):
                text = f"it takes the name {given} of {before}, which CloudFormation removes only afterwards"
                yield Change(kind=Kind.UPDATE_REFUSED, subject=name, type=new["Type"], details=(text,))
