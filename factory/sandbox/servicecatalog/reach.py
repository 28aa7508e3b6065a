"""Whom the shares to organization nodes reach: they follow the organization as its accounts move.

AWS does so in the background, some time after each change. Here the next request to the catalog finds it done.
"""

from __future__ import annotations

from dataclasses import replace

from factory.sandbox.organization import OrganizationTree
from factory.sandbox.servicecatalog.organizations import SERVICE, OrganizationOf
from factory.sandbox.servicecatalog.state import Portfolio, Region, Share, ShareType, State
from factory.sandbox.servicecatalog.visibility import sees_portfolio


def follow(state: State, organization_of: OrganizationOf, now: float) -> None:
    """Bring the shares in line with their organizations, where Service Catalog has trusted access.

    An account that is no longer under a node loses what came by it. What changes while trusted access is off is not
    made up for afterwards: an account that left keeps what it had, as AWS warns (EnableAWSOrganizationsAccess, API
    reference), and one that came has nothing until the share is updated. The shares of an account that no longer
    administers its organization are removed (DeletePortfolioShare, API reference, on delegated administrators).
    """
    for region, share, portfolio in _organizational(state):
        tree = organization_of(portfolio.account)
        if tree is None or not tree.administers(portfolio.account, SERVICE):
            del region.shares[share.key]
            forget_imports(region, portfolio, share.accounts, now)
        elif SERVICE not in tree.trusted:
            region.shares[share.key] = replace(share, members=None)
        else:
            members = _members(tree, share, portfolio)
            known = members if share.members is None else share.members
            accounts = (share.accounts - (known - members)) | (members - known)
            region.shares[share.key] = replace(share, accounts=accounts, members=members)
            forget_imports(region, portfolio, share.accounts - accounts, now)


def forget_imports(region: Region, portfolio: Portfolio, accounts: frozenset[str], now: float) -> None:
    """Drop what accounts that no longer have a portfolio had built on it: principals and imported products."""
    lost = {account for account in accounts if not sees_portfolio(region, portfolio, account, now)}
    for principal in [item for item in region.principals if item.portfolio_id == portfolio.id]:
        if principal.account in lost:
            del region.principals[principal]
    for placement, source in list(region.placements.items()):
        if source == portfolio.id and region.portfolios[placement.portfolio_id].account in lost:
            del region.placements[placement]


def _organizational(state: State) -> list[tuple[Region, Share, Portfolio]]:
    return [
        (region, share, region.portfolios[share.key.portfolio_id])
        for region in state.regions.values()
        for share in region.shares.values()
        if share.key.type is not ShareType.ACCOUNT
    ]


def _members(tree: OrganizationTree, share: Share, portfolio: Portfolio) -> frozenset[str]:
    """The accounts under a share's node; none once the node is gone."""
    try:
        return tree.accounts_under(share.key.recipient) - {portfolio.account}
    except LookupError:
        return frozenset()
