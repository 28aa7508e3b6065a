"""Products in portfolios."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from factory.sandbox.servicecatalog import views
from factory.sandbox.servicecatalog.errors import in_use, limit_exceeded, not_found
from factory.sandbox.servicecatalog.paging import page
from factory.sandbox.servicecatalog.registry import operation
from factory.sandbox.servicecatalog.request import Request
from factory.sandbox.servicecatalog.state import Placement
from factory.sandbox.servicecatalog.visibility import (
    owned_portfolio,
    require_placed,
    seen_portfolio,
    seen_product,
    sees_portfolio,
)

# AWS Service Catalog Administrator Guide, "AWS Service Catalog default service quotas".
_MAX_PRODUCTS = 150


@operation("AssociateProductWithPortfolio")
def associate_product_with_portfolio(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Put a product into one of the account's own portfolios; doing so again changes nothing.

    A shared product needs SourcePortfolioId, the imported portfolio that it comes from.
    """
    region, account = request.region, request.account
    portfolio = owned_portfolio(region, parameters["PortfolioId"], account)
    product = seen_product(region, parameters["ProductId"], account, request.now)
    source = parameters.get("SourcePortfolioId", "")
    if source:
        require_placed(region, seen_portfolio(region, source, account, request.now).id, product.id)
    elif product.account != account:
        raise not_found(f"Product {product.id} is shared: its SourcePortfolioId must be given.")
    placement = Placement(portfolio.id, product.id)
    placed = [there for there in region.placements if there.portfolio_id == portfolio.id]
    if placement not in placed and len(placed) >= _MAX_PRODUCTS:
        raise limit_exceeded(f"A portfolio can hold at most {_MAX_PRODUCTS} products.")
    region.placements.setdefault(placement, source)
    return {}


@operation("DisassociateProductFromPortfolio")
def disassociate_product_from_portfolio(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Take a product out of a portfolio, once no constraint is left between them."""
    portfolio = owned_portfolio(request.region, parameters["PortfolioId"], request.account)
    placement = Placement(portfolio.id, parameters["ProductId"])
    require_placed(request.region, *placement)
    if request.region.constraints_on(*placement):
        raise in_use(f"Product {placement.product_id} still has constraints in portfolio {portfolio.id}.")
    del request.region.placements[placement]
    return {}


@operation("ListPortfoliosForProduct")
def list_portfolios_for_product(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The portfolios, own or imported, that hold a product."""
    region = request.region
    product = seen_product(region, parameters["ProductId"], request.account, request.now)
    portfolios = [
        region.portfolios[placed.portfolio_id]
        for placed in region.placements
        if placed.product_id == product.id
        and sees_portfolio(region, region.portfolios[placed.portfolio_id], request.account, request.now)
    ]
    shown, token = page(portfolios, parameters, request.operation)
    return {
        "PortfolioDetails": [views.portfolio_detail(portfolio, region) for portfolio in shown],
        "NextPageToken": token,
    }
