"""Accounts are prepared: what is made where, and that a second run changes nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from factory.aws.bootstrap import Outcome, Prepared, bucket_name, prepare
from factory.aws.session import Accounts
from factory.catalog.environments import Environment, EnvironmentClass, Hub
from factory.catalog.model import AccountId, EnvironmentName, ProductName, Region
from factory.sandbox import process
from factory.synthesis import account, launch_roles
from factory.synthesis.artifact import Artifact

HUB = AccountId("111111111111")
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
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


def run(accounts: Accounts, artifacts: dict[str, Artifact]) -> list[Prepared]:
    roles = launch_roles.launch_roles(artifacts.values(), {})
    return list(prepare(accounts, lambda: launch_roles.roles_template(roles.values()), poll_seconds=0.2))


def test_each_account_and_region_is_prepared_once(accounts: Accounts, artifacts: dict[str, Artifact]) -> None:
    done = run(accounts, artifacts)
    assert {item.outcome for item in done} == {Outcome.CREATED}
    assert [(item.stack, item.owner, item.region) for item in done] == [
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


def test_what_was_changed_by_hand_is_as_it_was_made(accounts: Accounts, artifacts: dict[str, Artifact]) -> None:
    dev, hub = EnvironmentName("dev"), accounts.in_hub("s3", EAST)
    iam, kms = accounts.in_environment("iam", dev, WEST), accounts.in_hub("kms", EAST)
    pages = iam.get_paginator("list_policies").paginate(Scope="Local")
    policies = {item["PolicyName"].split("-")[-2]: item["Arn"] for page in pages for item in page["Policies"]}
    wide = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
    for _ in range(4):
        # As many versions as there may be.
        iam.create_policy_version(PolicyArn=policies["QueueLaunch1"], PolicyDocument=wide, SetAsDefault=True)
    iam.detach_role_policy(RoleName="factory-launch-function", PolicyArn=policies["FunctionLaunch1"])
    iam.delete_policy(PolicyArn=policies["FunctionLaunch1"])
    iam.put_role_permissions_boundary(RoleName="factory-launch-network", PermissionsBoundary=ADMINISTRATOR)
    iam.put_role_policy(RoleName="factory-launch-network", PolicyName="more", PolicyDocument=wide)
    iam.delete_role_policy(RoleName="factory-launcher", PolicyName="launch")
    bucket = bucket_name(HUB, EAST)
    rules = hub.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    key = rules[0]["ApplyServerSideEncryptionByDefault"]["KMSMasterKeyID"]
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=json.dumps({"Statement": []}))
    kms.disable_key(KeyId=key)
    plain = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
    hub.put_bucket_encryption(Bucket=bucket_name(HUB, WEST), ServerSideEncryptionConfiguration=plain)

    restored = [item for item in run(accounts, artifacts) if item.outcome is Outcome.RESTORED]
    assert [(item.stack, item.owner, item.region) for item in restored] == [
        (account.STACK_NAME, "hub", WEST),
        (account.STACK_NAME, "hub", EAST),
        (account.STACK_NAME, "dev", WEST),
        (launch_roles.STACK_NAME, "dev", WEST),
    ]
    assert {item.outcome for item in run(accounts, artifacts)} == {Outcome.UNCHANGED}
    policy = iam.get_policy(PolicyArn=policies["QueueLaunch1"])["Policy"]
    version = iam.get_policy_version(PolicyArn=policy["Arn"], VersionId=policy["DefaultVersionId"])["PolicyVersion"]
    assert "*" not in [statement["Action"] for statement in version["Document"]["Statement"]]
    assert "PermissionsBoundary" not in iam.get_role(RoleName="factory-launch-network")["Role"]
    assert iam.list_role_policies(RoleName="factory-launch-network")["PolicyNames"] == []
    attached = iam.list_attached_role_policies(RoleName="factory-launch-function")["AttachedPolicies"]
    assert len(attached) == len([name for name in policies if name.startswith("FunctionLaunch")])
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Enabled"
    assert kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"]


def test_a_bucket_that_is_gone_is_made_anew(accounts: Accounts, artifacts: dict[str, Artifact]) -> None:
    bucket, s3 = bucket_name(HUB, WEST), accounts.in_hub("s3", WEST)
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        for item in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
            s3.delete_object(Bucket=bucket, Key=item["Key"], VersionId=item["VersionId"])
    s3.delete_bucket(Bucket=bucket)
    assert Outcome.RESTORED in {item.outcome for item in run(accounts, artifacts)}
    block = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    assert set(block.values()) == {True}
    assert {item.outcome for item in run(accounts, artifacts)} == {Outcome.UNCHANGED}


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
