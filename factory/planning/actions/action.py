"""What every action on a catalog has in common, and how it tells what changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from factory.catalog.model import Place, PortfolioName, Tags


class Effect(StrEnum):
    """How an action changes the catalog."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One change in one place."""

    effect: ClassVar[Effect]
    kind: ClassVar[str]
    """What sort of thing changes, in one or two words."""
    place: Place
    why: str = ""
    """The reason, where it is another one than what the manifests name."""

    @property
    def name(self) -> str:
        """Which thing of its kind changes."""
        raise NotImplementedError

    @property
    def subject(self) -> str:
        """What changes, for a reader."""
        return f"{self.kind} {self.name}"

    @property
    def details(self) -> tuple[str, ...]:
        """Lines that explain the change, such as `old → new`."""
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class InPortfolio(Action):
    """An action on something inside a portfolio."""

    portfolio: PortfolioName


def change(label: str, before: str, after: str) -> Iterator[str]:
    """One line where the two differ, nothing where they do not."""
    if before != after:
        yield f"{label}: {before or '(none)'} → {after or '(none)'}"


def field_changes(before: object, after: object, *fields: str) -> Iterator[str]:
    """Those of the changes of these fields, each under its own name."""
    for field in fields:
        yield from change(field.replace("_", " "), getattr(before, field), getattr(after, field))


def tag_changes(before: Tags, after: Tags) -> Iterator[str]:
    """Those of the changes of tags, by key."""
    old, new = dict(before), dict(after)
    for key in sorted(old | new):
        yield from change(f"tag {key}", old.get(key, ""), new.get(key, ""))


def yes_no(value: bool) -> str:
    """A flag as a reader says it."""
    return "yes" if value else "no"
