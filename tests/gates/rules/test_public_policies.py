"""House rule E9107: no resource's policy opens it to everybody."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, NOTHING, ask, resource

EVERYBODY = {"Sid": "It", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}
OWN = {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


def policy(**changes: Any) -> dict[str, Any]:
    return resource("AWS::S3::BucketPolicy", PolicyDocument={"Statement": [{**EVERYBODY, **changes}]})


def when(operator: str, key: str, value: Any) -> dict[str, Any]:
    return policy(Condition={operator: {key: value}})


@pytest.mark.parametrize(
    "good",
    [
        policy(Effect="Deny"),
        policy(Principal={"AWS": "arn:aws:iam::111111111111:root"}),
        policy(Principal={"Service": "logging.s3.amazonaws.com"}),
        policy(Condition=OWN),
        when("StringEquals", "aws:PrincipalOrgID", "o-1"),
        when("ArnLike", "aws:SourceArn", {"Fn::Sub": "arn:${AWS::Partition}:logs:*:${AWS::AccountId}:*"}),
        when("IpAddress", "aws:SourceIp", "203.0.113.0/24"),
        when("StringEquals", "aws:SourceVpce", {"Ref": "Endpoint"}),
        resource("AWS::EC2::VPCEndpoint", PolicyDocument={"Statement": [EVERYBODY]}),
    ],
)
def test_a_policy_for_some_is_kept(good: dict[str, Any]) -> None:
    assert ask("E9107", good) == []


@pytest.mark.parametrize(
    "bad",
    [
        policy(),
        policy(Principal={"AWS": "*"}),
        policy(Principal={"AWS": ["arn:aws:iam::111111111111:root", "*"]}),
        policy(Principal=None, NotPrincipal={"AWS": "arn:aws:iam::111111111111:root"}),
        policy(Principal={"AWS": {"Ref": "Free"}}),
        policy(Principal={"Fn::If": ["IsWanted", {"AWS": "arn:aws:iam::111111111111:root"}, "*"]}),
        policy(Condition={"Fn::If": ["IsWanted", OWN, NOTHING]}),
        when("StringLike", "aws:SourceAccount", "*"),
        when("StringEquals", "aws:SourceAccount", {"Ref": "Free"}),
        when("StringEqualsIfExists", "aws:SourceAccount", "111111111111"),
        when("ForAllValues:StringEquals", "aws:PrincipalOrgID", "o-1"),
        when("StringNotEquals", "aws:SourceAccount", "111111111111"),
        when("ArnLike", "aws:SourceArn", "arn:aws:sns:*:*:*"),
        when("ArnLike", "aws:SourceArn", "arn:aws:s3:::*"),
        when("IpAddress", "aws:SourceIp", "0.0.0.0/0"),
        when("StringEquals", "aws:UserAgent", "ours"),
        resource("AWS::KMS::Key", KeyPolicy={"Statement": EVERYBODY}),
        resource("AWS::SecretsManager::ResourcePolicy", ResourcePolicy=json.dumps({"Statement": [EVERYBODY]})),
        resource("AWS::ECR::Repository", RepositoryPolicyText={"Statement": [EVERYBODY]}),
        resource("AWS::SQS::QueuePolicy", PolicyDocument={"Statement": [EVERYBODY]}),
        resource("AWS::SNS::TopicPolicy", PolicyDocument={"Statement": [EVERYBODY]}),
    ],
)
def test_a_policy_for_everybody_is_found(bad: dict[str, Any]) -> None:
    sections = {**IF_WANTED, "Parameters": {**IF_WANTED["Parameters"], "Free": {"Type": "String"}}}
    (found,) = ask("E9107", bad, **sections)
    assert "statement It allows everybody s3:GetObject" in found
