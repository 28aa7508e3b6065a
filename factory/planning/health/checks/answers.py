"""Whether everybody answered."""

from __future__ import annotations

from collections.abc import Iterator

from factory.planning.health.check import check
from factory.planning.health.facts import Facts
from factory.planning.health.finding import Problem, Severity

_WRONG_ACCOUNT = "WrongAccount"
_DENIED = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})
_RETRY = "factory doctor"


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
            mend=refusal.hint or _mend(refusal.code),
        )


def _mend(code: str) -> str:
    if code in _DENIED:
        return "factory bootstrap, which gives factory-launcher what doctor reads; for other roles, allow the operation"
    return f"{_RETRY}, once the cause is gone"
