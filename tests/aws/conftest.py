"""One sandbox for all tests of this folder; every test works in a hub and two environments of its own."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from factory.authoring.assets import Asset
from factory.authoring.product import ASSET_BUCKET
from factory.aws.artifacts import ArtifactStore
from factory.aws.patience import Patience
from factory.aws.session import Accounts
from factory.catalog.environments import Environment, EnvironmentClass, Hub
from factory.catalog.model import AccountId, EnvironmentName, Place, ProductName, Region, VersionName
from factory.sandbox import process
from factory.sandbox.state import Sandbox
from factory.synthesis.artifact import Artifact

HOME = Region("us-east-1")
AWAY = Region("eu-west-1")
ROLE = "factory-launch"

PARAMETERS = """
 "Parameters": {
  "Environment": {"Type": "String", "AllowedValues": ["dev", "prod"], "Default": "dev"},
  "Size": {"Type": "String", "AllowedValues": ["small", "large"], "Default": "small"},
  "Owner": {"Type": "String", "AllowedPattern": "[a-z]+", "ConstraintDescription": "Lower-case letters."}
 },"""


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox that runs. It serves any account id, also those that it was not told of."""
    directory = tmp_path_factory.mktemp("project")
    yield process.start(directory, {"hub": "111111111111"}, [HOME, AWAY])
    process.stop(directory)


@pytest.fixture(scope="session")
def _account_ids() -> Iterator[AccountId]:
    return (AccountId(str(number)) for number in itertools.count(700000000000))


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A hub with an artifact bucket in each region, and environments dev and prod."""

    endpoint: str
    hub: Hub
    dev: Environment
    prod: Environment

    def accounts(self) -> Accounts:
        """The accounts, with a fresh count of calls."""
        return Accounts(self.hub, [self.dev, self.prod], endpoint=self.endpoint)

    def store(self, *regions: Region) -> ArtifactStore:
        """The artifact store of these regions, as a new run sees it."""
        return ArtifactStore(self.accounts(), regions or (HOME,))


@pytest.fixture
def world(sandbox: Sandbox, _account_ids: Iterator[AccountId]) -> World:
    """Accounts in which nothing is yet but the artifact buckets."""
    hub = Hub(account=next(_account_ids))
    dev, prod = (
        Environment(name=EnvironmentName(sizing.value), account=next(_account_ids), sizing=sizing, regions=(HOME,))
        for sizing in (EnvironmentClass.DEV, EnvironmentClass.PROD)
    )
    world = World(endpoint=sandbox.endpoint, hub=hub, dev=dev, prod=replace(prod, regions=(HOME, AWAY)))
    accounts = world.accounts()
    for region in (HOME, AWAY):
        bucket = f"artifacts-{hub.account}-{region}"
        s3 = accounts.in_hub("s3", region)
        place = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        s3.create_bucket(Bucket=bucket, **place)
        accounts.in_hub("ssm", region).put_parameter(Name=ASSET_BUCKET.key(), Value=bucket, Type="String")
    for environment in (world.dev, world.prod):
        _make_role(accounts.in_environment("iam", environment.name, HOME))
    _make_role(accounts.in_hub("iam", HOME))
    return world


def _make_role(iam: Any) -> None:
    trust = {"Effect": "Allow", "Principal": {"Service": "servicecatalog.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=document)


@pytest.fixture
def dev(world: World) -> Place:
    """Where most tests publish."""
    return world.dev.places[0]


@pytest.fixture
def patience() -> Patience:
    """Waits for the sandbox, which settles sooner than AWS."""
    return Patience(first_seconds=0.1)


def make_artifact(
    product: str = "sample",
    version: str = "1.0.0",
    *,
    text: str = "",
    parameters: str = "",
    assets: tuple[Asset, ...] = (),
) -> Artifact:
    """A product that makes one topic; the text makes its template differ from others."""
    code = "".join(f', "{number}": "{asset.key}"' for number, asset in enumerate(assets))
    body = f"""{{
 "AWSTemplateFormatVersion": "2010-09-09",
 "Description": "{text}",{parameters}
 "Metadata": {{"Code": "none"{code}}},
 "Resources": {{"Topic": {{"Type": "AWS::SNS::Topic", "Properties": {{}}}}}},
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
        provides=frozenset(),
    )


MakeArtifact = Callable[..., Artifact]
