"""Small products, and the catalogs that offer them."""

from __future__ import annotations

from dataclasses import replace

from factory.authoring.assets import Asset
from factory.catalog.constraints import Constraint
from factory.catalog.constraints.launch import Launch
from factory.catalog.constraints.resource_update import ResourceUpdate
from factory.catalog.constraints.template import Template
from factory.catalog.environments import Environment
from factory.catalog.model import (
    Catalog,
    CatalogProduct,
    Place,
    Portfolio,
    PortfolioName,
    Principal,
    ProductName,
    Share,
    ShareTarget,
    TagOption,
    Version,
    VersionName,
)
from factory.synthesis.artifact import Artifact

ROLE = "factory-launch"
PATTERN = Principal(arn="arn:aws:iam:::role/team-*")

PARAMETERS = """
 "Parameters": {
  "Environment": {"Type": "String", "AllowedValues": ["dev", "prod"], "Default": "dev"},
  "Size": {"Type": "String", "AllowedValues": ["small", "large"], "Default": "small"},
  "Owner": {"Type": "String", "AllowedPattern": "[a-z]+", "ConstraintDescription": "Lower-case letters."}
 },"""


def make_artifact(
    product: str = "sample",
    version: str = "1.0.0",
    *,
    text: str = "A topic",
    parameters: str = "",
    more: str = "",
    assets: tuple[Asset, ...] = (),
) -> Artifact:
    """A product that makes one topic; the text makes its template differ from others, `more` adds resources."""
    code = "".join(f', "{number}": "{asset.key}"' for number, asset in enumerate(assets))
    body = f"""{{
 "AWSTemplateFormatVersion": "2010-09-09",
 "Description": "{text}",{parameters}
 "Metadata": {{"Code": "none"{code}}},
 "Resources": {{"Topic": {{"Type": "AWS::SNS::Topic"}}{more}}},
 "Outputs": {{"TopicArn": {{"Value": {{"Ref": "Topic"}}}}}}
}}
"""
    return Artifact(
        product=ProductName(product),
        version=VersionName(version),
        description="A sample",
        owner="Tests",
        support_email="",
        support_url="",
        body=body.encode(),
        assets=assets,
        requires=(),
        finds=frozenset(),
        provides=frozenset(),
    )


def product_of(place: Place, *artifacts: Artifact) -> CatalogProduct:
    """One product with these versions, all offered."""
    first = artifacts[0]
    return CatalogProduct(
        place=place,
        name=first.product,
        description=first.description,
        owner=first.owner,
        versions=tuple(Version(name=artifact.version, digest=artifact.digest) for artifact in artifacts),
    )


def portfolio_of(environment: Environment, place: Place, *products: CatalogProduct) -> Portfolio:
    """A portfolio with everything that a portfolio can have, shared to the environment's account."""
    names = sorted(product.name for product in products)
    launch = {Launch(product=name, local_role_name=ROLE) for name in names}
    constraints: set[Constraint] = {*launch, *(ResourceUpdate(product=name) for name in names)}
    return Portfolio(
        place=place,
        name=PortfolioName("platform"),
        display_name="Platform",
        provider="Tests",
        description="What tests launch",
        tags=(("Team", "tests"),),
        products=frozenset(names),
        principals=frozenset({PATTERN}),
        shares=frozenset({Share(target=ShareTarget.ACCOUNT, id=environment.account)}),
        tag_options=frozenset({TagOption(key="Audience", value="everyone")}),
        constraints=frozenset(constraints),
    )


def pinned(portfolio: Portfolio, product: str, value: str) -> Portfolio:
    """The portfolio with a rule that admits only one environment class."""
    rule = Template.allowing(product, "Environment", (value,))
    return replace(portfolio, constraints=portfolio.constraints | {rule})


def catalog_of(environment: Environment, place: Place, *artifacts: Artifact) -> Catalog:
    """The catalog that offers one version each of some products."""
    products = tuple(product_of(place, artifact) for artifact in sorted(artifacts, key=lambda item: item.product))
    return Catalog(portfolios=(portfolio_of(environment, place, *products),), products=products)


def merged(*catalogs: Catalog) -> Catalog:
    """Several catalogs as one, in the order of a catalog that was read."""
    return Catalog(
        portfolios=tuple(sorted((item for catalog in catalogs for item in catalog.portfolios), key=_key)),
        products=tuple(sorted((item for catalog in catalogs for item in catalog.products), key=_key)),
    )


def _key(item: Portfolio | CatalogProduct) -> tuple[Place, str]:
    return (item.place, item.name)
