"""What is read: only what the factory owns, all of it, and what somebody changed by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from factory.aws.reader import read
from factory.catalog.constraints.launch import Launch
from factory.catalog.marks import PORTFOLIO_TAG, PRODUCT_TAG
from factory.catalog.model import Catalog, Place, ShareTarget
from factory.errors import PlanError
from tests.aws.conftest import HOME, PATIENCE, World, make_role
from tests.aws.samples import ROLE, catalog_of, make_artifact

ONE = make_artifact()
OTHER = make_artifact("other")


@pytest.fixture
def published(world: World, dev: Place) -> Catalog:
    """What was published to dev."""
    desired = catalog_of(world.dev, dev, ONE)
    world.publish(desired, [ONE])
    return desired


def hub(world: World) -> Any:
    return world.direct.in_hub("servicecatalog", HOME)


def find_portfolio(world: World) -> str:
    return str(hub(world).list_portfolios()["PortfolioDetails"][0]["Id"])


def make_portfolio(world: World, **tags: str) -> str:
    answer = hub(world).create_portfolio(
        DisplayName="Other", ProviderName="Somebody", Tags=[{"Key": key, "Value": value} for key, value in tags.items()]
    )
    return str(answer["PortfolioDetail"]["Id"])


def make_product(world: World, **tags: str) -> str:
    store = world.store()
    url = store.provide(HOME, OTHER.product, OTHER.version, OTHER.digest, OTHER)
    answer = hub(world).create_product(
        Name="sample",
        Owner="Somebody",
        ProductType="CLOUD_FORMATION_TEMPLATE",
        Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
        ProvisioningArtifactParameters={"Info": {"LoadTemplateFromURL": url}},
    )
    return str(answer["ProductViewDetail"]["ProductViewSummary"]["ProductId"])


def test_what_others_made_is_not_read(world: World, published: Catalog) -> None:
    product = make_product(world)
    make_portfolio(world, Team="others")
    client = hub(world)
    client.associate_product_with_portfolio(ProductId=product, PortfolioId=find_portfolio(world))
    client.create_constraint(
        PortfolioId=find_portfolio(world),
        ProductId=product,
        Type="LAUNCH",
        Parameters=Launch(product="x", local_role_name=ROLE).parameters(),
    )

    assert world.read() == published


def test_only_the_places_asked_for_are_read(world: World, published: Catalog) -> None:
    assert read(world.direct, world.prod.places)[0] == Catalog()
    assert read(world.direct, world.dev.places)[0] == published


def test_a_product_outside_every_portfolio_is_read(world: World, published: Catalog) -> None:
    (product,) = hub(world).search_products_as_admin()["ProductViewDetails"]
    client, portfolio = hub(world), find_portfolio(world)
    for constraint in client.list_constraints_for_portfolio(PortfolioId=portfolio)["ConstraintDetails"]:
        client.delete_constraint(Id=constraint["ConstraintId"])
    client.disassociate_product_from_portfolio(
        ProductId=product["ProductViewSummary"]["ProductId"], PortfolioId=portfolio
    )

    found = world.read()

    assert found.products == published.products
    assert found.portfolios[0].products == frozenset()
    assert world.publish(published).complete
    assert world.read() == published


@pytest.mark.parametrize("kind", ["portfolio", "product"])
@pytest.mark.usefixtures("published")
def test_two_of_the_same_mark_stop_everything(world: World, kind: str) -> None:
    if kind == "portfolio":
        twin = make_portfolio(world, **{PORTFOLIO_TAG: "dev/platform"})
    else:
        twin = make_product(world, **{PRODUCT_TAG: "dev/sample"})
        hub(world).associate_product_with_portfolio(ProductId=twin, PortfolioId=find_portfolio(world))

    with pytest.raises(PlanError, match=rf"{kind} \w+ in dev/us-east-1 is there 2 times: .*{twin}"):
        world.read()


@pytest.mark.usefixtures("published")
def test_a_second_constraint_of_one_identity_stops_everything(world: World) -> None:
    client, portfolio = hub(world), find_portfolio(world)
    (launch,) = [
        item
        for item in client.list_constraints_for_portfolio(PortfolioId=portfolio)["ConstraintDetails"]
        if item["Type"] == "LAUNCH"
    ]
    rule = '{"Rules": {"First": {"Assertions": [{"Assert": {"Fn::Equals": ["a", "a"]}, "AssertDescription": "%s"}]}}}'
    for text in ("one", "two"):
        client.create_constraint(
            PortfolioId=portfolio, ProductId=launch["ProductId"], Type="TEMPLATE", Parameters=rule % text
        )

    with pytest.raises(PlanError, match="TEMPLATE constraint on sample in portfolio platform of dev/us-east-1"):
        world.read()


def test_what_somebody_changed_by_hand_is_seen(world: World, dev: Place, published: Catalog) -> None:
    client, portfolio = hub(world), find_portfolio(world)
    client.update_portfolio(Id=portfolio, DisplayName="Mine")
    (launch,) = [
        item
        for item in client.list_constraints_for_portfolio(PortfolioId=portfolio)["ConstraintDetails"]
        if item["Type"] == "LAUNCH"
    ]
    make_role(world.direct.in_hub("iam", HOME), "mine")
    client.update_constraint(Id=launch["ConstraintId"], Parameters='{"LocalRoleName": "mine"}')
    share = {"PortfolioId": portfolio, "AccountId": world.prod.account}
    PATIENCE.retry(lambda: client.create_portfolio_share(**share), "InvalidStateException")
    spoke = world.direct.in_place("servicecatalog", dev)
    arn = f"arn:aws:iam::{world.dev.account}:role/{ROLE}"
    spoke.associate_principal_with_portfolio(PortfolioId=portfolio, PrincipalARN=arn, PrincipalType="IAM")

    (found,) = world.read().portfolios

    assert found.display_name == "Mine"
    assert Launch(product="sample", local_role_name="mine") in found.constraints
    assert {(share.id, share.accepted) for share in found.shares if share.target is ShareTarget.ACCOUNT} == {
        (world.dev.account, True),
        (world.prod.account, False),
    }
    assert arn in {principal.arn for principal in found.principals}
    assert world.publish(published).complete
    assert world.read() == published


def test_a_share_that_was_not_accepted_hides_the_principals(world: World, dev: Place) -> None:
    desired = catalog_of(world.dev, dev, ONE)
    waiting = replace(desired.portfolios[0], principals=frozenset())
    waiting = replace(waiting, shares=frozenset(replace(share, accepted=False) for share in waiting.shares))
    world.publish(replace(desired, portfolios=(waiting,)), [ONE])

    assert world.read().portfolios == (waiting,)
    world.publish(desired)
    assert world.read() == desired


@pytest.mark.usefixtures("published")
def test_a_version_made_by_hand_has_no_digest(world: World) -> None:
    (product,) = hub(world).search_products_as_admin()["ProductViewDetails"]
    url = world.store().provide(HOME, OTHER.product, OTHER.version, OTHER.digest, OTHER)
    hub(world).create_provisioning_artifact(
        ProductId=product["ProductViewSummary"]["ProductId"],
        Parameters={"Name": "by-hand", "Info": {"LoadTemplateFromURL": url}},
    )

    assert [(version.name, version.digest) for version in world.read().products[0].versions] == [
        ("by-hand", ""),
        (ONE.version, ONE.digest),
    ]


@pytest.mark.usefixtures("published")
def test_an_unchanged_catalog_is_read_in_few_calls(world: World, dev: Place) -> None:
    accounts = world.accounts()
    read(accounts, [dev])

    once = ["ListPortfolios", "DescribePortfolio", "ListConstraintsForPortfolio", "ListPrincipalsForPortfolio"]
    once += ["DescribeProductAsAdmin", "ListProvisioningArtifacts"]
    assert accounts.calls == {
        **{f"servicecatalog:{operation}": 1 for operation in once},
        "servicecatalog:SearchProductsAsAdmin": 2,
        "servicecatalog:DescribeConstraint": 2,
        "servicecatalog:DescribePortfolioShares": 3,
    }
