"""How versions end that the manifests no longer name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Retirement:
    """The newest versions of a product stay active; older ones are deprecated, and inactive later."""

    keep: int
    """How many stay active, counted from the newest, those that the manifests name among them; at least 1."""
    inactive_after: date | timedelta | None = None
    """The last day on which older ones are deprecated, or how long they are; None for ever."""

    def last_day(self, deprecated_since: date) -> date | None:
        """The last day on which a version is deprecated, if there is one."""
        if isinstance(self.inactive_after, timedelta):
            return deprecated_since + self.inactive_after
        return self.inactive_after
