"""Portfolios: create, describe, update, delete, list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from factory.sandbox.servicecatalog import identifiers, views
from factory.sandbox.servicecatalog.errors import in_use, limit_exceeded
from factory.sandbox.servicecatalog.paging import page
from factory.sandbox.servicecatalog.registry import operation
from factory.sandbox.servicecatalog.request import Request
from factory.sandbox.servicecatalog.state import Portfolio
from factory.sandbox.servicecatalog.tags import changed_tags
from factory.sandbox.servicecatalog.visibility import owned_portfolio, seen_portfolio

# AWS Service Catalog Administrator Guide, "AWS Service Catalog default service quotas".
_MAX_PORTFOLIOS = 100


@operation("CreatePortfolio", token="IdempotencyToken")  # noqa: S106
def create_portfolio(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Make a portfolio; the name may be in use already."""
    tags = changed_tags({}, parameters, add="Tags")
    if len(_owned(request)) >= _MAX_PORTFOLIOS:
        raise limit_exceeded(f"An account can have at most {_MAX_PORTFOLIOS} portfolios in a region.")
    portfolio = Portfolio(
        id=identifiers.new("port"),
        account=request.account,
        display_name=parameters["DisplayName"],
        provider_name=parameters["ProviderName"],
        description=parameters.get("Description"),
        created=request.now,
        tags=tags,
    )
    request.region.portfolios[portfolio.id] = portfolio
    return _answer(portfolio, request)


@operation("DescribePortfolio")
def describe_portfolio(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Describe a portfolio that is the account's own or that it has imported."""
    portfolio = seen_portfolio(request.region, parameters["Id"], request.account, request.now)
    options = request.region.tag_options_on(portfolio.id)
    return _answer(portfolio, request) | {
        "TagOptions": [views.tag_option_detail(option) for option in options],
        "Budgets": views.budgets(request.region, portfolio.id) if portfolio.account == request.account else [],
    }


@operation("UpdatePortfolio")
def update_portfolio(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Change a portfolio's texts and tags."""
    current = owned_portfolio(request.region, parameters["Id"], request.account)
    portfolio = replace(
        current,
        display_name=parameters.get("DisplayName", current.display_name),
        provider_name=parameters.get("ProviderName", current.provider_name),
        description=parameters.get("Description", current.description),
        tags=changed_tags(current.tags, parameters),
    )
    request.region.portfolios[portfolio.id] = portfolio
    return _answer(portfolio, request)


@operation("DeletePortfolio")
def delete_portfolio(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Delete a portfolio on which nothing hangs any more."""
    region = request.region
    portfolio = owned_portfolio(region, parameters["Id"], request.account)
    hanging = {
        "products": any(placed.portfolio_id == portfolio.id for placed in region.placements),
        "principals": any(principal.portfolio_id == portfolio.id for principal in region.principals),
        "constraints": any(rule.portfolio_id == portfolio.id for rule in region.constraints.values()),
        "shares": any(key.portfolio_id == portfolio.id for key in region.shares),
        "tag options": bool(region.tag_options_on(portfolio.id)),
        "budgets": bool(region.budgets_on(portfolio.id)),
    }
    if any(hanging.values()):
        named = ", ".join(name for name, there in hanging.items() if there)
        raise in_use(f"Portfolio {portfolio.id} cannot be deleted, because it still has {named}.")
    del region.portfolios[portfolio.id]
    return {}


@operation("ListPortfolios")
def list_portfolios(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The account's own portfolios."""
    portfolios, token = page(_owned(request), parameters, request.operation)
    return {
        "PortfolioDetails": [views.portfolio_detail(portfolio, request.region) for portfolio in portfolios],
        "NextPageToken": token,
    }


def _owned(request: Request) -> list[Portfolio]:
    return [item for item in request.region.portfolios.values() if item.account == request.account]


def _answer(portfolio: Portfolio, request: Request) -> dict[str, Any]:
    return {
        "PortfolioDetail": views.portfolio_detail(portfolio, request.region),
        "Tags": views.tag_list(portfolio.tags),
    }
