"""Facts in which nothing is wrong, and the same with one thing changed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from factory.catalog.constraints.launch import Launch as LaunchConstraint
from factory.catalog.environments import Environment, EnvironmentClass, Hub
from factory.catalog.manifest import DeclaredPortfolio, Manifest, Offer, Sharing
from factory.catalog.model import (
    AccountId,
    Catalog,
    CatalogProduct,
    Digest,
    EnvironmentName,
    Place,
    Portfolio,
    PortfolioName,
    Principal,
    ProductName,
    Region,
    Share,
    ShareTarget,
    TagOption,
    Version,
    VersionName,
)
from factory.planning.health import HUB, Facts
from factory.planning.health.facts import (
    Account,
    AccountRegion,
    Bucket,
    HubRegion,
    Identities,
    Key,
    Launch,
    Prepared,
    Role,
    Stack,
    Tagged,
)
from factory.planning.health.policies import statements
from factory.planning.plan import Plan
from factory.synthesis.launch_roles import LEDGER

EAST = Region("us-east-1")
HUB_ACCOUNT, DEV_ACCOUNT = AccountId("111111111111"), AccountId("222222222222")
DEV = EnvironmentName("dev")
PLACE = Place(environment=DEV, region=EAST)
QUEUE, PORTFOLIO = ProductName("queue"), PortfolioName("teams")
ONE = VersionName("1.0.0")
PATTERN = Principal(arn="arn:aws:iam:::role/team-*")
TRUST = statements({"Statement": {"Effect": "Allow", "Principal": {"Service": "servicecatalog.amazonaws.com"}}})
EVERYTHING = statements({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})
READS = statements({"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}})

ENVIRONMENT = Environment(name=DEV, account=DEV_ACCOUNT, sizing=EnvironmentClass.DEV, regions=(EAST,))
DECLARED = DeclaredPortfolio(
    name=PORTFOLIO,
    display_name="Teams",
    provider="Platform team",
    description="",
    tags=(),
    environments=(DEV,),
    offers=(Offer(product=QUEUE, environment=DEV, version=ONE),),
    principals=frozenset({PATTERN}),
    sharing=Sharing(target=ShareTarget.ACCOUNT),
    tag_options=frozenset(),
    constraints=frozenset(),
)
MANIFEST = Manifest(hub=Hub(account=HUB_ACCOUNT), environments=(ENVIRONMENT,), portfolios=(DECLARED,), systems=())
OFFERED = Portfolio(
    place=PLACE,
    name=PORTFOLIO,
    display_name="Teams",
    provider="Platform team",
    products=frozenset({QUEUE}),
    principals=frozenset({PATTERN}),
    shares=frozenset({Share(target=ShareTarget.ACCOUNT, id=DEV_ACCOUNT)}),
    constraints=frozenset({LaunchConstraint(product=QUEUE, local_role_name="factory-launch-queue")}),
)
PRODUCT = CatalogProduct(
    place=PLACE,
    name=QUEUE,
    description="",
    owner="Platform team",
    versions=(Version(name=ONE, digest=Digest("a" * 64)),),
)
CATALOG = Catalog(portfolios=(OFFERED,), products=(PRODUCT,))
TAGGED = Tagged(place=PLACE, portfolio=PORTFOLIO, id="port-1")
LAUNCHED = Launch(place=PLACE, name="orders", id="pp-1", product=QUEUE, version=ONE, status="AVAILABLE", offered=True)
ROLE = Role(name="factory-launch-queue", trust=TRUST, managed={"QueueLaunch1": READS})
BUCKET = Bucket(
    name="artifacts",
    blocks_public_access=True,
    policy=READS,
    key=Key(id="", state="Enabled", rotates=True, policy=READS),
)


def account(owner: str, id_: AccountId, bucket: Bucket | None = None) -> Account:
    """An account as it should be."""
    parameters = {LEDGER: "queue=0123456789ab", "/bucket": "artifacts"}
    found = replace(ROLE, arn=f"arn:aws:iam::{id_}:role/factory-launch-queue", managed={"arn:policy/x": READS})
    team = Role(name="team-a", arn=f"arn:aws:iam::{id_}:role/team-a")
    return Account(
        owner=owner,
        id=id_,
        identities=Identities(roles=(found, team)),
        regions=(
            AccountRegion(
                wanted=Prepared(region=EAST, parameters=parameters, roles={ROLE.name: ROLE}, bucket=bucket),
                stacks=(Stack(name="factory-account", status="CREATE_COMPLETE"),),
                parameters=parameters,
                bucket=replace(bucket, key=replace(bucket.key, id="key-1")) if bucket and bucket.key else None,
                enabled=True,
            ),
        ),
    )


HEALTHY = Facts(
    manifest=MANIFEST,
    environments=(ENVIRONMENT,),
    accounts=(account(HUB, HUB_ACCOUNT, BUCKET), account("dev", DEV_ACCOUNT)),
    read=(PLACE,),
    observed=CATALOG,
    desired=CATALOG,
    plan=Plan(),
    tagged=(TAGGED, Tagged(place=PLACE, product=QUEUE, id="prod-1")),
    hub_regions=(HubRegion(region=EAST, portfolios=1, products=1),),
    launches=(LAUNCHED,),
)


def with_account(index: int, **changes: Any) -> Facts:
    accounts = list(HEALTHY.accounts)
    accounts[index] = replace(accounts[index], **changes)
    return replace(HEALTHY, accounts=tuple(accounts))


def with_region(index: int, **changes: Any) -> Facts:
    (region,) = HEALTHY.accounts[index].regions
    return with_account(index, regions=(replace(region, **changes),))


def with_role(**changes: Any) -> Facts:
    identities = HEALTHY.accounts[1].identities
    assert identities is not None
    role, *others = identities.roles
    return with_account(1, identities=Identities(roles=(replace(role, **changes), *others)))


def observing(portfolio: Portfolio = OFFERED, product: CatalogProduct = PRODUCT, **more: Any) -> Facts:
    return replace(HEALTHY, observed=Catalog(portfolios=(portfolio,), products=(product,)), **more)


def with_principals(*principals: Principal) -> Facts:
    portfolio = replace(OFFERED, principals=frozenset(principals))
    catalog = Catalog(portfolios=(portfolio,), products=(PRODUCT,))
    return replace(HEALTHY, observed=catalog, desired=catalog)


def with_bucket(**changes: Any) -> Facts:
    bucket = HEALTHY.accounts[0].regions[0].bucket
    assert bucket is not None
    return with_region(0, bucket=replace(bucket, **changes))


def with_key(**changes: Any) -> Facts:
    bucket = HEALTHY.accounts[0].regions[0].bucket
    assert bucket is not None
    assert bucket.key is not None
    return with_bucket(key=replace(bucket.key, **changes))


def with_launch(**changes: Any) -> Facts:
    return replace(HEALTHY, launches=(replace(LAUNCHED, **changes),))


def with_options(portfolio: dict[str, TagOption], **product: Any) -> Facts:
    return replace(
        HEALTHY,
        tagged=(replace(TAGGED, active=portfolio), Tagged(place=PLACE, product=QUEUE, id="prod-1", **product)),
    )


def option(value: str) -> TagOption:
    return TagOption(key="Class", value=value)
