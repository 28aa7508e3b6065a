"""Whether functions find the executions that they reserve."""

from __future__ import annotations

from collections.abc import Iterator

from factory.planning.health.check import check
from factory.planning.health.facts import Facts
from factory.planning.health.finding import Problem, Severity

# Lambda Developer Guide, "Configuring reserved concurrency for a function": so many stay for functions without any.
_NOBODYS = 100
# The shipped foundation, network and cluster reserve eleven; a function of the product `function` ten.
_WANTED = 30
_USUAL = 1000


@check(
    f"functions can reserve {_WANTED} further executions at once, of which an account keeps {_NOBODYS} for the rest",
    Severity.WARNING,
    meaning="Every function of the shipped products reserves its executions; without room its launch fails.",
)
def find(facts: Facts) -> Iterator[Problem]:
    """Regions of environments whose quota is nearly used up, as that of new accounts is from the beginning."""
    environments = {item.account for item in facts.environments}
    for account in facts.accounts:
        for region in account.regions if account.id in environments else ():
            if region.unreserved is None or region.unreserved >= _NOBODYS + _WANTED:
                continue
            left = max(0, region.unreserved - _NOBODYS)
            yield Problem(
                owner=account.owner,
                region=region.region,
                subject="concurrency of functions",
                message=f"{region.unreserved} executions at once are reserved by no function, so {left} can be",
                mend=(
                    "aws service-quotas request-service-quota-increase --service-code lambda "
                    f"--quota-code L-B99A9384 --desired-value {_USUAL} --region {region.region}"
                ),
                severity=None if left else Severity.ERROR,
            )
