"""A difference as lines for people, as data for machines, and as an entry of a product's changelog."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from factory.gates.difference.model import Bump, Change, Difference, Kind

_REPLACED = (
    Kind.STATEFUL_REPLACED,
    Kind.STATEFUL_MAY_BE_REPLACED,
    Kind.RESOURCE_REPLACED,
    Kind.RESOURCE_MAY_BE_REPLACED,
)
_NAMED = 3


def to_lines(difference: Difference) -> Iterator[tuple[str, Bump | None]]:
    """Each line with the step of the version that it asks for, None for a heading."""
    for section, changes in groupby(difference.changes, key=lambda change: change.kind.section):
        yield section.value, None
        told = list(changes)
        for change in told:
            if not change.follows:
                yield f"  {change.headline()}", change.kind.bump
                yield from ((f"      {detail}", change.kind.bump) for detail in change.details)
        for kind, when, names in _followers(told):
            yield f"  {kind.text}{f' {when}' if when else ''}, as what they refer to is:", kind.bump
            yield f"      {', '.join(names)}", kind.bump
    if difference.stamped:
        count = len(difference.stamped)
        yield f"the version's tag changes on {count} further resource{'' if count == 1 else 's'}", None
    yield summary(difference), None


def summary(difference: Difference) -> str:
    """What the difference weighs, in one line."""
    if not difference:
        return "no difference"
    count = len(difference.changes)
    return f"{count} difference{'' if count == 1 else 's'}, at least a {difference.bump} version"


def to_short(difference: Difference) -> Iterator[str]:
    """What somebody must know before they publish: the least step, what is replaced, which data is at risk."""
    yield f"at least {difference.bump}" + _because(difference)
    for kinds, what in (
        ((Kind.DATA_AT_RISK,), "data at risk"),
        ((Kind.UPDATE_REFUSED,), "CloudFormation refuses the update"),
        (_REPLACED[:1], "replaces, holds data"),
        (_REPLACED[1:2], "may replace, holds data"),
        (_REPLACED[2:3], "replaces"),
        (_REPLACED[3:], "may replace"),
    ):
        if changes := difference.of(*kinds):
            yield f"{what}: {_names(changes)}"


def to_json(difference: Difference) -> dict[str, Any]:
    """The difference for machines; `when` is empty for what holds for every launch."""
    return {
        "bump": str(difference.bump) if difference else None,
        "changes": [
            {
                "section": change.kind.section.value,
                "kind": change.kind.slug,
                "subject": change.subject,
                "type": change.type,
                "bump": str(change.kind.bump),
                "when": {name: list(values) for name, values in change.when.terms},
                "exact": change.when.exact,
                "details": list(change.details),
                "follows": list(change.follows),
            }
            for change in difference.changes
        ],
    }


def to_changelog(difference: Difference) -> Iterator[str]:
    """The difference in Markdown, the gravest first; what only follows another change is counted."""
    for bump in sorted(Bump, reverse=True):
        changes = difference.weighing(bump)
        if not changes:
            continue
        yield f"### {_HEADINGS[bump]}"
        yield ""
        for change in changes:
            if not change.follows:
                detail = f": {'; '.join(change.details)}" if change.details else ""
                yield f"- {change.headline(mark='`')}{detail}"
        followers = {change.subject for change in changes if change.follows}
        if followers:
            many = len(followers) != 1
            yield f"- {len(followers)} resource{'s' if many else ''} that refer{'' if many else 's'} to a replaced one"
        yield ""


_HEADINGS = {Bump.MAJOR: "Breaking", Bump.MINOR: "New", Bump.PATCH: "Changed"}


def _followers(changes: Iterable[Change]) -> Iterator[tuple[Kind, str, list[str]]]:
    found: dict[tuple[Kind, str], list[str]] = {}
    for change in changes:
        if change.follows:
            found.setdefault((change.kind, str(change.when)), []).append(change.subject)
    yield from ((kind, when, names) for (kind, when), names in found.items())


def _because(difference: Difference) -> str:
    if difference.bump is Bump.PATCH:
        return ""
    first, *others = difference.weighing(difference.bump)
    more = f", and {len(others)} more" if others else ""
    return f": {first.headline()}{more}"


def _names(changes: Iterable[Change]) -> str:
    told: dict[str, list[str]] = {}
    for change in sorted(changes, key=lambda change: bool(change.follows)):
        told.setdefault(str(change.when), []).append(change.subject)
    parts = []
    for when, names in told.items():
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        parts.append(f"{', '.join(names[:_NAMED])}{more}{f' {when}' if when else ''}")
    return "; ".join(parts)
