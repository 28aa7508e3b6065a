"""What an earlier stack left is found and taken back, and nothing else is."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest

from factory.aws.bootstrap import HUB, Outcome, Setup, StackStep, Step, bucket_name, carry_out, plan, plan_removal
from factory.aws.bootstrap.kinds import ACCOUNT
from factory.aws.session import Accounts
from factory.catalog.environments import Environment, EnvironmentClass, Hub
from factory.catalog.model import AccountId, EnvironmentName, Region
from factory.errors import LaunchError
from factory.sandbox.state import Sandbox

EAST = Region("us-east-1")
_IDS = (AccountId(str(number)) for number in itertools.count(810000000000))


class Home:
    """A hub that was prepared, used and taken down."""

    def __init__(self, sandbox: Sandbox) -> None:
        hub = Hub(account=next(_IDS))
        dev = Environment(name=EnvironmentName("dev"), account=next(_IDS), sizing=EnvironmentClass.DEV, regions=(EAST,))
        self.setup = Setup(accounts=Accounts(hub, [dev], endpoint=sandbox.endpoint), roles=lambda _: "{}")
        self.account = hub.account
        self.bucket = bucket_name(hub.account, EAST)
        self.s3, self.kms = self.client("s3"), self.client("kms")

    def client(self, service: str) -> Any:
        return self.setup.accounts.in_hub(service, EAST)

    @property
    def key(self) -> str:
        """The key that encrypts the bucket."""
        (rule,) = self.s3.get_bucket_encryption(Bucket=self.bucket)["ServerSideEncryptionConfiguration"]["Rules"]
        key: str = rule["ApplyServerSideEncryptionByDefault"]["KMSMasterKeyID"].rpartition("/")[2]
        return key

    def plan(self) -> list[Step]:
        kinds = (ACCOUNT,)
        return list(plan(self.setup, lambda _, target: target.owner == HUB, poll_seconds=0.1, kinds=kinds))

    def prepare(self) -> list[Step]:
        return list(carry_out(self.setup, self.plan(), poll_seconds=0.1))

    def take_down(self) -> None:
        steps = plan_removal(self.setup, lambda _, target: target.owner == HUB, poll_seconds=0.1, kinds=(ACCOUNT,))
        list(carry_out(self.setup, steps, poll_seconds=0.1))

    def lines(self) -> list[str]:
        """What the plan says that is taken back."""
        (step,) = self.plan()
        assert isinstance(step, StackStep)
        return [line for line in step.lines if line.startswith("takes back")]

    def stacks(self) -> list[str]:
        found = self.client("cloudformation").list_stacks()["StackSummaries"]
        return [item["StackStatus"] for item in found if item["StackStatus"] != "DELETE_COMPLETE"]


@pytest.fixture(scope="module")
def home(sandbox: Sandbox) -> Home:
    """The tests build on each other: each finds the hub taken down, with one object left in its bucket."""
    found = Home(sandbox)
    found.prepare()
    found.s3.put_object(Bucket=found.bucket, Key="templates/x", Body=b"{}")
    found.take_down()
    return found


def test_bucket_policy_and_key_come_back_as_the_template_has_them(home: Home) -> None:
    key = home.key
    home.s3.put_bucket_versioning(Bucket=home.bucket, VersioningConfiguration={"Status": "Suspended"})
    home.s3.delete_public_access_block(Bucket=home.bucket)
    denied = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:DeleteBucket",
        "Resource": f"arn:aws:s3:::{home.bucket}",
    }
    home.s3.put_bucket_policy(Bucket=home.bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [denied]}))
    home.kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    assert home.lines() == [
        f"takes back bucket {home.bucket}",
        f"takes back policy of bucket {home.bucket}",
        f"takes back key {key}, whose deletion is cancelled",
    ]
    (done,) = home.prepare()
    assert done.outcome is Outcome.CREATED
    assert home.key == key
    assert home.kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Enabled"
    assert home.s3.get_object(Bucket=home.bucket, Key="templates/x")["Body"].read() == b"{}"
    assert home.s3.get_bucket_versioning(Bucket=home.bucket)["Status"] == "Enabled"
    # That policy, key and public access are as they should be, a second look would tell.
    assert [step.outcome for step in home.plan()] == [Outcome.UNCHANGED]
    home.take_down()


def test_a_bucket_without_the_factorys_tags_is_refused(home: Home) -> None:
    tags = home.s3.get_bucket_tagging(Bucket=home.bucket)
    home.s3.delete_bucket_tagging(Bucket=home.bucket)
    with pytest.raises(LaunchError, match=f"a bucket {home.bucket} already, without the tags of the factory") as found:
        home.plan()
    assert f"aws s3api put-bucket-tagging --bucket {home.bucket}" in (found.value.hint or "")
    home.s3.put_bucket_tagging(Bucket=home.bucket, Tagging={"TagSet": tags["TagSet"]})


@pytest.mark.parametrize("default", [{"SSEAlgorithm": "AES256"}, "a key that is gone"])
def test_the_key_is_the_one_that_the_stack_made(home: Home, default: dict[str, str] | str) -> None:
    """Another default key is not taken over. Without any key, nobody could read what was published."""
    key = home.key
    gone = f"arn:aws:kms:{EAST}:{home.account}:key/11111111-2222-3333-4444-555555555555"
    given = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": gone} if isinstance(default, str) else default
    encrypt(home, given)
    if isinstance(default, str):
        with pytest.raises(LaunchError, match=f"can't be read any more: its key {gone} is gone"):
            home.plan()
    else:
        assert f"takes back key {key}" in home.lines()
    encrypt(home, {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key})


def test_a_bucket_that_another_stack_has_stays_there(home: Home) -> None:
    cloudformation = home.client("cloudformation")
    theirs = {"Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain", "Properties": {"BucketName": home.bucket}}
    drawn = cloudformation.create_change_set(
        StackName="theirs",
        ChangeSetName="theirs",
        ChangeSetType="IMPORT",
        TemplateBody=json.dumps({"Resources": {"Theirs": theirs}}),
        ResourcesToImport=[
            {
                "ResourceType": "AWS::S3::Bucket",
                "LogicalResourceId": "Theirs",
                "ResourceIdentifier": {"BucketName": home.bucket},
            }
        ],
    )
    cloudformation.execute_change_set(ChangeSetName=drawn["Id"])
    cloudformation.get_waiter("stack_import_complete").wait(StackName="theirs", WaiterConfig={"Delay": 1})
    with pytest.raises(LaunchError, match=f"stack factory-account failed: {home.bucket} already exists in stack arn:"):
        home.prepare()
    cloudformation.delete_stack(StackName="theirs")
    cloudformation.get_waiter("stack_delete_complete").wait(StackName=drawn["StackId"], WaiterConfig={"Delay": 1})
    assert home.stacks() == []


@pytest.mark.parametrize("after", ["CreateChangeSet", "ExecuteChangeSet"])
def test_an_interrupted_return_goes_on(home: Home, after: str) -> None:
    key = home.key

    def interrupt(**_: Any) -> None:
        raise KeyboardInterrupt

    client = home.client("cloudformation")
    client.meta.events.register_last(f"after-call.cloudformation.{after}", interrupt, unique_id="interrupt")
    with pytest.raises(KeyboardInterrupt):
        home.prepare()
    client.meta.events.unregister(f"after-call.cloudformation.{after}", unique_id="interrupt")
    home.prepare()
    assert [step.outcome for step in home.plan()] == [Outcome.UNCHANGED]
    assert home.key == key
    home.take_down()


def encrypt(home: Home, default: dict[str, str]) -> None:
    rules = {"Rules": [{"ApplyServerSideEncryptionByDefault": default}]}
    home.s3.put_bucket_encryption(Bucket=home.bucket, ServerSideEncryptionConfiguration=rules)
