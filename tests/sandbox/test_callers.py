"""Who may call: keys that nobody was given are refused in each protocol, roles let in whom they trust."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from factory.sandbox.clients import Clients
from factory.sandbox.state import Sandbox

REGION = "us-east-1"


@pytest.mark.parametrize(
    ("service", "operation", "code"),
    [
        ("sts", "get_caller_identity", "InvalidClientTokenId"),
        ("cloudformation", "list_stacks", "InvalidClientTokenId"),
        ("ec2", "describe_vpcs", "AuthFailure"),
        ("s3", "list_buckets", "InvalidAccessKeyId"),
        ("dynamodb", "list_tables", "UnrecognizedClientException"),
        ("lambda", "list_functions", "UnrecognizedClientException"),
        ("servicecatalog", "list_portfolios", "UnrecognizedClientException"),
    ],
)
def test_an_unknown_access_key_is_refused(sandbox: Sandbox, service: str, operation: str, code: str) -> None:
    key = "AKIAIOSFODNN7EXAMPLE"
    session = boto3.Session(aws_access_key_id=key, aws_secret_access_key=key, region_name=REGION)
    client = session.client(service, endpoint_url=sandbox.endpoint)
    with pytest.raises(ClientError) as refused:
        getattr(client, operation)()
    assert refused.value.response["Error"]["Code"] == code


def make_role(iam: Any, name: str, principal: dict[str, str], condition: dict[str, Any] | None = None) -> None:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    trust = {"Version": "2012-10-17", "Statement": [statement | ({"Condition": condition} if condition else {})]}
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))


def assume(clients: Clients, caller: str, role_arn: str, **given: str) -> Any:
    sts = clients.get("sts", account=caller, region=REGION)
    return sts.assume_role(RoleArn=role_arn, RoleSessionName="session", **given)


def test_a_role_that_is_not_there_cannot_be_assumed(clients: Clients, account: str) -> None:
    arn = f"arn:aws:iam::{account}:role/absent"
    with pytest.raises(ClientError, match=f"not authorized to perform: sts:AssumeRole on resource: {arn}"):
        assume(clients, "111111111111", arn)


@pytest.mark.parametrize(
    "principal",
    [{"Service": "servicecatalog.amazonaws.com"}, {"AWS": "arn:aws:iam::333333333333:root"}],
    ids=["a service", "another account"],
)
def test_a_role_that_trusts_somebody_else_cannot_be_assumed(
    clients: Clients, aws: Callable[[str], Any], account: str, principal: dict[str, str]
) -> None:
    make_role(aws("iam"), "theirs", principal)
    with pytest.raises(ClientError, match="AccessDenied"):
        assume(clients, "111111111111", f"arn:aws:iam::{account}:role/theirs")


def test_a_session_acts_in_the_account_of_its_role(
    sandbox: Sandbox, clients: Clients, aws: Callable[[str], Any], account: str
) -> None:
    make_role(aws("iam"), "deployer", {"AWS": "arn:aws:iam::111111111111:root"})
    session = assume(clients, "111111111111", f"arn:aws:iam::{account}:role/deployer")["Credentials"]
    client = boto3.Session(
        aws_access_key_id=session["AccessKeyId"],
        aws_secret_access_key=session["SecretAccessKey"],
        aws_session_token=session["SessionToken"],
        region_name=REGION,
    ).client("sts", endpoint_url=sandbox.endpoint)
    identity = client.get_caller_identity()
    assert identity["Account"] == account
    assert identity["Arn"] == f"arn:aws:sts::{account}:assumed-role/deployer/session"


def test_an_external_id_must_be_the_right_one(clients: Clients, aws: Callable[[str], Any], account: str) -> None:
    condition = {"StringEquals": {"sts:ExternalId": "agreed"}}
    make_role(aws("iam"), "external", {"AWS": "arn:aws:iam::111111111111:root"}, condition)
    arn = f"arn:aws:iam::{account}:role/external"
    assert assume(clients, "111111111111", arn, ExternalId="agreed")["Credentials"]
    for wrong in ({}, {"ExternalId": "guessed"}):
        with pytest.raises(ClientError, match="AccessDenied"):
            assume(clients, "111111111111", arn, **wrong)


@pytest.mark.parametrize(
    ("changed", "comes_in"),
    [
        ({}, True),
        ({"name": "visitor"}, False),
        ({"tag": "billing"}, False),
        ({"allows": "arn:aws:iam::333333333333:role/elsewhere"}, False),
    ],
    ids=["as agreed", "another name", "another tag", "not allowed to leave"],
)
def test_a_role_of_another_account_is_known_by_name_and_tags(
    changed: dict[str, str], comes_in: bool, sandbox: Sandbox, clients: Clients, account: str
) -> None:
    """Its session counts as the role, and the role's own policies have to let it go there."""
    theirs, home = clients.get("iam", account="333333333333", region=REGION), account
    there = f"arn:aws:iam::{home}:role/deploy"
    given = {"name": f"pipeline-{home}", "tag": "orders", "allows": there, **changed}
    condition = {
        "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::333333333333:role/pipeline-*"},
        "StringEquals": {"aws:PrincipalTag/Service": ["orders"]},
    }
    own = clients.get("iam", account=home, region=REGION)
    make_role(own, "deploy", {"AWS": "arn:aws:iam::333333333333:root"}, condition)
    name = f"{given['name']}-{home}"
    make_role(theirs, name, {"AWS": "arn:aws:iam::333333333333:root"})
    theirs.tag_role(RoleName=name, Tags=[{"Key": "Service", "Value": given["tag"]}])
    leave = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": given["allows"]}
    theirs.put_role_policy(RoleName=name, PolicyName="leave", PolicyDocument=json.dumps({"Statement": [leave]}))
    session = assume(clients, "333333333333", f"arn:aws:iam::333333333333:role/{name}")["Credentials"]
    sts = boto3.Session(
        aws_access_key_id=session["AccessKeyId"],
        aws_secret_access_key=session["SecretAccessKey"],
        aws_session_token=session["SessionToken"],
        region_name=REGION,
    ).client("sts", endpoint_url=sandbox.endpoint)
    with nullcontext() if comes_in else pytest.raises(ClientError, match="AccessDenied"):
        sts.assume_role(RoleArn=there, RoleSessionName="session")
