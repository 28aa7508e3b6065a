"""Files that the factory writes into a repository and keeps up to date there: what has become of each.

The first line of such a file tells who wrote what is below it, and its digest. What somebody changed since is thereby
told from what only grew old, and whoever deletes that line has a file of their own.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum

_MARK = re.compile(r"# Written by product-factory (\S+) \(([0-9a-f]{16})\).*\n")


class State(StrEnum):
    """What has become of a file."""

    CURRENT = "current"
    """It is what would be written now."""
    MISSING = "missing"
    OUTDATED = "outdated"
    """It is as an earlier version wrote it."""
    NEWER = "newer"
    """It is as a later version wrote it."""
    CHANGED = "changed"
    """Somebody changed it; what would be written now is what was written then."""
    DIVERGED = "diverged"
    """Somebody changed it, and something else would be written now."""
    OWN = "own"
    """It does not say that the factory wrote it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A file, by its path in the repository, with what it holds and what would be written now."""

    path: str
    text: str | None
    """None where there is none."""
    wanted: str
    """Without the line that says so."""
    version: str
    """The factory's."""

    @property
    def state(self) -> State:
        """What has become of it."""
        if self.text is None:
            return State.MISSING
        mark = _MARK.match(self.text)
        body = self.text[mark.end() :] if mark else self.text
        if body == self.wanted:
            return State.CURRENT
        if mark is None:
            return State.OWN
        if mark[2] == _digest(body):
            return State.NEWER if _numbers(mark[1]) > _numbers(self.version) else State.OUTDATED
        return State.CHANGED if mark[2] == _digest(self.wanted) else State.DIVERGED

    @property
    def by(self) -> str:
        """The version that wrote it; empty where it does not say so."""
        mark = _MARK.match(self.text or "")
        return mark[1] if mark else ""

    @property
    def marked(self) -> str:
        """What would be written now."""
        who = f"# Written by product-factory {self.version} ({_digest(self.wanted)}); factory init --update renews it."
        return f"{who}\n{self.wanted}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _numbers(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", version)]
