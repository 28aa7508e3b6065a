"""Whether what is launched can be used and updated."""

from __future__ import annotations

from collections.abc import Iterator

from factory.planning.health.check import check
from factory.planning.health.facts import Account, Facts, Launch
from factory.planning.health.finding import Problem, Severity
from factory.synthesis.launch_roles import LEDGER, ledger

HOURS = 3.0
"""After so long under change, somebody should look; large databases take an hour."""


@check(
    "launches are available, not under change for hours, on versions that are offered",
    Severity.WARNING,
    meaning="It can't be relied on, or not be updated.",
)
def find(facts: Facts) -> Iterator[Problem]:
    """Launches of each environment that need somebody."""
    for launch in facts.launches:
        yield from _of(launch, facts)


def _of(launch: Launch, facts: Facts) -> Iterator[Problem]:
    environment = facts.manifest.environment(launch.place.environment)
    where = f" --region {launch.place.region}" if launch.place.region != environment.regions[0] else ""
    again = f"factory launch {launch.product} -e {environment.name} --name {launch.name}{where}"
    match launch.status:
        case "ERROR":
            ending = f"factory terminate {launch.name} -e {environment.name}{where}"
            message = f"it failed{_told(launch)}: it can't be updated, only ended and launched anew"
            yield _problem(launch, message, ending, Severity.ERROR)
            return
        case "TAINTED":
            yield _problem(launch, f"its last update failed and was rolled back{_told(launch)}", again)
        case "UNDER_CHANGE" | "PLAN_IN_PROGRESS" if launch.hours >= HOURS:
            yield _problem(launch, f"it has been {launch.status} for {launch.hours:.0f} hours", again)
            return
    if launch.offered is False:
        yield _problem(launch, f"its version {launch.version} is inactive", again)
    elif _is_behind(facts.account(environment.name), launch):
        message = f"the launch role of {launch.product} is behind: an update fails half way"
        yield _problem(launch, message, "factory bootstrap")


def _is_behind(account: Account | None, launch: Launch) -> bool:
    for region in account.regions if account else ():
        if region.parameters is not None and LEDGER in region.wanted.parameters and LEDGER in region.parameters:
            held, wanted = (ledger(found[LEDGER]) for found in (region.parameters, region.wanted.parameters))
            return launch.product in wanted and held.get(launch.product) != wanted[launch.product]
    return False


def _told(launch: Launch) -> str:
    return f" ({launch.message})" if launch.message else ""


def _problem(launch: Launch, message: str, mend: str, severity: Severity | None = None) -> Problem:
    return Problem(
        owner=launch.place.environment,
        region=launch.place.region,
        subject=f"launch {launch.name}",
        message=message,
        mend=mend,
        severity=severity,
    )
