"""Whether the stacks that prepare the accounts are there and current."""

from __future__ import annotations

from collections.abc import Iterator

from factory.planning.health.check import check
from factory.planning.health.facts import Facts, Trusted
from factory.planning.health.finding import HUB, Problem, Severity


@check(
    "the stacks that prepare the accounts are there and as the templates are now",
    Severity.ERROR,
    meaning="Products launch with roles and values that were made for something else, or not at all.",
)
def find(facts: Facts) -> Iterator[Problem]:
    """Stacks that are absent, behind or failed, and what keeps stack sets from accounts."""
    if mend := facts.untrusted.get(Trusted.STACK_SETS):
        yield Problem(
            owner=HUB,
            subject="organization",
            message="CloudFormation StackSets has no trusted access in it: no account gets launch roles",
            mend=mend,
        )
    for account in facts.accounts:
        for region in account.regions:
            for stack in region.stacks:
                if not stack.status:
                    message = "it is not there"
                elif not stack.sound:
                    message = f"it is {stack.status}"
                elif not stack.current:
                    message = "it is behind its template or parameters"
                else:
                    continue
                yield Problem(
                    owner=account.owner,
                    region=region.region,
                    subject=stack.subject,
                    message=message,
                    mend="factory bootstrap",
                )
