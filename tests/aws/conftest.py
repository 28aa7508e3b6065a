"""One sandbox for all tests of this folder; every test works in a hub and two environments of its own."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from factory.authoring.product import ASSET_BUCKET
from factory.aws.artifacts import ArtifactStore
from factory.aws.patience import Patience
from factory.aws.reader import read
from factory.aws.session import Accounts
from factory.aws.writer import Report, apply
from factory.catalog.environments import Environment, EnvironmentClass, Hub
from factory.catalog.model import AccountId, Catalog, EnvironmentName, Place, Region
from factory.planning.plan import plan
from factory.sandbox import process
from factory.sandbox.state import Sandbox
from factory.synthesis.artifact import Artifact
from tests.aws.samples import ROLE

HOME = Region("us-east-1")
AWAY = Region("eu-west-1")


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A hub with an artifact bucket in each region, and environments dev (one region) and prod (two)."""

    endpoint: str
    hub: Hub
    dev: Environment
    prod: Environment
    direct: Accounts
    """The accounts, for whatever does not count calls."""

    @property
    def places(self) -> tuple[Place, ...]:
        """Every place, dev first."""
        return (*self.dev.places, *self.prod.places)

    def accounts(self) -> Accounts:
        """The accounts as a new run sees them, with no calls made."""
        return Accounts(self.hub, [self.dev, self.prod], endpoint=self.endpoint)

    def store(self, *regions: Region) -> ArtifactStore:
        """The artifact buckets as a new run sees them."""
        return ArtifactStore(self.direct, regions or (HOME, AWAY))

    def read(self) -> Catalog:
        """What is there."""
        return read(self.direct, self.places)[0]

    def publish(self, desired: Catalog, artifacts: Iterable[Artifact] = (), *, prune: bool = False) -> Report:
        """Plan and apply, as one run."""
        observed, ids = read(self.direct, self.places)
        work = plan(desired, observed, prune=prune)
        return apply(work, self.direct, ids, self.store(), artifacts, patience=PATIENCE)


PATIENCE = Patience(first_seconds=0.1, refusals=3)
"""For the sandbox, which settles sooner than AWS and never misses what it made."""


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox that runs. It serves any account id, also those that it was not told of."""
    directory = tmp_path_factory.mktemp("project")
    yield process.start(directory, {"hub": "111111111111"}, [HOME, AWAY])
    process.stop(directory)


@pytest.fixture(scope="session")
def make_world(sandbox: Sandbox) -> Callable[[], World]:
    """Makes accounts in which nothing is yet but artifact buckets and launch roles."""
    ids = (AccountId(str(number)) for number in itertools.count(700000000000))

    def make() -> World:
        dev, prod = (
            Environment(name=EnvironmentName(sizing.value), account=next(ids), sizing=sizing, regions=(HOME,))
            for sizing in (EnvironmentClass.DEV, EnvironmentClass.PROD)
        )
        hub = Hub(account=next(ids))
        prod = replace(prod, regions=(HOME, AWAY))
        accounts = Accounts(hub, [dev, prod], endpoint=sandbox.endpoint)
        for region in (HOME, AWAY):
            bucket = f"artifacts-{hub.account}-{region}"
            place = {} if region == HOME else {"CreateBucketConfiguration": {"LocationConstraint": region}}
            accounts.in_hub("s3", region).create_bucket(Bucket=bucket, **place)
            accounts.in_hub("ssm", region).put_parameter(Name=ASSET_BUCKET.key(), Value=bucket, Type="String")
        make_role(accounts.in_hub("iam", HOME))
        for environment in (dev, prod):
            make_role(accounts.in_environment("iam", environment.name, HOME))
        return World(endpoint=sandbox.endpoint, hub=hub, dev=dev, prod=prod, direct=accounts)

    return make


@pytest.fixture
def world(make_world: Callable[[], World]) -> World:
    """Accounts of the test's own."""
    return make_world()


@pytest.fixture
def dev(world: World) -> Place:
    """Where most tests publish."""
    return world.dev.places[0]


def make_role(iam: Any, name: str = ROLE) -> None:
    """Make a role that Service Catalog launches with."""
    trust = {"Effect": "Allow", "Principal": {"Service": "servicecatalog.amazonaws.com"}, "Action": "sts:AssumeRole"}
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=_document(trust))
    iam.put_role_policy(RoleName=name, PolicyName="everything", PolicyDocument=_document(everything))


def _document(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
