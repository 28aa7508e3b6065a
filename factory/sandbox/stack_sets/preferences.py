"""How an operation on stack instances is to go: in which order, how many at once, and how many failures it survives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A number of accounts, or a percentage of them."""

    count: int
    percentage: int | None = None

    def of(self, accounts: int) -> int:
        """How many of so many accounts that is; a percentage is rounded down."""
        return self.count if self.percentage is None else accounts * self.percentage // 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """StackSetOperationPreferences. One region after the other, one account at a time and no failure unless said."""

    region_order: tuple[str, ...] = ()
    parallel_regions: bool = False
    tolerance: Share = Share(count=0)
    at_once: Share = Share(count=1)
    soft: bool = False

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Preferences:
        """Read preferences as the API has them. Raises ValueError where two of them exclude each other."""
        for name in ("FailureTolerance", "MaxConcurrent"):
            if f"{name}Count" in given and f"{name}Percentage" in given:
                raise ValueError(f"You can specify either {name}Count or {name}Percentage, but not both")
        order = tuple(given.get("RegionOrder", ()))
        if len(set(order)) < len(order):
            raise ValueError("RegionOrder must not name a region twice")
        return cls(
            region_order=order,
            parallel_regions=given.get("RegionConcurrencyType") == "PARALLEL",
            tolerance=_share(given, "FailureTolerance", 0),
            at_once=_share(given, "MaxConcurrent", 1),
            soft=given.get("ConcurrencyMode") == "SOFT_FAILURE_TOLERANCE",
        )

    def ordered(self, regions: Iterable[str]) -> list[str]:
        """The regions in the order in which they come; those that the order leaves out come last."""
        places = {region: place for place, region in enumerate(self.region_order)}
        return sorted(regions, key=lambda region: places.get(region, len(places)))

    def concurrency(self, accounts: int, failures: int) -> int:
        """In how many accounts of a region the operation may be under way, after so many failures there.

        Strictly, no more than the failures that are still tolerated and one: together they cannot exceed the
        tolerance by more than one.
        """
        wanted = max(self.at_once.of(accounts), 1)
        return wanted if self.soft else min(wanted, max(self.tolerance.of(accounts) + 1 - failures, 1))


def _share(given: Mapping[str, Any], name: str, default: int) -> Share:
    return Share(count=given.get(f"{name}Count", default), percentage=given.get(f"{name}Percentage"))
