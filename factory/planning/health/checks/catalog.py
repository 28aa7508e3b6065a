"""Whether the catalog is what Git asks for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from factory.planning.health.check import check
from factory.planning.health.facts import Facts
from factory.planning.health.finding import HUB, Problem, Severity


@check(
    "the catalog is what products and manifests ask for",
    Severity.WARNING,
    meaning="Somebody changed the catalog by hand, or what was merged is not published yet.",
)
def find(facts: Facts) -> Iterator[Problem]:
    """How many changes a publication would make, by environment; and why none can be planned."""
    if facts.unplanned:
        yield Problem(
            owner=HUB,
            subject="catalog",
            message=f"no plan can be made: {facts.unplanned.message}",
            mend=facts.unplanned.hint or "factory plan",
            severity=Severity.ERROR,
        )
    counts = Counter(action.place.environment for action in (facts.plan.actions if facts.plan else ()))
    for environment, count in sorted(counts.items()):
        yield Problem(
            owner=environment,
            subject="catalog",
            message=f"{count} change{'' if count == 1 else 's'} to make: factory plan -e {environment}",
            mend=f"factory publish -e {environment}",
        )
