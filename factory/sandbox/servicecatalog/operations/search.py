"""Search for products, by end users and by administrators."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from factory.sandbox.servicecatalog import views
from factory.sandbox.servicecatalog.paging import page
from factory.sandbox.servicecatalog.registry import operation
from factory.sandbox.servicecatalog.request import Request
from factory.sandbox.servicecatalog.state import Placement, Product
from factory.sandbox.servicecatalog.visibility import offered_products, seen_portfolio, seen_products


@operation("SearchProducts")
def search_products(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The products that the caller may launch. Aggregations are left empty."""
    products = offered_products(request.region, request.caller, request.now)
    shown, token = page(_searched(products, request, parameters), parameters, request.operation)
    return {
        "ProductViewSummaries": [views.product_summary(product) for product in shown],
        "ProductViewAggregations": {},
        "NextPageToken": token,
    }


@operation("SearchProductsAsAdmin")
def search_products_as_admin(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The products that the account sees: all, its own (ProductSource ACCOUNT), or those of one portfolio."""
    products = seen_products(request.region, request.account, request.now)
    if "PortfolioId" in parameters:
        portfolio = seen_portfolio(request.region, parameters["PortfolioId"], request.account, request.now)
        placed = request.region.placements
        products = [product for product in products if Placement(portfolio.id, product.id) in placed]
    if "ProductSource" in parameters:
        products = [product for product in products if product.account == request.account]
    shown, token = page(_searched(products, request, parameters), parameters, request.operation)
    return {
        "ProductViewDetails": [views.product_detail(product, request.region) for product in shown],
        "NextPageToken": token,
    }


def _searched(products: list[Product], request: Request, parameters: Mapping[str, Any]) -> list[Product]:
    filters: Mapping[str, list[str]] = parameters.get("Filters", {})
    found = [
        product
        for product in products
        if all(any(_matches(product, by, value) for value in values) for by, values in filters.items())
    ]
    if "SortBy" in parameters:
        found.sort(key=_order(request)[parameters["SortBy"]])
    if parameters.get("SortOrder") == "DESCENDING":
        found.reverse()
    return found


def _order(request: Request) -> dict[str, Callable[[Product], Any]]:
    return {
        "Title": lambda product: product.name,
        "VersionCount": lambda product: len(request.region.versions_of(product.id)),
        "CreationDate": lambda product: product.created,
    }


def _matches(product: Product, by: str, value: str) -> bool:
    if by == "Owner":
        return product.owner == value
    if by == "ProductType":
        return product.type == value
    if by == "SourceProductId":
        return product.id == value
    texts = (product.id, product.name, product.owner, product.description, product.distributor)
    return any(value.lower() in text.lower() for text in texts if text)
