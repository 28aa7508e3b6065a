"""Calls that set something up without a stack, and are refused in the protocol of their service."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import pytest
from botocore.exceptions import ClientError

from factory.sandbox.stacks.account import Account
from tests.sandbox.demands.case import GONE, ROOT, allow, document, filled
from tests.sandbox.demands.standing import ref, trust


class Call(NamedTuple):
    """A call that is refused with a code; `Ref` and `Fn::Sub` stand for what stands, documents are written as JSON."""

    service: str
    operation: str
    given: dict[str, Any]
    code: str


ROLE, POLICY = {"Fn::Sub": "arn:aws:iam::{Account}:role/Worker"}, {"Fn::Sub": "arn:aws:iam::{Account}:policy/gone"}
IN_GONE = document(Principal={"AWS": GONE}, Action="sts:AssumeRole")
NO_CHANGES = document(Principal={"AWS": ROOT}, Action="kms:Encrypt", Resource="*")
PUBLIC = document(Principal="*", Action="s3:GetObject", Resource={"Fn::Sub": "{BucketArn}/*"})
WORKER = {"RoleName": "Worker"}

CALLS = {
    "a role whose name differs in case only": Call(
        "iam", "create_role", {"RoleName": "WORKER", "AssumeRolePolicyDocument": trust("ec2")}, "EntityAlreadyExists"
    ),
    "a role that trusts nobody who is there": Call(
        "iam", "create_role", {"RoleName": "new", "AssumeRolePolicyDocument": IN_GONE}, "MalformedPolicyDocument"
    ),
    "a role with a boundary that is not there": Call(
        "iam",
        "create_role",
        {"RoleName": "new", "AssumeRolePolicyDocument": trust("ec2"), "PermissionsBoundary": POLICY},
        "NoSuchEntity",
    ),
    "trust in a role that is not there": Call(
        "iam", "update_assume_role_policy", {**WORKER, "PolicyDocument": IN_GONE}, "MalformedPolicyDocument"
    ),
    "too much in a role": Call(
        "iam", "put_role_policy", {**WORKER, "PolicyName": "it", "PolicyDocument": allow(450)}, "LimitExceeded"
    ),
    "too large a policy": Call(
        "iam", "create_policy", {"PolicyName": "it", "PolicyDocument": allow(300)}, "LimitExceeded"
    ),
    "a policy that is not there": Call("iam", "attach_role_policy", {**WORKER, "PolicyArn": POLICY}, "NoSuchEntity"),
    "a boundary that is not there": Call(
        "iam", "put_role_permissions_boundary", {**WORKER, "PermissionsBoundary": POLICY}, "NoSuchEntity"
    ),
    "a session longer than the role's": Call(
        "sts", "assume_role", {"RoleArn": ROLE, "RoleSessionName": "it", "DurationSeconds": 7200}, "ValidationError"
    ),
    "a session's name with spaces": Call(
        "sts", "assume_role", {"RoleArn": ROLE, "RoleSessionName": "i t"}, "ValidationError"
    ),
    "a key policy that leaves nobody in charge": Call(
        "kms",
        "put_key_policy",
        {"KeyId": ref("Key"), "PolicyName": "default", "Policy": NO_CHANGES},
        "MalformedPolicyDocumentException",
    ),
    "a bucket's name that S3 keeps": Call("s3", "create_bucket", {"Bucket": "xn--it"}, "InvalidBucketName"),
    "a bucket policy that is no JSON": Call(
        "s3", "put_bucket_policy", {"Bucket": ref("Bucket"), "Policy": "{"}, "MalformedPolicy"
    ),
    "a bucket open to everybody": Call(
        "s3", "put_bucket_policy", {"Bucket": ref("Bucket"), "Policy": PUBLIC}, "AccessDenied"
    ),
    "too long a parameter": Call(
        "ssm", "put_parameter", {"Name": "/it", "Type": "String", "Value": "a" * 5000}, "ValidationException"
    ),
    "eleven parameters at once": Call(
        "ssm", "get_parameters", {"Names": [f"/{number}" for number in range(11)]}, "ValidationException"
    ),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=list(CALLS))
def test_it_is_refused(call: Call, account: Account, standing: dict[str, str]) -> None:
    given = filled(call.given, standing)
    written = {key: json.dumps(value) if isinstance(value, dict) else value for key, value in given.items()}
    with pytest.raises(ClientError) as refused:
        getattr(account.client(call.service), call.operation)(**written)
    assert refused.value.response["Error"]["Code"] == call.code


def test_a_role_takes_ten_managed_policies(account: Account, standing: dict[str, str]) -> None:
    iam = account.client("iam")
    for number in range(10):
        policy = iam.create_policy(PolicyName=f"p{number}", PolicyDocument=json.dumps(allow()))["Policy"]["Arn"]
        iam.attach_role_policy(RoleName=standing["Machine"], PolicyArn=policy)
    iam.attach_role_policy(RoleName=standing["Machine"], PolicyArn=policy)
    more = iam.create_policy(PolicyName="more", PolicyDocument=json.dumps(allow()))["Policy"]["Arn"]
    with pytest.raises(iam.exceptions.LimitExceededException, match="PoliciesPerRole: 10"):
        iam.attach_role_policy(RoleName=standing["Machine"], PolicyArn=more)


def test_a_parameter_keeps_its_type(account: Account) -> None:
    ssm = account.client("ssm")
    ssm.put_parameter(Name="/typed", Type="String", Value="a")
    with pytest.raises(ssm.exceptions.HierarchyTypeMismatchException):
        ssm.put_parameter(Name="/typed", Type="SecureString", Value="a", Overwrite=True)
    ssm.put_parameter(Name="/typed", Type="String", Value="b", Overwrite=True)
