"""Calls under IAM: what a session's policies do not allow is refused in each protocol, where that is switched on."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.exceptions import ClientError

from factory.sandbox.clients import Clients
from factory.sandbox.state import Sandbox

REGION = "us-east-1"
TAG = "factory:portfolio"


def control(sandbox: Sandbox, method: str) -> dict[str, Any]:
    connection = http.client.HTTPConnection(urlsplit(sandbox.endpoint).netloc)
    connection.request(method, "/_factory/permissions")
    found: dict[str, Any] = json.load(connection.getresponse())
    connection.close()
    return found


@pytest.fixture
def enforced(sandbox: Sandbox) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """Permissions count; gives what was asked."""
    control(sandbox, "PUT")
    yield lambda: control(sandbox, "GET")["asked"]
    control(sandbox, "DELETE")


@pytest.fixture
def session(sandbox: Sandbox, clients: Clients, account: str) -> Callable[..., Callable[[str], Any]]:
    """Gives clients of a role's session with these statements."""

    def clients_with(*statements: dict[str, Any]) -> Callable[[str], Any]:
        iam = clients.get("iam", account=account, region=REGION)
        trust = {"Effect": "Allow", "Principal": {"AWS": account}, "Action": "sts:AssumeRole"}
        iam.create_role(RoleName="worker", AssumeRolePolicyDocument=json.dumps({"Statement": [trust]}))
        document = json.dumps(
            {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **one} for one in statements]}
        )
        iam.put_role_policy(RoleName="worker", PolicyName="work", PolicyDocument=document)
        sts = clients.get("sts", account=account, region=REGION)
        arn = f"arn:aws:iam::{account}:role/worker"
        given = sts.assume_role(RoleArn=arn, RoleSessionName="session")["Credentials"]
        made = boto3.Session(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"], region_name=REGION)
        return lambda service: made.client(service, endpoint_url=sandbox.endpoint)

    return clients_with


def code(call: Callable[..., Any], **parameters: Any) -> str:
    """The code with which a call is refused, nothing where it is not."""
    try:
        call(**parameters)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return ""


def test_each_service_is_asked_about_its_own_resources(
    enforced: Callable[[], list[dict[str, Any]]],
    session: Callable[..., Callable[[str], Any]],
    aws: Callable[[str], Any],
    account: str,
) -> None:
    aws("ssm").put_parameter(Name="/ours/one", Value="1", Type="String")
    aws("ssm").put_parameter(Name="/theirs/one", Value="1", Type="String")
    bucket = f"bucket-{account}"
    aws("s3").create_bucket(Bucket=bucket)
    worker = session(
        {"Action": "ssm:GetParameter*", "Resource": f"arn:aws:ssm:*:{account}:parameter/ours/*"},
        {"Action": ["s3:PutObject"], "Resource": f"arn:aws:s3:::{bucket}/ours/*"},
        {"Action": "kms:DescribeKey", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/Of": "us"}}},
        {"Action": "cloudformation:DescribeStacks", "Resource": f"arn:aws:cloudformation:*:{account}:stack/ours-*"},
    )
    ssm, s3, cloudformation = worker("ssm"), worker("s3"), worker("cloudformation")
    assert code(ssm.get_parameter, Name="/ours/one") == ""
    assert code(ssm.get_parameter, Name="/theirs/one") == "AccessDeniedException"
    assert code(ssm.get_parameters, Names=["/ours/one"]) == ""
    assert code(ssm.get_parameters, Names=["/ours/one", "/theirs/one"]) == "AccessDeniedException"
    assert code(s3.put_object, Bucket=bucket, Key="ours/x", Body=b"") == ""
    assert code(s3.put_object, Bucket=bucket, Key="ours/x", Body=b"", Tagging="a=b") == "AccessDenied"
    assert code(s3.put_object, Bucket=bucket, Key="theirs/x", Body=b"") == "AccessDenied"
    assert code(cloudformation.describe_stacks, StackName="ours-1") == "ValidationError"
    assert code(cloudformation.describe_stacks, StackName="theirs") == "AccessDenied"
    kms = aws("kms")
    ours = kms.create_key(Tags=[{"TagKey": "Of", "TagValue": "us"}])["KeyMetadata"]["KeyId"]
    theirs = kms.create_key()["KeyMetadata"]["KeyId"]
    assert code(worker("kms").describe_key, KeyId=ours) == ""
    assert code(worker("kms").describe_key, KeyId=theirs) == "AccessDeniedException"
    assert code(worker("sts").get_caller_identity) == ""
    refused = [item["resource"].rpartition(":")[2] for item in enforced() if not item["allowed"]]
    assert refused == [
        *["parameter/theirs/one"] * 2,
        f"{bucket}/ours/x",
        f"{bucket}/theirs/x",
        "stack/theirs/*",
        f"key/{theirs}",
    ]


def test_portfolios_are_told_apart_by_their_tags(
    enforced: Callable[[], list[dict[str, Any]]],
    session: Callable[..., Callable[[str], Any]],
    aws: Callable[[str], Any],
) -> None:
    catalog = session(
        {
            "Action": "servicecatalog:CreatePortfolio",
            "Resource": "*",
            "Condition": {"Null": {f"aws:RequestTag/{TAG}": "false"}},
        },
        {
            "Action": "servicecatalog:UpdatePortfolio",
            "Resource": "*",
            "Condition": {"StringLike": {f"aws:ResourceTag/{TAG}": "dev/*"}},
        },
    )("servicecatalog")

    def made(by: Any, *tags: dict[str, str]) -> str:
        answer = by.create_portfolio(
            DisplayName="x", ProviderName="x", IdempotencyToken=f"token-{len(tags)}", Tags=list(tags)
        )
        return str(answer["PortfolioDetail"]["Id"])

    own, other = made(catalog, {"Key": TAG, "Value": "dev/x"}), made(aws("servicecatalog"))
    assert code(catalog.create_portfolio, DisplayName="x", ProviderName="x", IdempotencyToken="1") == (
        "AccessDeniedException"
    )
    assert code(catalog.update_portfolio, Id=own, DisplayName="y") == ""
    assert code(catalog.update_portfolio, Id=other, DisplayName="y") == "AccessDeniedException"
    assert code(catalog.update_portfolio, Id=other, AddTags=[{"Key": TAG, "Value": "dev/x"}]) == "AccessDeniedException"
    assert code(catalog.list_portfolios) == "AccessDeniedException"
    assert enforced()


def test_a_boundary_counts_and_an_accounts_root_may_do_everything(
    enforced: Callable[[], list[dict[str, Any]]],
    session: Callable[..., Callable[[str], Any]],
    aws: Callable[[str], Any],
) -> None:
    worker = session({"Action": "ssm:*", "Resource": "*"})
    document = json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
    )
    arn = aws("iam").create_policy(PolicyName="bound", PolicyDocument=document)["Policy"]["Arn"]
    assert code(worker("ssm").describe_parameters) == ""
    aws("iam").put_role_permissions_boundary(RoleName="worker", PermissionsBoundary=arn)
    assert code(worker("ssm").describe_parameters) == "AccessDeniedException"
    assert code(aws("ssm").describe_parameters) == ""
    assert {item["principal"].rpartition("/")[0].rpartition(":")[2] for item in enforced()} == {"assumed-role/worker"}


def test_nothing_is_asked_unless_it_is_switched_on(
    sandbox: Sandbox, session: Callable[..., Callable[[str], Any]]
) -> None:
    worker = session({"Action": "s3:ListAllMyBuckets", "Resource": "*"})
    assert code(worker("ssm").describe_parameters) == ""
    assert control(sandbox, "GET") == {"enforced": False, "asked": []}
