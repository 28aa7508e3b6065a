"""Who may call: keys that nobody was given are refused in each protocol, roles let in whom they trust."""

from __future__ import annotations

import json
from collections.abc import Callable
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
