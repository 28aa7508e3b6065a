"""Shared portfolios, as their recipients see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from factory.sandbox.servicecatalog import views
from factory.sandbox.servicecatalog.errors import not_found
from factory.sandbox.servicecatalog.paging import page
from factory.sandbox.servicecatalog.reach import forget_imports
from factory.sandbox.servicecatalog.registry import operation
from factory.sandbox.servicecatalog.request import Request
from factory.sandbox.servicecatalog.state import Share, ShareType

_IMPORTED = "IMPORTED"
_ORGANIZATIONS = "AWS_ORGANIZATIONS"


@operation("AcceptPortfolioShare")
def accept_portfolio_share(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Import a portfolio that another account shares with this one; organization shares need no accepting."""
    for share in _offered(request, parameters):
        request.region.shares[share.key] = replace(share, accepted=True)
    return {}


@operation("RejectPortfolioShare")
def reject_portfolio_share(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Give an imported portfolio back, or turn down an offer; its owner may see it accepted again later."""
    for share in _offered(request, parameters):
        if share.key.type is ShareType.ACCOUNT:
            request.region.shares[share.key] = replace(share, accepted=False)
            portfolio = request.region.portfolios[share.key.portfolio_id]
            forget_imports(request.region, portfolio, share.accounts, request.now)
    return {}


@operation("ListAcceptedPortfolioShares")
def list_accepted_portfolio_shares(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The portfolios that this account has imported, or those that its organization gave it."""
    shares = _arrived(request, parameters.get("PortfolioShareType", _IMPORTED))
    identifiers = dict.fromkeys(share.key.portfolio_id for share in shares if share.accepted)
    shown, token = page(list(identifiers), parameters, request.operation)
    region = request.region
    return {
        "PortfolioDetails": [views.portfolio_detail(region.portfolios[identifier], region) for identifier in shown],
        "NextPageToken": token,
    }


def _arrived(request: Request, kind: str) -> list[Share]:
    return [
        share
        for share in request.region.shares.values()
        if request.account in share.accounts
        and share.effective <= request.now
        and kind == (_IMPORTED if share.key.type is ShareType.ACCOUNT else _ORGANIZATIONS)
    ]


def _offered(request: Request, parameters: Mapping[str, Any]) -> list[Share]:
    shares = [
        share
        for share in _arrived(request, parameters.get("PortfolioShareType", _IMPORTED))
        if share.key.portfolio_id == parameters["PortfolioId"]
    ]
    if not shares:
        raise not_found(f"Portfolio {parameters['PortfolioId']} is not shared with account {request.account}.")
    return shares
