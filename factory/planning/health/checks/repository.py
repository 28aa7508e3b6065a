"""Whether what `factory init` wrote for the pipeline is what it would write now."""

from __future__ import annotations

from collections.abc import Iterator

from factory.planning.health.check import check
from factory.planning.health.facts import Facts
from factory.planning.health.finding import HUB, Problem, Severity
from factory.planning.written import State, Written

_UPDATE = "factory init --update"


@check(
    "what `factory init` wrote for the pipeline is up to date",
    Severity.WARNING,
    meaning="The pipeline installs and runs what these files say, which an upgrade of the factory does not change.",
)
def find(facts: Facts) -> Iterator[Problem]:
    """Files that an earlier version wrote, and those that are missing where there is to be a pipeline."""
    for file in facts.written:
        match file.state:
            case State.OUTDATED:
                message = f"it is as product-factory {file.by} wrote it, and {file.version} writes another one"
                yield _problem(file, message, _UPDATE)
            case State.DIVERGED:
                message = (
                    f"product-factory {file.by} wrote it and somebody changed it; {file.version} writes another one"
                )
                yield _problem(file, message, f"{_UPDATE}, which shows both, or delete its first line", Severity.NOTE)
            case State.NEWER:
                message = f"product-factory {file.by} wrote it, and this is {file.version}"
                yield _problem(file, message, "pip install --requirement requirements.txt")
            case State.MISSING if facts.manifest.hub.pipeline:
                yield _problem(file, "it is not there, and the pipeline needs it", _UPDATE, Severity.ERROR)


def _problem(file: Written, message: str, mend: str, severity: Severity | None = None) -> Problem:
    return Problem(owner=HUB, subject=file.path, message=message, mend=mend, severity=severity)
