"""Accounts are prepared: what is made where, and that a second run changes nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from botocore.exceptions import WaiterError

from factory.aws.bootstrap import Outcome, Setup, Step, bucket_name, carry_out, plan, plan_removal, prepare
from factory.aws.session import Accounts
from factory.catalog.environments import Environment, EnvironmentClass, Hub
from factory.catalog.model import AccountId, EnvironmentName, ProductName, Region
from factory.errors import LaunchError
from factory.sandbox import process
from factory.synthesis import account, launch_roles
from factory.synthesis.artifact import Artifact

HUB = AccountId("111111111111")
EAST, WEST = Region("us-east-1"), Region("us-west-2")
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
# Of six stacks, four of them of accounts in their regions, two in regions with a bucket of the hub.
LOOKS = {
    "cloudformation:DescribeStacks": 6,
    "cloudformation:GetTemplate": 6,
    "iam:GetAccountAuthorizationDetails": 2,
    "kms:DescribeKey": 2,
    "kms:GetKeyPolicy": 2,
    "kms:GetKeyRotationStatus": 2,
    "s3:GetBucketEncryption": 2,
    "s3:GetBucketPolicy": 2,
    "s3:GetPublicAccessBlock": 2,
    "ssm:GetParameters": 6,
}


def environment(name: str, account: str, *regions: Region) -> Environment:
    return Environment(
        name=EnvironmentName(name), account=AccountId(account), sizing=EnvironmentClass.DEV, regions=regions
    )


@pytest.fixture(scope="module")
def accounts(tmp_path_factory: pytest.TempPathFactory) -> Accounts:
    directory: Path = tmp_path_factory.mktemp("bootstrap")
    # One environment of its own in two regions, and one in the hub's account.
    environments = [environment("dev", "222222222222", WEST, EAST), environment("shared", HUB, EAST)]
    sandbox = process.start(
        directory, {"hub": HUB, "dev": "222222222222", "further": "333333333333", "other": "444444444444"}, [EAST, WEST]
    )
    yield Accounts(Hub(account=HUB), environments, endpoint=sandbox.endpoint)
    process.stop(directory)


def setup(accounts: Accounts, artifacts: dict[str, Artifact]) -> Setup:
    roles = launch_roles.launch_roles(artifacts.values(), {})
    return Setup(accounts=accounts, roles=lambda _: launch_roles.roles_template(roles.values()))


def run(accounts: Accounts, artifacts: dict[str, Artifact]) -> list[Step]:
    return list(prepare(setup(accounts, artifacts), poll_seconds=0.2))


def test_each_account_and_region_is_prepared_once(accounts: Accounts, artifacts: dict[str, Artifact]) -> None:
    accounts.calls.clear()
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
    # What is yet to be made was changed by nobody.
    assert {name.partition(":")[0] for name in accounts.calls} == {"cloudformation", "s3"}


def test_a_second_run_changes_nothing(accounts: Accounts, artifacts: dict[str, Artifact]) -> None:
    accounts.calls.clear()
    assert {item.outcome for item in run(accounts, artifacts)} == {Outcome.UNCHANGED}
    assert accounts.calls == LOOKS


def test_a_boundary_is_the_account_owners_to_set(accounts: Accounts, artifacts: dict[str, Artifact]) -> None:
    cloudformation = accounts.in_environment("cloudformation", EnvironmentName("dev"), WEST)
    iam = accounts.in_environment("iam", EnvironmentName("dev"), WEST)
    document = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'
    bound = iam.create_policy(PolicyName="bound", PolicyDocument=document)["Policy"]["Arn"]
    kept = [
        {"ParameterKey": item["ParameterKey"], "UsePreviousValue": True}
        for item in cloudformation.describe_stacks(StackName=account.STACK_NAME)["Stacks"][0]["Parameters"]
        if item["ParameterKey"] != "PermissionsBoundary"
    ]
    cloudformation.update_stack(
        StackName=account.STACK_NAME,
        UsePreviousTemplate=True,
        Parameters=[*kept, {"ParameterKey": "PermissionsBoundary", "ParameterValue": bound}],
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    cloudformation.get_waiter("stack_update_complete").wait(StackName=account.STACK_NAME, WaiterConfig={"Delay": 1})
    assert {item.outcome for item in run(accounts, artifacts)} == {Outcome.UNCHANGED}
    role = iam.get_role(RoleName="factory-publisher")["Role"]
    assert role["PermissionsBoundary"]["PermissionsBoundaryArn"] == bound


def test_a_plan_tells_what_becomes_of_resources_and_changes_nothing(
    accounts: Accounts, artifacts: dict[str, Artifact]
) -> None:
    without = {name: artifact for name, artifact in artifacts.items() if name != "network"}
    accounts.calls.clear()
    step = plan(setup(accounts, without), poll_seconds=0.2)[-1]
    assert (step.outcome, step.subject, step.target.owner) == (Outcome.UPDATED, launch_roles.STACK_NAME, "dev")
    assert "  NetworkLaunchRole (AWS::IAM::Role) removed" in step.lines
    assert accounts.calls == LOOKS


def test_a_stack_that_cannot_be_updated_is_explained(accounts: Accounts, artifacts: dict[str, Artifact]) -> None:
    further = environment("further", "333333333333", EAST)
    wider = Accounts(accounts.hub, [*accounts.environments.values(), further], endpoint=accounts._endpoint)
    cloudformation = wider.in_environment("cloudformation", further.name, EAST)
    taken = {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": bucket_name(HUB, EAST)}}}
    cloudformation.create_stack(StackName=account.STACK_NAME, TemplateBody=json.dumps({"Resources": taken}))
    with pytest.raises(WaiterError):
        cloudformation.get_waiter("stack_create_complete").wait(
            StackName=account.STACK_NAME, WaiterConfig={"Delay": 1, "MaxAttempts": 20}
        )
    with pytest.raises(LaunchError, match="stack factory-account is ROLLBACK_COMPLETE: CloudFormation can't update it"):
        plan(setup(wider, artifacts), poll_seconds=0.2)
    cloudformation.delete_stack(StackName=account.STACK_NAME)


def test_what_stands_in_the_way_is_named(accounts: Accounts, artifacts: dict[str, Artifact]) -> None:
    other = environment("other", "444444444444", EAST)
    wider = Accounts(accounts.hub, [*accounts.environments.values(), other], endpoint=accounts._endpoint)
    trust = {"Effect": "Allow", "Principal": {"AWS": HUB}, "Action": "sts:AssumeRole"}
    wider.in_environment("iam", other.name, EAST).create_role(
        RoleName="factory-publisher", AssumeRolePolicyDocument=json.dumps({"Statement": [trust]})
    )
    prepared = setup(wider, artifacts)
    steps = [step for step in plan(prepared, poll_seconds=0.2) if step.target.owner == "other"]
    with pytest.raises(LaunchError, match=r"stack factory-account failed: EnvironmentPublisher: .*factory-publisher"):
        list(carry_out(prepared, steps, poll_seconds=0.2))


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
    made = [item for page in pages for item in page["Policies"] if item["PolicyName"].count("-") > 1]
    policies = {item["PolicyName"].split("-")[-2]: item["Arn"] for item in made}
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
    own = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{HUB}:root"}, "Action": "kms:*", "Resource": "*"}
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=json.dumps({"Statement": [own]}))
    kms.disable_key(KeyId=key)
    plain = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
    hub.put_bucket_encryption(Bucket=bucket_name(HUB, WEST), ServerSideEncryptionConfiguration=plain)

    shown = [item for item in plan(setup(accounts, artifacts), poll_seconds=0.2) if item.outcome is Outcome.RESTORED]
    assert f"bucket {bucket_name(HUB, WEST)}: it is not encrypted with a key of its own" in shown[0].lines
    assert shown[2].lines == ("role factory-launcher: it lacks 1 of its policies, as made",)
    assert len(shown[3].lines) == 4
    restored = [item for item in run(accounts, artifacts) if item.outcome is Outcome.RESTORED]
    assert [item.lines for item in restored] == [item.lines for item in shown]
    assert [(item.stack, item.target.owner, item.target.region) for item in restored] == [
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


def test_what_was_prepared_is_taken_down_in_the_reverse_order(
    accounts: Accounts, artifacts: dict[str, Artifact]
) -> None:
    prepared = setup(accounts, artifacts)
    steps = plan_removal(prepared, poll_seconds=0.2)
    assert [(step.subject, step.target.owner, step.target.region) for step in steps] == [
        (launch_roles.STACK_NAME, "dev", WEST),
        (launch_roles.STACK_NAME, "hub", WEST),
        (account.STACK_NAME, "dev", EAST),
        (account.STACK_NAME, "dev", WEST),
        (account.STACK_NAME, "hub", EAST),
        (account.STACK_NAME, "hub", WEST),
    ]
    assert [line for line in steps[-1].lines if bucket_name(HUB, WEST) in line and "delete-bucket" in line]
    assert len(list(carry_out(prepared, steps, poll_seconds=0.2))) == len(steps)
    assert plan_removal(prepared, poll_seconds=0.2) == ()
    assert {bucket["Name"] for bucket in accounts.in_hub("s3", EAST).list_buckets()["Buckets"]} == {
        bucket_name(HUB, EAST),
        bucket_name(HUB, WEST),
    }
    with pytest.raises(LaunchError, match=f"there is a bucket {bucket_name(HUB, WEST)} already"):
        plan(prepared, poll_seconds=0.2)


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
