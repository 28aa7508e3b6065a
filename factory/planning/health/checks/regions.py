"""Whether the regions of the manifests are switched on in the accounts."""

from __future__ import annotations

from collections.abc import Iterator

from factory.planning.health.check import check
from factory.planning.health.facts import Facts
from factory.planning.health.finding import Problem, Severity


@check(
    "the regions are enabled in the accounts",
    Severity.ERROR,
    meaning="A region that has to be opted in refuses every call before (Account Management Reference Guide).",
)
def find(facts: Facts) -> Iterator[Problem]:
    """Regions that an account has not enabled."""
    for account in facts.accounts:
        for region in account.regions:
            if region.enabled is False:
                yield Problem(
                    owner=account.owner,
                    region=region.region,
                    subject=f"region {region.region}",
                    message=f"it is not enabled in account {account.id}",
                    mend=f"aws account enable-region --region-name {region.region}",
                )
