"""Products: create, describe to administrators and end users, update, delete."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from factory.sandbox.servicecatalog import identifiers, views
from factory.sandbox.servicecatalog.errors import in_use, invalid, limit_exceeded
from factory.sandbox.servicecatalog.operations.versions import add_version
from factory.sandbox.servicecatalog.registry import operation
from factory.sandbox.servicecatalog.request import Request
from factory.sandbox.servicecatalog.state import Product, VersionStatus
from factory.sandbox.servicecatalog.tags import changed_tags
from factory.sandbox.servicecatalog.visibility import (
    by_id_or_name,
    launch_paths,
    offered_products,
    owned_product,
    require_placed,
    seen_portfolio,
    seen_products,
    shares_tag_options,
)

# AWS Service Catalog Administrator Guide, "AWS Service Catalog default service quotas".
_MAX_PRODUCTS = 350
# CreateProduct, API reference: the pattern of SupportUrl, which the SDK's model does not hold.
_SUPPORT_URL = re.compile(r"https?://.*")


@operation("CreateProduct", token="IdempotencyToken")  # noqa: S106
def create_product(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Make a product with its first version; the name may be in use already."""
    tags = changed_tags({}, parameters, add="Tags")
    _check_support_url(parameters)
    if parameters["ProductType"] != "CLOUD_FORMATION_TEMPLATE":
        raise invalid(f"ProductType {parameters['ProductType']} is not supported by the sandbox.")
    if "SourceConnection" in parameters:
        raise invalid("SourceConnection is not supported by the sandbox.")
    if "ProvisioningArtifactParameters" not in parameters:
        raise invalid("ProvisioningArtifactParameters must be given.")
    require_room_for_product(request)
    identifier = identifiers.new("prod")
    version = add_version(request, identifier, parameters["ProvisioningArtifactParameters"])
    product = Product(
        id=identifier,
        view_id=identifiers.new("prodview"),
        account=request.account,
        name=parameters["Name"],
        owner=parameters["Owner"],
        type=parameters["ProductType"],
        description=parameters.get("Description"),
        distributor=parameters.get("Distributor"),
        support_description=parameters.get("SupportDescription"),
        support_email=parameters.get("SupportEmail"),
        support_url=parameters.get("SupportUrl"),
        created=request.now,
        tags=tags,
    )
    request.region.products[product.id] = product
    return _answer(product, request) | {"ProvisioningArtifactDetail": views.version_detail(version)}


@operation("DescribeProductAsAdmin")
def describe_product_as_admin(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """A product with its versions, tags and tag options, as an administrator sees it.

    The tag options of a shared product show when its portfolio is named and shares them.
    """
    region, account = request.region, request.account
    products = seen_products(region, account, request.now)
    product = by_id_or_name(products, parameters.get("Id"), parameters.get("Name"))
    options = region.tag_options_on(product.id) if product.account == account else []
    if "SourcePortfolioId" in parameters:
        portfolio = seen_portfolio(region, parameters["SourcePortfolioId"], account, request.now)
        require_placed(region, portfolio.id, product.id)
        if shares_tag_options(region, portfolio, account, request.now):
            options = region.tag_options_on(product.id)
    return _answer(product, request) | {
        "ProvisioningArtifactSummaries": [views.version_summary(version) for version in region.versions_of(product.id)],
        "TagOptions": [views.tag_option_detail(option) for option in options],
        "Budgets": views.budgets(region, product.id) if product.account == account else [],
    }


@operation("DescribeProduct")
def describe_product(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """A product as an end user sees it, with the paths by which it may be launched."""
    offered = offered_products(request.region, request.caller, request.now)
    product = by_id_or_name(offered, parameters.get("Id"), parameters.get("Name"))
    paths = launch_paths(request.region, product.id, request.caller, request.now)
    return _end_user_view(product, request) | {
        "Budgets": views.budgets(request.region, product.id) if product.account == request.account else [],
        "LaunchPaths": [{"Id": path.id, "Name": path.portfolio.display_name} for path in paths],
    }


@operation("DescribeProductView")
def describe_product_view(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The same as DescribeProduct, by the id of the product's view."""
    offered = offered_products(request.region, request.caller, request.now)
    viewed = [product for product in offered if product.view_id == parameters["Id"]]
    return _end_user_view(by_id_or_name(viewed, viewed[0].id if viewed else parameters["Id"], None), request)


@operation("UpdateProduct")
def update_product(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Change a product's texts and tags."""
    _check_support_url(parameters)
    current = owned_product(request.region, parameters["Id"], request.account)
    product = replace(
        current,
        name=parameters.get("Name", current.name),
        owner=parameters.get("Owner", current.owner),
        description=parameters.get("Description", current.description),
        distributor=parameters.get("Distributor", current.distributor),
        support_description=parameters.get("SupportDescription", current.support_description),
        support_email=parameters.get("SupportEmail", current.support_email),
        support_url=parameters.get("SupportUrl", current.support_url),
        tags=changed_tags(current.tags, parameters),
    )
    request.region.products[product.id] = product
    return _answer(product, request)


@operation("DeleteProduct")
def delete_product(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Delete a product that is in no portfolio any more, with its versions; what was launched from it stays.

    That budgets and service actions are in the way, as tag options are, was not compared with the real service.
    """
    region = request.region
    product = owned_product(region, parameters["Id"], request.account)
    if any(placed.product_id == product.id for placed in region.placements):
        raise in_use(f"Product {product.id} cannot be deleted, because it is still in a portfolio.")
    if region.tag_options_on(product.id):
        raise in_use(f"Product {product.id} cannot be deleted, because it still has tag options.")
    if region.budgets_on(product.id) or any(use.product_id == product.id for use in region.service_action_uses):
        raise in_use(f"Product {product.id} cannot be deleted, because it still has budgets or service actions.")
    del region.products[product.id]
    for version in region.versions_of(product.id):
        del region.versions[version.id]
    return {}


def require_room_for_product(request: Request) -> None:
    """Raise LimitExceededException if the account has as many products as it may have."""
    own = [product for product in request.region.products.values() if product.account == request.account]
    if len(own) >= _MAX_PRODUCTS:
        raise limit_exceeded(f"An account can have at most {_MAX_PRODUCTS} products in a region.")


def _check_support_url(parameters: Mapping[str, Any]) -> None:
    if parameters.get("SupportUrl") and not _SUPPORT_URL.fullmatch(parameters["SupportUrl"]):
        raise invalid("SupportUrl must begin with http:// or https://.")


def _end_user_view(product: Product, request: Request) -> dict[str, Any]:
    return {
        "ProductViewSummary": views.product_summary(product),
        "ProvisioningArtifacts": [
            views.offered_version(version)
            for version in request.region.versions_of(product.id)
            if version.active and version.status(request.now) is VersionStatus.AVAILABLE
        ],
    }


def _answer(product: Product, request: Request) -> dict[str, Any]:
    return {
        "ProductViewDetail": views.product_detail(product, request.region),
        "Tags": views.tag_list(product.tags),
    }
