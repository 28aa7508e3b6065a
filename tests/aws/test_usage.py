"""Where one looks for the launches of versions that are about to end."""

from __future__ import annotations

from dataclasses import replace

import pytest

from factory.aws.ids import Ids
from factory.aws.usage import uses
from factory.catalog.model import Place, Portfolio, ProductName, Share, ShareTarget, VersionName
from tests.aws.conftest import World
from tests.aws.samples import make_artifact, portfolio_of, product_of

SEARCH = "servicecatalog:SearchProvisionedProducts"
ORGANIZATION = Share(target=ShareTarget.ORGANIZATION, id="o-a1b2c3d4e5")
SAMPLE = (ProductName("sample"), VersionName("1.0.0"))


@pytest.fixture
def portfolio(world: World, dev: Place) -> Portfolio:
    return portfolio_of(world.dev, dev, product_of(dev, make_artifact()))


def calls(world: World, places: tuple[Place, ...], portfolio: Portfolio) -> int:
    accounts = world.accounts()
    keys = [(place, *SAMPLE) for place in places]
    ids = Ids(versions={key: f"pa-{number}" for number, key in enumerate(keys)})
    assert uses(accounts, ids, keys, [portfolio]) == {}
    return accounts.calls[SEARCH]


def test_each_account_that_a_portfolio_reaches_is_asked_once(world: World, dev: Place, portfolio: Portfolio) -> None:
    assert calls(world, (dev,), portfolio) == len(("dev", "hub"))
    shared = replace(portfolio, shares=frozenset({ORGANIZATION}))
    assert calls(world, (dev,), shared) == len(("dev", "prod", "hub"))
    prod = Share(target=ShareTarget.ACCOUNT, id=world.prod.account)
    elsewhere = Share(target=ShareTarget.ACCOUNT, id="999999999999")
    assert calls(world, (dev,), replace(portfolio, shares=frozenset({prod, elsewhere}))) == len(("dev", "prod", "hub"))
    regions = {place.region for place in world.places}
    assert calls(world, world.places, portfolio) == len(("dev", "prod", "prod away")) + len(regions)


def test_an_environment_in_the_account_of_the_hub_is_asked_under_its_own_name(world: World, dev: Place) -> None:
    together = replace(world, hub=replace(world.hub, account=world.dev.account))
    portfolio = portfolio_of(world.dev, dev, product_of(dev, make_artifact()))
    assert calls(together, (dev,), portfolio) == 1
