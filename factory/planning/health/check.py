"""What every check has in common, and the registry that finds them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from factory.planning.health.facts import Facts
from factory.planning.health.finding import Finding, Problem, Severity

Find = Callable[[Facts], Iterator[Problem]]

_CHECKS: dict[str, Check] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """Finds problems of one sort."""

    name: str
    """Words joined by hyphens: the name of its module."""
    title: str
    """What it makes sure of."""
    severity: Severity
    meaning: str
    """What comes of a problem."""
    find: Find

    def findings(self, facts: Facts) -> Iterator[Finding]:
        """What it has to say."""
        for problem in self.find(facts):
            yield Finding(
                owner=problem.owner,
                check=self.name,
                severity=problem.severity or self.severity,
                subject=problem.subject,
                message=problem.message,
                meaning=self.meaning,
                mend=problem.mend,
                region=problem.region,
                at=problem.at or problem.owner,
            )


def check(title: str, severity: Severity, *, meaning: str) -> Callable[[Find], Find]:
    """Register a function that finds problems, under the name of its module."""

    def decorate(find: Find) -> Find:
        name = find.__module__.rpartition(".")[2].replace("_", "-")
        _CHECKS[name] = Check(name=name, title=title, severity=severity, meaning=meaning, find=find)
        return find

    return decorate


def known() -> tuple[Check, ...]:
    """Every check, by name."""
    return tuple(check for _, check in sorted(_CHECKS.items()))
