"""Who sees what: portfolios owned or shared, the products in them, and the paths by which a caller may launch."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from factory.sandbox.servicecatalog import identifiers
from factory.sandbox.servicecatalog.errors import invalid, not_found
from factory.sandbox.servicecatalog.identity import Caller
from factory.sandbox.servicecatalog.state import (
    Placement,
    Portfolio,
    Principal,
    PrincipalType,
    Product,
    Region,
    Share,
    Version,
    VersionStatus,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchPath:
    """A way to launch a product: the portfolio that offers it to an account."""

    id: str
    portfolio: Portfolio


def shares_reaching(region: Region, portfolio_id: str, account: str, now: float) -> list[Share]:
    """The shares by which a portfolio of another account has arrived in this one."""
    return [
        share
        for share in region.shares.values()
        if share.key.portfolio_id == portfolio_id
        and share.accepted
        and share.effective <= now
        and account in share.accounts
    ]


def sees_portfolio(region: Region, portfolio: Portfolio, account: str, now: float) -> bool:
    """Whether the account owns the portfolio or has it imported."""
    return portfolio.account == account or bool(shares_reaching(region, portfolio.id, account, now))


def owned_portfolio(region: Region, identifier: str, account: str) -> Portfolio:
    """The account's own portfolio. Raises ResourceNotFoundException, for a shared one too."""
    portfolio = region.portfolios.get(identifier)
    if portfolio is None or portfolio.account != account:
        raise not_found(f"Portfolio {identifier} does not exist or access was denied.")
    return portfolio


def seen_portfolio(region: Region, identifier: str, account: str, now: float) -> Portfolio:
    """A portfolio that the account owns or has imported. Raises ResourceNotFoundException."""
    portfolio = region.portfolios.get(identifier)
    if portfolio is None or not sees_portfolio(region, portfolio, account, now):
        raise not_found(f"Portfolio {identifier} does not exist or access was denied.")
    return portfolio


def owned_product(region: Region, identifier: str, account: str) -> Product:
    """The account's own product. Raises ResourceNotFoundException, for a shared one too."""
    product = region.products.get(identifier)
    if product is None or product.account != account:
        raise not_found(f"Product {identifier} does not exist or access was denied.")
    return product


def owned_resource(region: Region, identifier: str, account: str) -> Portfolio | Product:
    """The account's own portfolio or product. Raises ResourceNotFoundException."""
    resource: Portfolio | Product | None = region.portfolios.get(identifier)
    resource = resource or region.products.get(identifier)
    if resource is None or resource.account != account:
        raise not_found(f"Resource {identifier} does not exist or access was denied.")
    return resource


def seen_products(region: Region, account: str, now: float) -> list[Product]:
    """The products that an account's administrator sees: its own, and those in portfolios it has imported."""
    placed = {
        placement.product_id
        for placement in region.placements
        if sees_portfolio(region, region.portfolios[placement.portfolio_id], account, now)
    }
    return [product for product in region.products.values() if product.account == account or product.id in placed]


def seen_product(region: Region, identifier: str, account: str, now: float) -> Product:
    """A product that the account's administrator sees. Raises ResourceNotFoundException."""
    return by_id_or_name(seen_products(region, account, now), identifier, None)


def offered_products(region: Region, caller: Caller, now: float) -> list[Product]:
    """The products that the caller may launch."""
    return [product for product in region.products.values() if launch_paths(region, product.id, caller, now)]


def launchable_product(region: Region, caller: Caller, now: float, identifier: str | None, name: str | None) -> Product:
    """A product to launch: an id may be any that the account sees, a name only one that the caller may launch.

    Whether there is a path by which to launch it is another question, which `choose_path` answers.
    """
    products = offered_products(region, caller, now)
    if identifier is not None:
        products = seen_products(region, caller.account, now)
    return by_id_or_name(products, identifier, name)


def by_id_or_name(products: Iterable[Product], identifier: str | None, name: str | None) -> Product:
    """The one product of that id or of that name.

    Raises InvalidParametersException unless exactly one of the two is given and the name is unambiguous, and
    ResourceNotFoundException if there is none.
    """
    if (identifier is None) == (name is None):
        raise invalid("You must provide the product name or ID, but not both.")
    found = [product for product in products if product.id == identifier or product.name == name]
    if not found:
        said = f"name {name}" if identifier is None else f"id {identifier}"
        raise not_found(f"Product with {said} does not exist or access was denied.")
    if len(found) > 1:
        raise invalid(f"Multiple Product with name {name} found.")
    return found[0]


def version_of(region: Region, product: Product, identifier: str | None, name: str | None) -> Version:
    """The one version of a product with that id or name; raises as `by_id_or_name` does."""
    if (identifier is None) == (name is None):
        raise invalid("You must provide the provisioning artifact name or ID, but not both.")
    found = [
        version
        for version in region.versions_of(product.id)
        if version.id == identifier or (name is not None and version.name == name)
    ]
    if not found:
        said = f"name {name}" if identifier is None else f"id {identifier}"
        raise not_found(f"Provisioning Artifact with {said} does not exist or access was denied.")
    if len(found) > 1:
        raise invalid(f"Multiple Provisioning Artifact with name {name} found.")
    return found[0]


def launchable_version(
    region: Region, product: Product, identifier: str | None, name: str | None, now: float
) -> Version:
    """A version that launches may use. An inactive or unfinished one counts as not there.

    AWS calls inactive versions invisible to end users (UpdateProvisioningArtifact, API reference).
    """
    version = version_of(region, product, identifier, name)
    if not version.active or version.status(now) is not VersionStatus.AVAILABLE:
        raise not_found(f"Provisioning Artifact with id {version.id} is not active.")
    return version


def launch_paths(region: Region, product_id: str, caller: Caller, now: float) -> list[LaunchPath]:
    """The caller's paths to a product, in the order in which it was put into the portfolios."""
    return [
        LaunchPath(id=path_id(portfolio.id, product_id, caller.account), portfolio=portfolio)
        for portfolio in (
            region.portfolios[placement.portfolio_id]
            for placement in region.placements
            if placement.product_id == product_id
        )
        if sees_portfolio(region, portfolio, caller.account, now)
        and (caller.administrator or _granted(region, portfolio, caller, now))
    ]


def path_id(portfolio_id: str, product_id: str, account: str) -> str:
    """The id of an account's path to a product; it is the same as long as the product is offered that way."""
    return identifiers.derived("lpv3", portfolio_id, product_id, account)


def choose_path(
    region: Region, product: Product, caller: Caller, now: float, identifier: str | None, name: str | None
) -> LaunchPath:
    """The path by id or by portfolio name, or the only one there is.

    Raises ResourceNotFoundException if there is no path and InvalidParametersException if the choice is wrong
    or, for want of one, open.
    """
    if identifier is not None and name is not None:
        raise invalid("You must provide the path name or ID, but not both.")
    paths = launch_paths(region, product.id, caller, now)
    if not paths:
        raise not_found(f"No launch paths found for resource: {product.id}")
    if identifier is not None:
        paths = [path for path in paths if path.id == identifier]
        if not paths:
            raise invalid(f"Invalid PathId: {identifier}")
    elif name is not None:
        paths = [path for path in paths if path.portfolio.display_name == name]
        if not paths:
            raise invalid(f"Invalid PathName: {name}")
    if len(paths) > 1:
        raise invalid("More than one launch path ids exist. Please specify the launch path id")
    return paths[0]


def principals_of(region: Region, portfolio: Portfolio, account: str, now: float) -> list[Principal]:
    """A portfolio's principals in an account: its own, and the patterns that a share brings along."""
    shared = portfolio.account != account and any(
        share.share_principals for share in shares_reaching(region, portfolio.id, account, now)
    )
    return [
        principal
        for principal in region.principals
        if principal.portfolio_id == portfolio.id
        and (
            principal.account == account
            or (shared and principal.account == portfolio.account and principal.type is PrincipalType.IAM_PATTERN)
        )
    ]


def shares_tag_options(region: Region, portfolio: Portfolio, account: str, now: float) -> bool:
    """Whether the portfolio's tag options hold in the account."""
    return portfolio.account == account or any(
        share.share_tag_options for share in shares_reaching(region, portfolio.id, account, now)
    )


def require_placed(region: Region, portfolio_id: str, product_id: str) -> None:
    """Raise ResourceNotFoundException unless the product is in the portfolio."""
    if Placement(portfolio_id, product_id) not in region.placements:
        raise not_found(f"Product {product_id} is not associated with portfolio {portfolio_id}.")


def _granted(region: Region, portfolio: Portfolio, caller: Caller, now: float) -> bool:
    return any(_matches(principal, caller) for principal in principals_of(region, portfolio, caller.account, now))


def _matches(principal: Principal, caller: Caller) -> bool:
    arn = principal.arn
    if principal.type is PrincipalType.IAM_PATTERN:
        arn = arn.replace(":::", f"::{caller.account}:", 1)
    if caller.assumed:
        # A session's ARN has the role's name but not its path.
        head, _, resource = arn.partition("/")
        arn = f"{head}/{resource.rsplit('/', 1)[-1]}"
    if principal.type is PrincipalType.IAM:
        return arn == caller.principal
    # "?" stands for one character or none (AssociatePrincipalWithPortfolio, "PrincipalARN").
    pattern = re.escape(arn).replace(r"\*", ".*").replace(r"\?", ".?")
    return re.fullmatch(pattern, caller.principal) is not None
