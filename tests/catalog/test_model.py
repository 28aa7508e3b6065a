"""What the catalog's values say of themselves."""

from __future__ import annotations

import pytest

from factory.catalog.model import (
    Catalog,
    CatalogProduct,
    Digest,
    Guidance,
    Portfolio,
    PortfolioName,
    ProductName,
    Share,
    ShareTarget,
    Version,
    VersionName,
    version_number,
)
from tests.sample_catalog import DEV, PROD


def test_versions_are_ordered_by_number() -> None:
    names = [VersionName(name) for name in ("1.10.0", "by hand", "1.9.0", "1.2.10")]
    assert sorted(names, key=version_number) == ["by hand", "1.2.10", "1.9.0", "1.10.0"]


def test_guidance_of_an_inactive_version_means_nothing() -> None:
    name, digest = VersionName("1.0.0"), Digest("1" * 64)
    deprecated = Version(name=name, digest=digest, guidance=Guidance.DEPRECATED, active=False)
    assert deprecated == Version(name=name, digest=digest, active=False)


@pytest.mark.parametrize(
    ("shares", "in_hub"),
    [
        (set(), True),
        ({Share(target=ShareTarget.ACCOUNT, id="222222222222")}, False),
        ({Share(target=ShareTarget.ORGANIZATION, id="o-a1b2c3d4e5")}, False),
        ({Share(target=ShareTarget.ORGANIZATION, id="o-a1b2c3d4e5", share_principals=True)}, True),
    ],
)
def test_principals_live_where_the_share_leaves_them(shares: set[Share], in_hub: bool) -> None:
    portfolio = Portfolio(place=DEV, name=PortfolioName("p"), display_name="P", provider="T", shares=frozenset(shares))
    assert portfolio.principals_live_in_hub is in_hub


def test_things_are_found_by_place_and_name() -> None:
    product = CatalogProduct(place=DEV, name=ProductName("network"), description="", owner="")
    portfolio = Portfolio(place=PROD, name=PortfolioName("platform"), display_name="P", provider="T")
    catalog = Catalog(portfolios=(portfolio,), products=(product,))
    assert catalog.product(DEV, ProductName("network")) is product
    assert catalog.product(PROD, ProductName("network")) is None
    assert catalog.portfolio(PROD, PortfolioName("platform")) is portfolio
    assert catalog.portfolio(DEV, PortfolioName("platform")) is None
    assert list(catalog.places()) == [DEV, PROD]
