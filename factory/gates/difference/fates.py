"""What can become of a resource in an update, and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum, auto


class Fate(IntEnum):
    """What becomes of a resource that is there before and after, from nothing to the worst."""

    UNTOUCHED = auto()
    MARKED = auto()
    """Only tags change."""
    UPDATED = auto()
    MAY_BE_REPLACED = auto()
    REPLACED = auto()
    REFUSED = auto()
    """CloudFormation refuses the update."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One reason for what becomes of a resource."""

    fate: Fate
    text: str
    is_mark: bool = False
    """Whether it is the tag that names the product's version."""
    follows: str = ""
    """The resource that it follows, where the property itself stays as it is."""


class Presence(Enum):
    """Whether an update finds a resource and leaves it there."""

    NEVER = "neither before nor after"
    ADDED = "after"
    REMOVED = "before"
    STAYS = "before and after"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What an update does to one resource in one world."""

    presence: Presence
    fate: Fate = Fate.UNTOUCHED
    causes: tuple[Cause, ...] = ()
