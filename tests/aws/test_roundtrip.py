"""What the writer writes, the reader reads: plan, apply, read, and nothing is left to plan."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from factory.catalog.constraints.notification import Notification
from factory.catalog.constraints.template import Template
from factory.catalog.model import Catalog, Guidance, Place, Principal, PrincipalType, TagOption
from tests.aws.conftest import World
from tests.aws.samples import (
    PARAMETERS,
    ROLE,
    catalog_of,
    make_artifact,
    merged,
    pinned,
    portfolio_of,
    product_of,
)

ONE = make_artifact(parameters=PARAMETERS)
TWO = make_artifact(version="1.1.0", text="A better topic", parameters=PARAMETERS)
OTHER = make_artifact("other")


def test_a_whole_catalog_in_two_environments_and_regions(world: World) -> None:
    home, away = world.prod.places
    desired = merged(
        catalog_of(world.dev, world.dev.places[0], ONE, OTHER),
        catalog_of(world.prod, home, ONE),
        catalog_of(world.prod, away, ONE),
    )

    report = world.publish(desired, [ONE, OTHER])

    assert report.complete
    assert world.read() == desired
    assert world.publish(desired).done == ()


def test_every_change_arrives(world: World, dev: Place) -> None:
    before = catalog_of(world.dev, dev, ONE, OTHER)
    world.publish(before, [ONE, OTHER])
    sample = product_of(dev, ONE, TWO)
    portfolio = portfolio_of(world.dev, dev, sample)
    topic = Notification(product="sample", topic_arns=(f"arn:aws:sns:us-east-1:{world.dev.account}:launches",))
    retiring = replace(sample.versions[0], guidance=Guidance.DEPRECATED, deprecated_since=date(2027, 3, 31))
    kept = {constraint for constraint in portfolio.constraints if constraint.type == "LAUNCH"}
    after = Catalog(
        portfolios=(
            replace(
                pinned(portfolio, "sample", "dev"),
                display_name="Platform products",
                description="",
                tags=(("Cost", "shared"), ("Team", "others")),
                principals=frozenset(
                    {Principal(arn=f"arn:aws:iam::{world.dev.account}:role/{ROLE}", type=PrincipalType.IAM)}
                ),
                shares=frozenset(replace(share, share_tag_options=False) for share in portfolio.shares),
                tag_options=frozenset(
                    {TagOption(key="Audience", value="few"), TagOption(key="Audience", value="many")}
                ),
                constraints=frozenset({*kept, topic, Template.allowing("sample", "Environment", ("dev",))}),
            ),
        ),
        products=(
            replace(
                sample,
                description="Better",
                owner="Others",
                support_email="help@example.com",
                support_url="https://example.com/help",
                tags=(("Tier", "1"),),
                versions=(retiring, sample.versions[1]),
            ),
            product_of(dev, OTHER),
        ),
    )
    after = merged(after)

    report = world.publish(after, [TWO])

    assert report.failures == ()
    assert world.read() == after


def test_a_rule_gets_new_content_in_place(world: World, dev: Place) -> None:
    product = product_of(dev, ONE)
    portfolio = portfolio_of(world.dev, dev, product)
    before = Catalog(portfolios=(pinned(portfolio, "sample", "dev"),), products=(product,))
    after = Catalog(portfolios=(pinned(portfolio, "sample", "prod"),), products=(product,))
    world.publish(before, [ONE])

    report = world.publish(after)

    assert [action.subject for action in report.done] == ["constraint TEMPLATE OnlyEnvironment on sample in platform"]
    assert world.read() == after


def test_versions_retire_and_go(world: World, dev: Place) -> None:
    sample = product_of(dev, ONE, TWO)
    portfolio = portfolio_of(world.dev, dev, sample)
    world.publish(Catalog(portfolios=(portfolio,), products=(sample,)), [ONE, TWO])
    desired = Catalog(portfolios=(portfolio,), products=(product_of(dev, TWO),))

    world.publish(desired)
    retired = world.read().products[0].versions
    world.publish(desired, prune=True)

    assert retired == (replace(sample.versions[0], active=False), sample.versions[1])
    assert world.read() == desired


def test_everything_can_be_removed_and_published_again(world: World, dev: Place) -> None:
    desired = catalog_of(world.dev, dev, ONE, OTHER)
    world.publish(desired, [ONE, OTHER])

    removed = world.publish(Catalog(), prune=True)
    empty = world.read()
    again = world.publish(desired)

    assert removed.complete
    assert empty == Catalog()
    assert again.complete
    assert world.read() == desired
