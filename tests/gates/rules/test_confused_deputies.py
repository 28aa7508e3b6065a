"""House rule E9304: AWS services act for this account only."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, NOTHING, ask, resource
from tests.gates.rules.documents import ACCOUNT, OWN_ROOT, asked, shared, trusted

LAMBDA = {"Service": "lambda.amazonaws.com"}
OWN = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
RULE = {"Fn::Sub": "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/*"}
IN_RULE = {"ArnEquals": {"AWS:SourceArn": {"Fn::GetAtt": ["Rule", "Arn"]}}}
KEY = "AWS::KMS::Key"


def key(condition: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Principal": {"Service": "logs.eu-west-1.amazonaws.com"}, "Action": "kms:Decrypt"}
    return resource(KEY, KeyPolicy={"Statement": {**statement, "Resource": "*", "Condition": condition}})


@pytest.mark.parametrize(
    "good",
    [
        trusted(LAMBDA, OWN),
        trusted(LAMBDA, {"ArnLike": {"aws:SourceArn": RULE}}),
        trusted(LAMBDA, {"StringEquals": {"aws:SourceOrgID": "o-abcdef1234"}}),
        trusted({"Service": "ec2.amazonaws.com"}),
        trusted({"Service": "codepipeline.amazonaws.com"}),
        trusted({"Service": "ecs.amazonaws.com"}),
        trusted({"Service": "cloudtrail.amazonaws.com"}),
        shared({"Service": "cloudwatch.amazonaws.com"}, OWN),
        shared({"Service": "cloudwatch.amazonaws.com"}, Effect="Deny"),
        # It names no source to topics and keys, but to queues.
        shared({"Service": "events.amazonaws.com"}),
        shared({"Service": "events.amazonaws.com"}, IN_RULE, kind="AWS::SQS::QueuePolicy"),
        shared({"AWS": OWN_ROOT}),
        key({"ArnLike": {"kms:EncryptionContext:aws:logs:arn": RULE}}),
        trusted({"Service": "cognito-idp.amazonaws.com"}, {"StringEquals": {"sts:ExternalId": "pool"}}),
    ],
)
def test_a_named_source_is_kept(good: dict[str, Any]) -> None:
    assert ask("E9304", good, **IF_WANTED) == []


@pytest.mark.parametrize(
    "bad",
    [
        trusted(LAMBDA),
        trusted({"Service": ["ec2.amazonaws.com", "lambda.amazonaws.com"]}),
        shared({"Service": "ec2.amazonaws.com"}),
        shared({"Service": "codepipeline.amazonaws.com"}),
        shared({"Service": "cloudtrail.amazonaws.com"}),
        trusted(LAMBDA, {"StringLike": {"aws:SourceAccount": "*"}}),
        trusted(LAMBDA, {"StringEqualsIfExists": {"aws:SourceAccount": ACCOUNT}}),
        trusted(LAMBDA, {"ForAllValues:StringEquals": {"aws:SourceAccount": [ACCOUNT]}}),
        trusted(LAMBDA, {"StringNotEquals": {"aws:SourceAccount": ACCOUNT}}),
        trusted(LAMBDA, {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::*"}}),
        trusted(LAMBDA, {"ArnLike": {"aws:SourceArn": "arn:aws:events:*:*:rule/orders"}}),
        trusted(LAMBDA, {"StringEquals": {"aws:SourceAccount": {"Ref": "Anybody"}}}),
        trusted(LAMBDA, {"Fn::If": ["IsWanted", OWN, NOTHING]}),
        shared({"Service": "cloudwatch.amazonaws.com"}, {"Bool": {"aws:SecureTransport": "true"}}),
        shared({"Service": "events.amazonaws.com"}, kind="AWS::SQS::QueuePolicy"),
        key({"StringEquals": {"kms:EncryptionContext:aws:logs:arn": "*"}}),
    ],
)
def test_a_service_for_anybody_is_found(bad: dict[str, Any]) -> None:
    sections = {**IF_WANTED, "Parameters": {**IF_WANTED["Parameters"], **asked(Anybody=".*")["Parameters"]}}
    (found,) = ask("E9304", bad, **sections)
    assert "in for whichever account it acts" in found
