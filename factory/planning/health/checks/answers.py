"""Whether everybody answered."""

from __future__ import annotations

from collections.abc import Iterator

from factory.planning.health.check import check
from factory.planning.health.facts import Facts, Refusal
from factory.planning.health.finding import Problem, Severity

_DENIED = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})


@check(
    "credentials lead to the right accounts, and every question is answered",
    Severity.ERROR,
    meaning="What was not answered was not checked; a launch or publication is likely to fail in the same way.",
)
def find(facts: Facts) -> Iterator[Problem]:
    """What AWS refused, with its code."""
    for refusal in facts.refusals:
        yield Problem(
            owner=refusal.owner,
            subject=refusal.subject,
            message=f"{refusal.code}: {refusal.message}",
            mend=_mend(refusal),
        )


def _mend(refusal: Refusal) -> str:
    if refusal.code in _DENIED and not refusal.subject.startswith("account "):
        return "factory bootstrap, which gives factory-reader what doctor reads; for other roles, allow the operation"
    return refusal.hint or "factory doctor, once the cause is gone"
