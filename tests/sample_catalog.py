"""What tests of manifests and plans make their catalogs of: places, versions, a product, a portfolio, and for whom."""

from __future__ import annotations

from factory.catalog.constraints.launch import Launch
from factory.catalog.model import (
    AccountId,
    CatalogProduct,
    Digest,
    EnvironmentName,
    Place,
    Portfolio,
    PortfolioName,
    Principal,
    PrincipalType,
    ProductName,
    Region,
    Share,
    ShareTarget,
    Version,
    VersionName,
)

HUB = AccountId("111111111111")
EAST, WEST = Region("us-east-1"), Region("us-west-2")
DEV = Place(environment=EnvironmentName("dev"), region=EAST)
PROD = Place(environment=EnvironmentName("prod"), region=EAST)

NETWORK = ProductName("network")
V1 = Version(name=VersionName("1.0.0"), digest=Digest("1" * 64))
PRODUCT = CatalogProduct(place=DEV, name=NETWORK, description="A network.", owner="Platform", versions=(V1,))
LAUNCH = Launch(product=NETWORK, local_role_name="factory-launch-network")

PLATFORM = PortfolioName("platform")
EMPTY = Portfolio(place=DEV, name=PLATFORM, display_name="Platform", provider="Platform team")
TEAM = Principal(arn="arn:aws:iam:::role/team-*")
PERSON = Principal(arn="arn:aws:iam::222222222222:user/pat", type=PrincipalType.IAM)
ACCOUNT = Share(target=ShareTarget.ACCOUNT, id="222222222222")
ORGANIZATION = Share(target=ShareTarget.ORGANIZATION, id="o-a1b2c3d4e5", share_principals=True)
