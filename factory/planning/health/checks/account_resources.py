"""Whether what those stacks made is still as it was made."""

from __future__ import annotations

from collections.abc import Iterator

from factory.planning.health.check import check
from factory.planning.health.facts import Account, AccountRegion, Facts
from factory.planning.health.finding import Problem, Severity
from factory.planning.health.preparation import account_deviations, region_deviations


@check(
    "roles, parameters, artifact buckets and their keys are as the factory made them",
    Severity.ERROR,
    meaning="Somebody changed it by hand: launches fail, or more is allowed than the templates say.",
)
def find(facts: Facts) -> Iterator[Problem]:
    """Whatever differs, where the stacks are current: one that is not explains all that is missing."""
    for account in facts.accounts:
        if all(_is_made(region) for region in account.regions):
            for deviation in account_deviations(account):
                yield Problem(
                    owner=account.owner,
                    subject=deviation.subject,
                    message=deviation.message,
                    mend="factory bootstrap",
                )
        for region in account.regions:
            if _is_made(region):
                yield from _in_region(account, region)


def _is_made(region: AccountRegion) -> bool:
    return all(stack.status and stack.current for stack in region.stacks)


def _in_region(account: Account, region: AccountRegion) -> Iterator[Problem]:
    for deviation in region_deviations(region):
        yield Problem(
            owner=account.owner,
            region=region.region,
            subject=deviation.subject,
            message=deviation.message,
            mend="factory bootstrap",
        )
