"""From manifests, product texts and template digests to the catalog that publishing should lead to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from factory.catalog.constraints import Constraint
from factory.catalog.constraints.notification import Notification
from factory.catalog.constraints.stack_set import StackSet
from factory.catalog.constraints.template import Template
from factory.catalog.environments import SIZING_PARAMETER, Environment
from factory.catalog.manifest import DeclaredPortfolio, Manifest, Offer
from factory.catalog.model import (
    AccountId,
    Catalog,
    CatalogProduct,
    Digest,
    EnvironmentName,
    Listing,
    Place,
    Portfolio,
    Principal,
    PrincipalType,
    ProductName,
    Share,
    ShareTarget,
    Version,
    VersionName,
    version_number,
)
from factory.catalog.retirement import Retirement
from factory.errors import PlanError

Releases = Mapping[tuple[ProductName, VersionName], Digest]
"""Every version of which a template exists: the code's current ones and those in the artifact bucket."""


def assemble(
    manifest: Manifest,
    listings: Mapping[ProductName, Listing],
    releases: Releases,
    environments: Iterable[EnvironmentName],
) -> Catalog:
    """The catalog of these environments: exactly the portfolios, products and versions that the manifests name.

    Raises PlanError with every named version of which no template exists, and UsageError for an unknown environment.
    """
    selected = [manifest.environment(name) for name in dict.fromkeys(environments)]
    _refuse_unknown_versions(manifest, releases, {environment.name for environment in selected})
    return Catalog(
        portfolios=tuple(_portfolios(manifest, selected)),
        products=tuple(_products(manifest, listings, releases, selected)),
    )


def retirements(manifest: Manifest) -> Mapping[tuple[Place, ProductName], Retirement]:
    """How versions that are no longer named end, by the place and product for which the manifests say it."""
    return {
        (place, offer.product): retirement
        for declared in manifest.portfolios
        for offer in declared.offers
        if (retirement := dict(declared.retirements).get(offer.product))
        for place in manifest.environment(offer.environment).places
    }


def _portfolios(manifest: Manifest, environments: Sequence[Environment]) -> Iterator[Portfolio]:
    for environment in environments:
        for declared in manifest.portfolios:
            if environment.name in declared.environments:
                for place in environment.places:
                    yield _portfolio(declared, environment, place, manifest.hub.account)


def _portfolio(declared: DeclaredPortfolio, environment: Environment, place: Place, hub: AccountId) -> Portfolio:
    products = frozenset(offer.product for offer in declared.offers if offer.environment == environment.name)
    general = (constraint for constraint in declared.constraints if constraint.product in products)
    pinned = products - declared.free
    pins = (Template.allowing(product, SIZING_PARAMETER, (environment.sizing,)) for product in pinned)
    return Portfolio(
        place=place,
        name=declared.name,
        display_name=declared.display_name,
        provider=declared.provider,
        description=declared.description,
        tags=declared.tags,
        products=products,
        principals=frozenset(item for item in declared.principals if _lives_in(item, environment.account)),
        shares=frozenset(_shares(declared, environment, hub)),
        tag_options=declared.tag_options,
        constraints=frozenset((*(_placed(item, environment, place) for item in general), *pins)),
    )


def _lives_in(principal: Principal, account: AccountId) -> bool:
    """A pattern lives in every account, an exact ARN in the one that it names."""
    return principal.type is PrincipalType.IAM_PATTERN or principal.arn.split(":")[4] == account


def _shares(declared: DeclaredPortfolio, environment: Environment, hub: AccountId) -> Iterator[Share]:
    sharing, own = declared.sharing, environment.account
    if sharing is None:
        return
    if sharing.target is not ShareTarget.ACCOUNT:
        yield Share(
            target=sharing.target,
            id=sharing.id,
            share_tag_options=sharing.tag_options,
            share_principals=sharing.principals,
        )
    elif own != hub:
        yield Share(target=ShareTarget.ACCOUNT, id=own, share_tag_options=sharing.tag_options)
    for account in sharing.accounts:
        if account != hub and (account != own or sharing.target is not ShareTarget.ACCOUNT):
            # Whether they accept it is not for this environment to say.
            yield Share(target=ShareTarget.ACCOUNT, id=account, accepted=False, share_tag_options=sharing.tag_options)


def _placed(constraint: Constraint, environment: Environment, place: Place) -> Constraint:
    """The constraint with the place's region and account in its topics and roles."""
    if isinstance(constraint, StackSet):
        return replace(constraint, admin_role_arn=constraint.admin_role_arn.replace("{account}", environment.account))
    if not isinstance(constraint, Notification):
        return constraint
    topics = (
        topic.replace("{region}", place.region).replace("{account}", environment.account)
        for topic in constraint.topic_arns
    )
    return replace(constraint, topic_arns=tuple(sorted(topics)))


def _products(
    manifest: Manifest,
    listings: Mapping[ProductName, Listing],
    releases: Releases,
    environments: Sequence[Environment],
) -> Iterator[CatalogProduct]:
    # A set, as portfolios that share a product name the same versions of it.
    offers = {offer for declared in manifest.portfolios for offer in declared.offers}
    for environment in environments:
        here = [offer for offer in offers if offer.environment == environment.name]
        for name in sorted({offer.product for offer in here}):
            listing = listings[name]
            versions = _versions([offer for offer in here if offer.product == name], releases)
            for place in environment.places:
                yield CatalogProduct(
                    place=place,
                    name=name,
                    description=listing.description,
                    owner=listing.owner,
                    support_email=listing.support_email,
                    support_url=listing.support_url,
                    tags=listing.tags,
                    versions=versions,
                )


def _versions(offers: Iterable[Offer], releases: Releases) -> tuple[Version, ...]:
    oldest_first = sorted(offers, key=lambda offer: version_number(offer.version))
    return tuple(
        Version(name=offer.version, digest=releases[offer.product, offer.version], guidance=offer.guidance)
        for offer in oldest_first
    )


def _refuse_unknown_versions(manifest: Manifest, releases: Releases, environments: set[EnvironmentName]) -> None:
    lines = []
    for declared in manifest.portfolios:
        missing: dict[tuple[ProductName, VersionName], list[EnvironmentName]] = {}
        for offer in declared.offers:
            if offer.environment in environments and (offer.product, offer.version) not in releases:
                missing.setdefault((offer.product, offer.version), []).append(offer.environment)
        for (product, version), where in missing.items():
            existing = sorted((name for item, name in releases if item == product), key=version_number)
            exist = f"there is {', '.join(existing)}" if existing else "it has no version yet"
            lines.append(
                f"{declared.file}: {product} {version}, offered in {', '.join(where)}, does not exist; {exist}"
            )
    if lines:
        raise PlanError("\n".join(("versions that were never published:", *(f"  {line}" for line in lines))))
