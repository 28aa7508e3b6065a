"""A sandbox that keeps its state: what was there before it stopped is there, and works, after the next start."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from factory.errors import SandboxError
from factory.sandbox import control, process
from factory.sandbox.clients import Clients
from factory.sandbox.keeping import StateDirectory
from factory.sandbox.organization import founded_over
from factory.sandbox.state import Sandbox

from .types.test_custom_resource import FUNCTION, custom

pytestmark = pytest.mark.slow

ACCOUNTS = {"hub": "111111111111", "dev": "222222222222"}
REGIONS = ("us-east-1",)
PATIENCE_SECONDS = 60.0

# Answers when it is told to, by a message: until then its stack is under way.
WAITING = """
import json
import time
import urllib.request

import boto3


def handler(event, context):
    sqs = boto3.client("sqs")
    url = sqs.get_queue_url(QueueName="go")["QueueUrl"]
    while event["RequestType"] == "Create" and not sqs.receive_message(QueueUrl=url).get("Messages"):
        time.sleep(0.05)
    names = ("StackId", "RequestId", "LogicalResourceId")
    answer = {"Status": "SUCCESS", "PhysicalResourceId": "waited", **{name: event[name] for name in names}}
    request = urllib.request.Request(event["ResponseURL"], data=json.dumps(answer).encode(), method="PUT")
    urllib.request.urlopen(request)
"""


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    """A directory whose sandbox, if one is left, is stopped after the test."""
    directory = tmp_path / "project"
    directory.mkdir()
    yield directory
    process.stop(directory)


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """Where the state is kept."""
    return tmp_path / "kept"


def client(sandbox: Sandbox, service: str, account: str = "dev") -> Any:
    return Clients(sandbox.endpoint).get(service, account=ACCOUNTS[account], region=REGIONS[0])


def wait(found: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not found():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def stack_status(cloudformation: Any, name: str) -> str:
    return str(cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"])


def outline(sandbox: Sandbox) -> dict[str, Any]:
    """What some services show of the account, ids and times included."""
    ec2, iam, s3, logs = (client(sandbox, service) for service in ("ec2", "iam", "s3", "logs"))
    return {
        "vpcs": ec2.describe_vpcs()["Vpcs"],
        "subnets": ec2.describe_subnets()["Subnets"],
        "acls": ec2.describe_network_acls()["NetworkAcls"],
        "roles": iam.list_roles()["Roles"],
        "buckets": s3.list_buckets()["Buckets"],
        "versions": s3.list_object_versions(Bucket="kept-objects")["Versions"],
        "log groups": logs.describe_log_groups()["logGroups"],
        "stacks": client(sandbox, "cloudformation").describe_stacks()["Stacks"],
        "stack sets": client(sandbox, "cloudformation").list_stack_sets()["Summaries"],
        "organization": control.organization(sandbox),
        "portfolios": client(sandbox, "servicecatalog", "hub").list_portfolios()["PortfolioDetails"],
    }


def fill(sandbox: Sandbox) -> None:
    """Make something of each kind: resources, versions of an object, amended settings, a stack with its function."""
    ec2, s3 = client(sandbox, "ec2"), client(sandbox, "s3")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    acl = ec2.create_network_acl(VpcId=vpc)["NetworkAcl"]["NetworkAclId"]
    entry = {"RuleNumber": 100, "Protocol": "6", "RuleAction": "allow", "Egress": False, "CidrBlock": "10.0.0.0/8"}
    ec2.create_network_acl_entry(NetworkAclId=acl, PortRange={"From": 80, "To": 81}, **entry)
    s3.create_bucket(Bucket="kept-objects")
    s3.put_bucket_versioning(Bucket="kept-objects", VersioningConfiguration={"Status": "Enabled"})
    for text in (b"first", b"\x00second"):
        s3.put_object(Bucket="kept-objects", Key="a/key", Body=text, Tagging="stage=one")
    client(sandbox, "logs").create_log_group(logGroupName="kept")
    queue = client(sandbox, "sqs").create_queue(QueueName="kept")["QueueUrl"]
    client(sandbox, "sqs").send_message(QueueUrl=queue, MessageBody="waiting")
    catalog = client(sandbox, "servicecatalog", "hub")
    catalog.create_portfolio(DisplayName="Kept", ProviderName="Platform", IdempotencyToken="once")
    organizations = client(sandbox, "organizations", "hub")
    root = organizations.list_roots()["Roots"][0]["Id"]
    home = organizations.list_parents(ChildId=ACCOUNTS["dev"])["Parents"][0]["Id"]
    unit = organizations.create_organizational_unit(ParentId=root, Name="Kept")["OrganizationalUnit"]["Id"]
    organizations.move_account(AccountId=ACCOUNTS["dev"], SourceParentId=home, DestinationParentId=unit)
    organizations.delete_organizational_unit(OrganizationalUnitId=home)
    cloudformation = client(sandbox, "cloudformation")
    cloudformation.create_stack_set(
        StackSetName="kept", TemplateBody='{"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}'
    )
    cloudformation.create_stack(
        StackName="custom",
        TemplateBody=json.dumps({"Resources": custom("before")}),
        Capabilities=["CAPABILITY_IAM"],
    )
    wait(lambda: stack_status(cloudformation, "custom") == "CREATE_COMPLETE")


def assumed(sandbox: Sandbox) -> dict[str, Any]:
    """Credentials of a role of the account."""
    role = client(sandbox, "iam").get_paginator("list_roles").paginate().build_full_result()["Roles"][0]
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": ACCOUNTS["dev"]}}
    client(sandbox, "iam").update_assume_role_policy(
        RoleName=role["RoleName"], PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    )
    given = client(sandbox, "sts").assume_role(RoleArn=role["Arn"], RoleSessionName="kept")["Credentials"]
    return {
        "aws_access_key_id": given["AccessKeyId"],
        "aws_secret_access_key": given["SecretAccessKey"],
        "aws_session_token": given["SessionToken"],
        "region_name": REGIONS[0],
    }


def test_everything_comes_back_and_works(project: Path, kept: Path) -> None:
    sandbox = process.start(project, ACCOUNTS, REGIONS, state=kept)
    assert (sandbox.state, sandbox.restored) == (str(kept), None)
    fill(sandbox)
    session = assumed(sandbox)
    who = boto3.client("sts", endpoint_url=sandbox.endpoint, **session).get_caller_identity()["Arn"]
    before = outline(sandbox)

    stopped = process.stop(project)
    assert stopped == process.Stopped(state=str(kept))
    assert [path.name for path in kept.iterdir()] == ["state.json"]
    again = process.start(project, ACCOUNTS, REGIONS, state=kept)

    assert again.endpoint == sandbox.endpoint
    assert again.restored
    assert outline(again) == before
    assert boto3.client("sts", endpoint_url=again.endpoint, **session).get_caller_identity()["Arn"] == who
    s3, sqs = client(again, "s3"), client(again, "sqs")
    texts = [
        s3.get_object(Bucket="kept-objects", Key="a/key", VersionId=version["VersionId"])["Body"].read()
        for version in before["versions"]
    ]
    assert sorted(texts) == [b"\x00second", b"first"]
    assert s3.get_object_tagging(Bucket="kept-objects", Key="a/key")["TagSet"] == [{"Key": "stage", "Value": "one"}]
    queue = sqs.get_queue_url(QueueName="kept")["QueueUrl"]
    assert [message["Body"] for message in sqs.receive_message(QueueUrl=queue)["Messages"]] == ["waiting"]
    catalog = client(again, "servicecatalog", "hub")
    catalog.create_portfolio(DisplayName="Kept", ProviderName="Platform", IdempotencyToken="once")
    assert catalog.list_portfolios()["PortfolioDetails"] == before["portfolios"]
    function_answers(again)


def function_answers(sandbox: Sandbox) -> None:
    """The custom resource's function is there: it runs for an update, and for the end."""
    cloudformation, sns = client(sandbox, "cloudformation"), client(sandbox, "sns")

    def topics() -> list[str]:
        return [topic["TopicArn"].rpartition(":")[2] for topic in sns.list_topics()["Topics"]]

    assert topics() == ["before"]
    cloudformation.update_stack(
        StackName="custom", TemplateBody=json.dumps({"Resources": custom("after")}), Capabilities=["CAPABILITY_IAM"]
    )
    wait(lambda: stack_status(cloudformation, "custom") == "UPDATE_COMPLETE")
    wait(lambda: topics() == ["after"])
    cloudformation.delete_stack(StackName="custom")
    wait(lambda: not cloudformation.list_stack_resources(StackName="custom")["StackResourceSummaries"] or not topics())
    wait(lambda: topics() == [])


def test_where_the_port_is_taken_addresses_follow(project: Path, kept: Path) -> None:
    sandbox = process.start(project, ACCOUNTS, REGIONS, state=kept)
    url = client(sandbox, "sqs").create_queue(QueueName="kept")["QueueUrl"]
    port = sandbox.endpoint.rpartition(":")[2]
    assert port in url
    process.stop(project)
    with socket.create_server(("127.0.0.1", int(port))):
        again = process.start(project, ACCOUNTS, REGIONS, state=kept)
        moved = client(again, "sqs").get_queue_url(QueueName="kept")["QueueUrl"]
        assert moved == url.replace(port, again.endpoint.rpartition(":")[2]) != url


def test_what_runs_and_what_is_asked_for_must_fit(project: Path, kept: Path, tmp_path: Path) -> None:
    process.start(project, ACCOUNTS, REGIONS, state=kept)
    assert process.start(project, ACCOUNTS, REGIONS) == process.start(project, ACCOUNTS, REGIONS, state=kept)
    with pytest.raises(SandboxError, match=f"one with the state of {kept} runs"):
        process.start(project, ACCOUNTS, REGIONS, state=tmp_path / "other")
    other = tmp_path / "other project"
    other.mkdir()
    with pytest.raises(SandboxError, match="another sandbox uses it"):
        process.start(other, ACCOUNTS, REGIONS, state=kept)
    assert list(other.iterdir()) == []

    kept.rmdir()
    kept.touch()
    with pytest.raises(SandboxError, match=f"state {kept}: it was not saved\n.*could not be saved: File exists"):
        process.stop(project)
    assert process.find(project) is None
    assert list(project.iterdir()) == []


def test_a_state_that_cannot_be_restored_starts_nothing(project: Path, kept: Path) -> None:
    kept.mkdir()
    (kept / "thesis.txt").touch()
    with pytest.raises(SandboxError, match="it is no state directory"):
        process.start(project, ACCOUNTS, REGIONS, state=kept)
    assert list(project.iterdir()) == []
    (kept / "thesis.txt").unlink()
    # Whole, but not what any sandbox wrote.
    directory = StateDirectory(path=kept)
    directory.save(
        {"emulator": {"ec2:handle_request": {}}},
        accounts=ACCOUNTS,
        regions=REGIONS,
        organization=founded_over(ACCOUNTS),
        port=0,
        saved="",
        left_out=(),
    )
    before = directory.file.read_bytes()
    with pytest.raises(SandboxError, match="it cannot be read: ec2:handle_request is no store"):
        process.start(project, ACCOUNTS, REGIONS, state=kept)
    assert list(project.iterdir()) == []
    assert directory.file.read_bytes() == before


def test_a_reset_empties_the_state_and_a_kill_leaves_the_last_one(project: Path, kept: Path) -> None:
    sandbox = process.start(project, ACCOUNTS, REGIONS, state=kept)
    client(sandbox, "s3").create_bucket(Bucket="first")
    process.stop(project)
    sandbox = process.start(project, ACCOUNTS, REGIONS, state=kept)
    client(sandbox, "s3").create_bucket(Bucket="second")
    os.kill(sandbox.pid, signal.SIGKILL)
    wait(lambda: process.find(project) is None)

    sandbox = process.start(project, ACCOUNTS, REGIONS, state=kept)
    assert [bucket["Name"] for bucket in client(sandbox, "s3").list_buckets()["Buckets"]] == ["first"]
    control.reset(project)
    assert list(kept.iterdir()) == []
    process.stop(project)

    sandbox = process.start(project, ACCOUNTS, REGIONS, state=kept)
    assert client(sandbox, "s3").list_buckets()["Buckets"] == []


def begin(sandbox: Sandbox) -> Any:
    """A stack that stays under way until there is a message for it."""
    function = {**FUNCTION["Function"]["Properties"], "Code": {"ZipFile": WAITING}}
    resources = {
        **FUNCTION,
        "Function": {**FUNCTION["Function"], "Properties": function},
        "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "beside"}},
        "Waits": {
            "Type": "Custom::Waits",
            "DependsOn": "Topic",
            "Properties": {"ServiceToken": {"Fn::GetAtt": ["Function", "Arn"]}},
        },
    }
    client(sandbox, "sqs").create_queue(QueueName="go")
    cloudformation = client(sandbox, "cloudformation")
    cloudformation.create_stack(
        StackName="slow", TemplateBody=json.dumps({"Resources": resources}), Capabilities=["CAPABILITY_IAM"]
    )

    def waiting() -> bool:
        events = cloudformation.describe_stack_events(StackName="slow")["StackEvents"]
        return any(event["LogicalResourceId"] == "Waits" for event in events)

    wait(waiting)
    return cloudformation


def test_a_stack_under_way_is_let_end(project: Path, kept: Path) -> None:
    sandbox = process.start(project, ACCOUNTS, REGIONS, state=kept)
    begin(sandbox)
    os.kill(sandbox.pid, signal.SIGTERM)
    # Nobody is sent to it any more, and it still answers.
    wait(lambda: process.find(project) is None)
    sqs = client(sandbox, "sqs")
    sqs.send_message(QueueUrl=sqs.get_queue_url(QueueName="go")["QueueUrl"], MessageBody="go")

    again = process.start(project, ACCOUNTS, REGIONS, state=kept)

    assert again.pid != sandbox.pid
    assert stack_status(client(again, "cloudformation"), "slow") == "CREATE_COMPLETE"


def test_a_stack_that_takes_too_long_has_failed_and_can_be_deleted(project: Path, kept: Path) -> None:
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "factory.sandbox.server", "--directory", str(project), "--state", str(kept)),
            *("--accounts", ",".join(f"{name}={account}" for name, account in ACCOUNTS.items()), "--settle", "0.2"),
        ],
        start_new_session=True,
    )
    wait(lambda: process.find(project) is not None)
    sandbox = process.find(project)
    assert sandbox is not None
    begin(sandbox)
    os.kill(server.pid, signal.SIGINT)
    assert server.wait(PATIENCE_SECONDS) == 0

    again = process.start(project, ACCOUNTS, REGIONS, state=kept)

    cloudformation = client(again, "cloudformation")
    assert stack_status(cloudformation, "slow") == "CREATE_FAILED"
    latest = cloudformation.describe_stack_events(StackName="slow")["StackEvents"][0]
    assert latest["ResourceStatusReason"] == "The sandbox was stopped while this was under way."
    cloudformation.delete_stack(StackName="slow")
    wait(lambda: client(again, "sns").list_topics()["Topics"] == [])
    wait(lambda: client(again, "iam").list_roles()["Roles"] == [])
