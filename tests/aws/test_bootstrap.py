"""Accounts are prepared: what is made where, and that a second run changes nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from factory.aws.bootstrap import Outcome, Setup, Step, bucket_name, prepare
from factory.aws.session import Accounts
from factory.catalog.environments import Environment, EnvironmentClass, Hub
from factory.catalog.model import AccountId, EnvironmentName, ProductName, Region
from factory.sandbox import process
from factory.synthesis import account, launch_roles
from factory.synthesis.artifact import Artifact

HUB = AccountId("111111111111")
EAST, WEST = Region("us-east-1"), Region("us-west-2")


def environment(name: str, account: str, *regions: Region) -> Environment:
    return Environment(
        name=EnvironmentName(name), account=AccountId(account), sizing=EnvironmentClass.DEV, regions=regions
    )


@pytest.fixture(scope="module")
def accounts(tmp_path_factory: pytest.TempPathFactory) -> Accounts:
    directory: Path = tmp_path_factory.mktemp("bootstrap")
    # One environment of its own in two regions, and one in the hub's account.
    environments = [environment("dev", "222222222222", WEST, EAST), environment("shared", HUB, EAST)]
    sandbox = process.start(directory, {"hub": HUB, "dev": "222222222222"}, [EAST, WEST])
    yield Accounts(Hub(account=HUB), environments, endpoint=sandbox.endpoint)
    process.stop(directory)


def run(accounts: Accounts, artifacts: dict[str, Artifact]) -> list[Step]:
    roles = launch_roles.launch_roles(artifacts.values(), {})
    setup = Setup(accounts=accounts, roles=lambda _: launch_roles.roles_template(roles.values()))
    return list(prepare(setup, poll_seconds=0.2))


def test_each_account_and_region_is_prepared_once(accounts: Accounts, artifacts: dict[str, Artifact]) -> None:
    done = run(accounts, artifacts)
    assert {item.outcome for item in done} == {Outcome.CREATED}
    assert [(item.stack, item.target.owner, item.target.region) for item in done] == [
        (account.STACK_NAME, "hub", WEST),
        (account.STACK_NAME, "hub", EAST),
        (account.STACK_NAME, "dev", WEST),
        (account.STACK_NAME, "dev", EAST),
        (launch_roles.STACK_NAME, "hub", WEST),
        (launch_roles.STACK_NAME, "dev", WEST),
    ]


def test_a_second_run_changes_nothing(accounts: Accounts, artifacts: dict[str, Artifact]) -> None:
    assert {item.outcome for item in run(accounts, artifacts)} == {Outcome.UNCHANGED}


def test_another_product_brings_its_role(accounts: Accounts, artifacts: dict[str, Artifact]) -> None:
    without = {name: artifact for name, artifact in artifacts.items() if name != "network"}
    assert [item.stack for item in run(accounts, without) if item.outcome is Outcome.UPDATED] == [
        launch_roles.STACK_NAME,
        launch_roles.STACK_NAME,
    ]
    iam = accounts.in_environment("iam", EnvironmentName("dev"), EAST)
    assert "factory-launch-network" not in names(iam)
    run(accounts, artifacts)
    assert {"factory-launch-network", "factory-launcher"} <= names(iam)


def test_only_the_hub_has_buckets_and_the_environments_may_read_them(accounts: Accounts) -> None:
    hub, dev = accounts.in_hub("s3", EAST), accounts.in_environment("s3", EnvironmentName("dev"), EAST)
    assert {bucket["Name"] for bucket in hub.list_buckets()["Buckets"]} == {
        bucket_name(HUB, EAST),
        bucket_name(HUB, WEST),
    }
    assert dev.list_buckets()["Buckets"] == []
    hub.put_object(Bucket=bucket_name(HUB, EAST), Key="assets/x.zip", Body=b"x")
    assert dev.get_object(Bucket=bucket_name(HUB, EAST), Key="assets/x.zip")["Body"].read() == b"x"


def test_a_template_that_no_request_takes_goes_by_way_of_the_bucket(
    artifacts: dict[str, Artifact], tmp_path: Path
) -> None:
    many = {
        f"copy-{number}": replace(artifacts["network"], product=ProductName(f"copy-{number}")) for number in range(8)
    }
    roles = launch_roles.launch_roles(many.values(), {})
    assert len(launch_roles.roles_template(roles.values())) > 51_200
    sandbox = process.start(tmp_path, {"hub": HUB, "dev": "222222222222"}, [EAST])
    try:
        fresh = Accounts(Hub(account=HUB), [environment("dev", "222222222222", EAST)], endpoint=sandbox.endpoint)
        done = run(fresh, many)
        assert {item.outcome for item in done} == {Outcome.CREATED}
        assert "factory-launch-copy-7" in names(fresh.in_environment("iam", EnvironmentName("dev"), EAST))
        assert {item.outcome for item in run(fresh, many)} == {Outcome.UNCHANGED}
    finally:
        process.stop(tmp_path)


def names(iam: object) -> set[str]:
    pages = iam.get_paginator("list_roles").paginate()  # type: ignore[attr-defined]
    return {role["RoleName"] for page in pages for role in page["Roles"]}
