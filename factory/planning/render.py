"""From a plan to lines for people and to a document for machines; neither knows a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Any

from factory.gates.difference.render import to_json as difference_to_json
from factory.planning.actions import Action, Effect
from factory.planning.plan import Plan
from factory.planning.updates import Update


class Style(StrEnum):
    """What a line is, so that a terminal can colour it."""

    PLACE = "place"
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    KEPT = "kept"
    SUMMARY = "summary"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of text without its line break."""

    text: str
    style: Style


_MARKS = {Effect.CREATE: "+", Effect.UPDATE: "~", Effect.DELETE: "-"}


def to_lines(plan: Plan) -> tuple[Line, ...]:
    """The plan for people: its actions by place, in columns, then what is left alone, then a summary."""
    return (*_actions(plan), *_kept(plan), Line(text=summary(plan), style=Style.SUMMARY))


def summary(plan: Plan) -> str:
    """The plan in one line, such as `12 to create, 1 to update, 0 to remove in 3 places`."""
    if not plan:
        return "nothing to change"
    create, update, remove = (plan.count(effect) for effect in (Effect.CREATE, Effect.UPDATE, Effect.DELETE))
    where = numbered(len(plan.places()), "place")
    return f"{create} to create, {update} to update, {remove} to remove in {where}"


def numbered(count: int, what: str) -> str:
    """So many of something, such as `1 launch` or `2 launches`."""
    ending = "es" if what.endswith("ch") else "s"
    return f"{count} {what}{'' if count == 1 else ending}"


def to_json(plan: Plan) -> dict[str, Any]:
    """The plan for machines: `changes`, each with environment, region, action, subject, details and update, and `kept`.

    The action is the effect: `create`, `update` or `delete`. The update says what an added version does to those who
    launched the one before it; it is null for everything else.
    """
    changes = [
        {
            "environment": action.place.environment,
            "region": action.place.region,
            "action": action.effect.value,
            "subject": action.subject,
            "details": list(action.details),
            "update": _update(plan.update(action)),
        }
        for action in plan.actions
    ]
    return {"changes": changes, "kept": list(plan.kept)}


def details(plan: Plan, action: Action) -> tuple[str, ...]:
    """The lines that explain an action of the plan."""
    update = plan.update(action)
    return (*action.details, *(update.details if update else ()))


def _update(update: Update | None) -> dict[str, Any] | None:
    return {"from": update.before, **difference_to_json(update.difference)} if update else None


def _actions(plan: Plan) -> Iterator[Line]:
    kind_width = max((len(action.kind) for action in plan.actions), default=0)
    name_width = max((len(action.name) for action in plan.actions if details(plan, action)), default=0)
    for place, actions in groupby(plan.actions, key=lambda action: action.place):
        yield Line(text=str(place), style=Style.PLACE)
        for action in actions:
            for text in _columns(action, details(plan, action), kind_width, name_width):
                yield Line(text=text.rstrip(), style=Style(action.effect))


def _columns(action: Action, details: tuple[str, ...], kind_width: int, name_width: int) -> Iterator[str]:
    """The action in columns: mark, kind, name and the first detail; each further detail under the first."""
    first, *others = details or ("",)
    start = f"  {_MARKS[action.effect]} {action.kind:<{kind_width}}  {action.name:<{name_width}}  "
    yield start + first
    for detail in others:
        yield " " * len(start) + detail


def _kept(plan: Plan) -> Iterator[Line]:
    for text in plan.kept:
        yield Line(text=text, style=Style.KEPT)
