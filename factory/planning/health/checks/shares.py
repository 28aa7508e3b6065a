"""Whether portfolios reached those whom the manifests share them to, and nobody else."""

from __future__ import annotations

from collections.abc import Iterator

from factory.catalog.model import Portfolio, Share, ShareTarget
from factory.planning.health.check import check
from factory.planning.health.facts import Facts, Trusted
from factory.planning.health.finding import HUB, Problem, Severity


@check(
    "portfolios are shared to whom the manifests say, and arrived there",
    Severity.ERROR,
    meaning="Who was not reached sees no product; who was reached besides can launch whatever is in the portfolio.",
)
def find(facts: Facts) -> Iterator[Problem]:
    """Shares that are missing, not accepted, without trusted access, or too many."""
    if mend := facts.untrusted.get(Trusted.CATALOG):
        yield Problem(
            owner=HUB,
            subject="organization",
            message="Service Catalog has no trusted access in it: no organization share is made or updated",
            mend=mend,
        )
    for wanted in facts.desired.portfolios if facts.desired else ():
        found = facts.observed.portfolio(wanted.place, wanted.name) if facts.observed else None
        if found is not None:
            yield from _differences(wanted, found)
            yield from _on_the_way(wanted, found, facts)


def _differences(wanted: Portfolio, found: Portfolio) -> Iterator[Problem]:
    before, after = ({(share.target, share.id): share for share in item.shares} for item in (found, wanted))
    for key, share in sorted(after.items()):
        if key not in before:
            yield _problem(wanted, share, "it is not shared to it")
        elif share.accepted and share.target is ShareTarget.ACCOUNT and not before[key].accepted:
            yield _problem(wanted, share, "the account did not accept the share")
    for key, share in sorted(before.items()):
        if key not in after:
            yield _problem(wanted, share, "it is shared to it, which no manifest says")


def _on_the_way(wanted: Portfolio, found: Portfolio, facts: Facts) -> Iterator[Problem]:
    """Shares of the organization that did not reach the environment's account; what kept them is not to be read."""
    nodes = [share for share in sorted(found.shares & wanted.shares) if share.target is not ShareTarget.ACCOUNT]
    arrived = facts.arrived.get(wanted.place)
    # The hub shares nothing with itself.
    own = facts.manifest.environment(wanted.place.environment).account == facts.manifest.hub.account
    if nodes and not own and arrived is not None and wanted.name not in arrived:
        share = nodes[0]
        message = "the share did not arrive in the environment's account: is it in the unit or organization?"
        yield _problem(wanted, share, message, "factory publish -e {}, once somebody deleted the share")


def _problem(portfolio: Portfolio, share: Share, message: str, mend: str = "factory publish -e {}") -> Problem:
    return Problem(
        owner=portfolio.place.environment,
        region=portfolio.place.region,
        subject=f"portfolio {portfolio.name} and {share.target.lower().replace('_', ' ')} {share.id}",
        message=message,
        mend=mend.format(portfolio.place.environment),
    )
