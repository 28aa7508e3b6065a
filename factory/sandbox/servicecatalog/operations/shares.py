"""Sharing portfolios, as their owner sees it.

While an action on an organization share runs, the account takes no other share action, for whatever portfolio
(DeletePortfolioShare, API reference); that this holds across regions is taken for granted. That shares to single
accounts keep their portfolio busy too, and for as long, is stricter than documented; so no client can rely on the order
of its calls.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from factory.sandbox.servicecatalog import identifiers
from factory.sandbox.servicecatalog.errors import (
    invalid,
    invalid_state,
    limit_exceeded,
    not_found,
    not_supported,
)
from factory.sandbox.servicecatalog.organizations import Organization
from factory.sandbox.servicecatalog.paging import page
from factory.sandbox.servicecatalog.reach import forget_imports
from factory.sandbox.servicecatalog.registry import operation
from factory.sandbox.servicecatalog.request import Request
from factory.sandbox.servicecatalog.state import Portfolio, Region, Share, ShareAction, ShareKey, ShareType
from factory.sandbox.servicecatalog.visibility import owned_portfolio

# AWS Service Catalog Administrator Guide, "AWS Service Catalog default service quotas".
_MAX_ACCOUNTS = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Recipient:
    """Whom a share action is about, the accounts that are reached by it, and those that are closed and can't be."""

    type: ShareType
    id: str
    accounts: frozenset[str]
    closed: frozenset[str] = frozenset()

    @property
    def organizational(self) -> bool:
        return self.type is not ShareType.ACCOUNT


@operation("CreatePortfolioShare")
def create_portfolio_share(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Share a portfolio with an account or an organization node; an existing share is left as it is."""
    region = request.region
    portfolio = owned_portfolio(region, parameters["PortfolioId"], request.account)
    recipient = _recipient(request, parameters)
    _refuse_imported_products(region, portfolio)
    action = _begin(request, portfolio, recipient)
    key = ShareKey(portfolio.id, recipient.type, recipient.id)
    reached = {account for share in _shares(region, portfolio) for account in share.accounts}
    if len(reached | recipient.accounts) > _MAX_ACCOUNTS:
        raise limit_exceeded(f"A portfolio can be shared with at most {_MAX_ACCOUNTS} accounts.")
    region.shares.setdefault(
        key,
        Share(
            key=key,
            accounts=recipient.accounts,
            members=recipient.accounts if recipient.organizational else None,
            effective=action.finishes if recipient.organizational else request.now,
            accepted=recipient.organizational,
            share_tag_options=parameters.get("ShareTagOptions", False),
            share_principals=parameters.get("SharePrincipals", False),
        ),
    )
    return _token(action, recipient)


@operation("UpdatePortfolioShare")
def update_portfolio_share(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Change whether tag options and principals come along, and which accounts the node holds by now."""
    portfolio = owned_portfolio(request.region, parameters["PortfolioId"], request.account)
    recipient = _recipient(request, parameters)
    share = _existing(request.region, portfolio, recipient.type, recipient.id)
    action = _begin(request, portfolio, recipient)
    request.region.shares[share.key] = replace(
        share,
        accounts=recipient.accounts,
        members=recipient.accounts if recipient.organizational else None,
        share_tag_options=parameters.get("ShareTagOptions", share.share_tag_options),
        share_principals=parameters.get("SharePrincipals", share.share_principals),
    )
    forget_imports(request.region, portfolio, share.accounts, request.now)
    return _token(action, recipient) | {"Status": "IN_PROGRESS" if recipient.organizational else "COMPLETED"}


@operation("DeletePortfolioShare")
def delete_portfolio_share(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Stop sharing; what the recipients built on the share goes with it, what they launched stays.

    It works without trusted access, too, and when the node is gone.
    """
    portfolio = owned_portfolio(request.region, parameters["PortfolioId"], request.account)
    kind, identifier = _named(request, parameters)
    if kind is not ShareType.ACCOUNT:
        Organization(request)
    share = _existing(request.region, portfolio, kind, identifier)
    recipient = _Recipient(type=kind, id=identifier, accounts=share.accounts)
    action = _begin(request, portfolio, recipient)
    del request.region.shares[share.key]
    forget_imports(request.region, portfolio, share.accounts, request.now)
    return _token(action, recipient)


@operation("DescribePortfolioShares")
def describe_portfolio_shares(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The shares of one type."""
    portfolio = owned_portfolio(request.region, parameters["PortfolioId"], request.account)
    shares = [share for share in _shares(request.region, portfolio) if share.key.type == parameters["Type"]]
    shown, token = page(shares, parameters, request.operation)
    return {
        "PortfolioShareDetails": [
            {
                "PrincipalId": share.key.recipient,
                "Type": share.key.type.value,
                "Accepted": share.accepted,
                "ShareTagOptions": share.share_tag_options,
                "SharePrincipals": share.share_principals,
            }
            for share in shown
        ],
        "NextPageToken": token,
    }


@operation("DescribePortfolioShareStatus")
def describe_portfolio_share_status(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """How far an organization share has come, and which accounts have it.

    Those under the node that are closed are told as errors; what AWS says of them is not documented.
    """
    action = request.region.share_actions.get(parameters["PortfolioShareToken"])
    if action is None or action.account != request.account:
        raise not_found(f"Portfolio share token {parameters['PortfolioShareToken']} does not exist.")
    Organization(request)
    status, successes, errors = "IN_PROGRESS", [], []
    if action.finishes <= request.now:
        status, successes = "COMPLETED_WITH_ERRORS" if action.closed else "COMPLETED", list(action.successes)
        message = "The account is closed."
        errors = [{"Accounts": list(action.closed), "Error": "AccountClosed", "Message": message}]
    return {
        "PortfolioShareToken": action.token,
        "PortfolioId": action.portfolio_id,
        "OrganizationNodeValue": action.recipient,
        "Status": status,
        "ShareDetails": {"SuccessfulShares": successes, "ShareErrors": errors if action.closed else []},
    }


@operation("ListPortfolioAccess")
def list_portfolio_access(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The accounts that a portfolio is shared with, one by one or, if a node is named, by that node."""
    portfolio = owned_portfolio(request.region, parameters["PortfolioId"], request.account)
    node = parameters.get("OrganizationParentId")
    accounts = {
        account
        for share in _shares(request.region, portfolio)
        if (share.key.recipient == node if node else share.key.type is ShareType.ACCOUNT)
        for account in share.accounts
    }
    shown, token = page(sorted(accounts), parameters, request.operation)
    return {"AccountIds": list(shown), "NextPageToken": token}


@operation("ListOrganizationPortfolioAccess")
def list_organization_portfolio_access(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The organization nodes of one type that a portfolio is shared with."""
    portfolio = owned_portfolio(request.region, parameters["PortfolioId"], request.account)
    Organization(request)
    kind = parameters["OrganizationNodeType"]
    wanted = ShareType.ORGANIZATION_MEMBER_ACCOUNT if kind == "ACCOUNT" else ShareType(kind)
    nodes = [share.key.recipient for share in _shares(request.region, portfolio) if share.key.type is wanted]
    shown, token = page(nodes, parameters, request.operation)
    return {"OrganizationNodes": [{"Type": kind, "Value": node} for node in shown], "NextPageToken": token}


def _shares(region: Region, portfolio: Portfolio) -> list[Share]:
    return [share for share in region.shares.values() if share.key.portfolio_id == portfolio.id]


def _existing(region: Region, portfolio: Portfolio, kind: ShareType, identifier: str) -> Share:
    share = region.shares.get(ShareKey(portfolio.id, kind, identifier))
    if share is None:
        raise not_found(f"Portfolio {portfolio.id} is not shared with {identifier}.")
    return share


def _recipient(request: Request, parameters: Mapping[str, Any]) -> _Recipient:
    kind, identifier = _named(request, parameters)
    if parameters.get("SharePrincipals") and kind in (ShareType.ACCOUNT, ShareType.ORGANIZATION_MEMBER_ACCOUNT):
        raise invalid("SharePrincipals is supported for organizations and organizational units only.")
    if kind is ShareType.ACCOUNT:
        return _Recipient(type=kind, id=identifier, accounts=frozenset({identifier}))
    organization = Organization(request)
    if not organization.trusted:
        raise not_supported("AWSOrganizationsAccess must be enabled for shares to organization nodes.")
    return _Recipient(
        type=kind,
        id=identifier,
        accounts=organization.accounts_under(identifier),
        closed=organization.accounts_under(identifier, closed=True),
    )


def _named(request: Request, parameters: Mapping[str, Any]) -> tuple[ShareType, str]:
    """The recipient that a request names, by type and id."""
    account, node = parameters.get("AccountId"), parameters.get("OrganizationNode")
    if (account is None) == (node is None):
        raise invalid("You must provide either AccountId or OrganizationNode, but not both.")
    identifier = account or str((node or {}).get("Value", "")).rsplit("/", 1)[-1]
    if identifier == request.account:
        raise invalid("A portfolio cannot be shared with the account that owns it.")
    if account is not None:
        return ShareType.ACCOUNT, identifier
    kind = _node_type(identifier)
    wanted = {ShareType.ORGANIZATION_MEMBER_ACCOUNT: "ACCOUNT"}.get(kind, kind.value)
    if (node or {}).get("Type") != wanted:
        raise invalid(f"OrganizationNode {identifier} is not of the type that is given.")
    return kind, identifier


def _node_type(identifier: str) -> ShareType:
    if identifier.startswith("o-"):
        return ShareType.ORGANIZATION
    if identifier.startswith("ou-"):
        return ShareType.ORGANIZATIONAL_UNIT
    return ShareType.ORGANIZATION_MEMBER_ACCOUNT


def _refuse_imported_products(region: Region, portfolio: Portfolio) -> None:
    """A portfolio with a product of another account must not be shared on (CreatePortfolioShare, API reference)."""
    for placed in region.placements:
        if placed.portfolio_id == portfolio.id:
            product = region.products[placed.product_id]
            if product.account != portfolio.account:
                raise not_supported(f"Portfolio {portfolio.id} holds the shared product {product.id}.")


def _begin(request: Request, portfolio: Portfolio, recipient: _Recipient) -> ShareAction:
    under_way = (
        action
        for region in request.state.regions.values()
        for action in region.share_actions.values()
        if action.account == request.account and action.finishes > request.now
    )
    if any(
        action.organizational or recipient.organizational or action.portfolio_id == portfolio.id for action in under_way
    ):
        raise invalid_state("Cannot process more than one portfolio share action at the same time. Try again later.")
    action = ShareAction(
        token=identifiers.new("share"),
        account=request.account,
        portfolio_id=portfolio.id,
        recipient=recipient.id,
        organizational=recipient.organizational,
        finishes=request.now + request.delays.share_seconds,
        successes=tuple(sorted(recipient.accounts)),
        closed=tuple(sorted(recipient.closed)),
    )
    request.region.share_actions[action.token] = action
    return action


def _token(action: ShareAction, recipient: _Recipient) -> dict[str, Any]:
    return {"PortfolioShareToken": action.token} if recipient.organizational else {}
