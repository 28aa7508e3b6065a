"""From manifests and releases to the catalog that publishing should lead to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from factory.catalog.constraints.launch import Launch
from factory.catalog.constraints.notification import Notification
from factory.catalog.constraints.stack_set import StackSet
from factory.catalog.constraints.template import Template
from factory.catalog.desired import assemble
from factory.catalog.environments import Environment, EnvironmentClass, Hub
from factory.catalog.manifest import DeclaredPortfolio, Manifest, Offer, Sharing
from factory.catalog.model import (
    AccountId,
    Catalog,
    CatalogProduct,
    Digest,
    EnvironmentName,
    Guidance,
    Listing,
    Place,
    Portfolio,
    PortfolioName,
    ProductName,
    Region,
    Share,
    ShareTarget,
    TagOption,
    Version,
    VersionName,
)
from factory.errors import PlanError, UsageError
from tests.sample_catalog import EAST, HUB, LAUNCH, NETWORK, PERSON, TEAM, WEST

DEV, PROD = EnvironmentName("dev"), EnvironmentName("prod")
QUEUE = ProductName("queue")
V1, V2, V10 = VersionName("1.0.0"), VersionName("1.2.0"), VersionName("1.10.0")

TOPICS = Notification(product=NETWORK, topic_arns=("arn:aws:sns:{region}:{account}:info",))

PLATFORM = DeclaredPortfolio(
    name=PortfolioName("platform"),
    display_name="Platform",
    provider="Platform team",
    description="All that one needs.",
    tags=(("Owner", "platform"),),
    environments=(DEV, PROD),
    offers=(
        Offer(product=NETWORK, environment=DEV, version=V1, guidance=Guidance.DEPRECATED),
        Offer(product=NETWORK, environment=DEV, version=V10),
        Offer(product=NETWORK, environment=DEV, version=V2),
        Offer(product=NETWORK, environment=PROD, version=V1),
    ),
    principals=frozenset({TEAM, PERSON}),
    sharing=Sharing(target=ShareTarget.ACCOUNT),
    tag_options=frozenset({TagOption(key="Stage", value="blue")}),
    constraints=frozenset({LAUNCH, TOPICS, Launch(product=QUEUE, local_role_name="factory-launch-queue")}),
)

MANIFEST = Manifest(
    hub=Hub(account=HUB),
    environments=(
        Environment(name=DEV, account=AccountId("222222222222"), sizing=EnvironmentClass.DEV, regions=(EAST,)),
        Environment(name=PROD, account=AccountId("333333333333"), sizing=EnvironmentClass.PROD, regions=(EAST, WEST)),
    ),
    portfolios=(PLATFORM,),
    systems=(),
)

LISTINGS = {
    NETWORK: Listing(
        description="A network.", owner="Net team", support_email="a@example.com", support_url="https://a"
    ),
    QUEUE: Listing(description="A queue.", owner="Queue team"),
}
RELEASES = {(NETWORK, version): Digest(f"digest of {version}") for version in (V1, V2, V10)}


def at(environment: EnvironmentName, region: Region) -> Place:
    return Place(environment=environment, region=region)


def manifest(**changes: object) -> Manifest:
    """The manifest with a platform portfolio that differs in this."""
    return replace(MANIFEST, portfolios=(replace(PLATFORM, **changes),))  # type: ignore[arg-type]


def only_portfolio(catalog: Catalog) -> Portfolio:
    (portfolio,) = catalog.portfolios
    return portfolio


def test_an_environment_offers_exactly_the_versions_that_the_manifest_names_oldest_first() -> None:
    catalog = assemble(MANIFEST, LISTINGS, RELEASES, [DEV])
    assert catalog.products == (
        CatalogProduct(
            place=at(DEV, EAST),
            name=NETWORK,
            description="A network.",
            owner="Net team",
            support_email="a@example.com",
            support_url="https://a",
            versions=(
                Version(name=V1, digest=RELEASES[NETWORK, V1], guidance=Guidance.DEPRECATED),
                Version(name=V2, digest=RELEASES[NETWORK, V2]),
                Version(name=V10, digest=RELEASES[NETWORK, V10]),
            ),
        ),
    )


def test_a_portfolio_with_all_that_belongs_to_it() -> None:
    assert only_portfolio(assemble(MANIFEST, LISTINGS, RELEASES, [DEV])) == Portfolio(
        place=at(DEV, EAST),
        name=PortfolioName("platform"),
        display_name="Platform",
        provider="Platform team",
        description="All that one needs.",
        tags=(("Owner", "platform"),),
        products=frozenset({NETWORK}),
        principals=frozenset({TEAM, PERSON}),
        shares=frozenset({Share(target=ShareTarget.ACCOUNT, id="222222222222")}),
        tag_options=frozenset({TagOption(key="Stage", value="blue")}),
        constraints=frozenset(
            {
                LAUNCH,
                Notification(product=NETWORK, topic_arns=("arn:aws:sns:us-east-1:222222222222:info",)),
                Template.allowing(NETWORK, "Environment", ("dev",)),
            }
        ),
    )


def test_each_region_of_an_environment_has_its_own_portfolio_and_products() -> None:
    catalog = assemble(MANIFEST, LISTINGS, RELEASES, [PROD])
    assert [portfolio.place for portfolio in catalog.portfolios] == [at(PROD, EAST), at(PROD, WEST)]
    assert [product.place for product in catalog.products] == [at(PROD, EAST), at(PROD, WEST)]
    west = catalog.portfolio(at(PROD, WEST), PortfolioName("platform"))
    assert west is not None
    assert Notification(product=NETWORK, topic_arns=("arn:aws:sns:us-west-2:333333333333:info",)) in west.constraints


def test_a_stack_set_is_administered_by_a_role_of_the_environment() -> None:
    stack_set = StackSet(
        product=NETWORK,
        accounts=("222222222222",),
        regions=(EAST,),
        admin_role_arn="arn:aws:iam::{account}:role/administrator",
        execution_role_name="executor",
    )
    declared = replace(PLATFORM, constraints=(stack_set,))
    catalog = assemble(replace(MANIFEST, portfolios=(declared,)), LISTINGS, RELEASES, [PROD])

    (east, _) = catalog.portfolios
    placed = replace(stack_set, admin_role_arn="arn:aws:iam::333333333333:role/administrator")
    assert placed in east.constraints


def test_a_product_is_pinned_to_the_class_of_the_environment() -> None:
    catalog = assemble(MANIFEST, LISTINGS, RELEASES, [PROD])
    for portfolio in catalog.portfolios:
        assert Template.allowing(NETWORK, "Environment", ("prod",)) in portfolio.constraints


def test_an_exact_arn_has_access_in_its_own_account_only() -> None:
    catalog = assemble(MANIFEST, LISTINGS, RELEASES, [PROD])
    assert {portfolio.principals for portfolio in catalog.portfolios} == {frozenset({TEAM})}


def test_an_environment_in_the_hub_needs_no_share() -> None:
    in_hub = replace(MANIFEST, hub=Hub(account=AccountId("222222222222")))
    portfolio = only_portfolio(assemble(in_hub, LISTINGS, RELEASES, [DEV]))
    assert portfolio.shares == frozenset()
    assert portfolio.principals_live_in_hub


def test_a_portfolio_that_is_not_shared() -> None:
    assert only_portfolio(assemble(manifest(sharing=None), LISTINGS, RELEASES, [DEV])).shares == frozenset()


def test_a_share_with_an_organization() -> None:
    sharing = Sharing(target=ShareTarget.ORGANIZATION, id="o-a1b2c3d4e5", tag_options=False, principals=True)
    portfolio = only_portfolio(assemble(manifest(sharing=sharing), LISTINGS, RELEASES, [DEV]))
    assert portfolio.shares == {
        Share(
            target=ShareTarget.ORGANIZATION,
            id="o-a1b2c3d4e5",
            share_tag_options=False,
            share_principals=True,
        )
    }


def test_two_portfolios_share_one_product() -> None:
    both = replace(MANIFEST, portfolios=(PLATFORM, replace(PLATFORM, name=PortfolioName("other"))))
    catalog = assemble(both, LISTINGS, RELEASES, [DEV])
    assert [portfolio.name for portfolio in catalog.portfolios] == ["platform", "other"]
    assert [product.name for product in catalog.products] == [NETWORK]


def test_an_environment_without_portfolios_is_empty() -> None:
    assert assemble(manifest(environments=(PROD,), offers=()), LISTINGS, RELEASES, [DEV]) == Catalog()


def test_all_missing_versions_are_named_with_those_that_exist() -> None:
    queue = Offer(product=QUEUE, environment=PROD, version=V2)
    several = manifest(offers=(*PLATFORM.offers, queue))
    with pytest.raises(PlanError) as error:
        assemble(several, LISTINGS, {(NETWORK, V2): Digest("x"), (NETWORK, V10): Digest("y")}, [DEV, PROD])
    assert error.value.message == (
        "versions that were never published:\n"
        "  portfolios/platform.yaml: network 1.0.0, offered in dev, prod, does not exist; there is 1.2.0, 1.10.0\n"
        "  portfolios/platform.yaml: queue 1.2.0, offered in prod, does not exist; it has no version yet"
    )


def test_a_version_missing_elsewhere_does_not_matter() -> None:
    releases = {(NETWORK, V1): Digest("x")}
    assert len(assemble(MANIFEST, LISTINGS, releases, [PROD]).products) == 2


def test_an_unknown_environment() -> None:
    with pytest.raises(UsageError, match="did you mean prod"):
        assemble(MANIFEST, LISTINGS, RELEASES, [EnvironmentName("prd")])
