"""House rule E9105: buckets, queues and topics refuse what does not come over TLS."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, ask

BUCKET, QUEUE, TOPIC = "AWS::S3::Bucket", "AWS::SQS::Queue", "AWS::SNS::Topic"
ARN = {"Fn::GetAtt": ["It", "Arn"]}
OBJECTS = {"Fn::Sub": "${It.Arn}/*"}
PLAIN = {"Bool": {"aws:SecureTransport": "false"}}


def deny(actions: Any, on: Any, **more: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Principal": "*", "Action": actions, "Resource": on, "Condition": PLAIN, **more}


def store(kind: str, policy: dict[str, Any] | None, statement: Any = None, *, on: Any = None) -> dict[str, Any]:
    """The resource, and a policy of its own that is made where this says so."""
    stores = {"It": {"Type": kind, **(on or {})}}
    if policy is None:
        return stores
    document = statement if "Fn::Sub" in statement else {"Statement": [statement]}
    properties = {**policy.get("Properties", {}), "PolicyDocument": document}
    return {**stores, "Policy": {**policy, "Properties": properties}}


def of_bucket(statement: Any, **more: Any) -> dict[str, Any]:
    policy = {"Type": "AWS::S3::BucketPolicy", "Properties": {"Bucket": {"Ref": "It"}}, **more}
    return store(BUCKET, policy, statement)


def of_queue(actions: Any) -> dict[str, Any]:
    policy = {"Type": "AWS::SQS::QueuePolicy", "Properties": {"Queues": [{"Ref": "It"}]}}
    return store(QUEUE, policy, deny(actions, ARN))


def of_topic(actions: Any) -> dict[str, Any]:
    policy = {"Type": "AWS::SNS::TopicPolicy", "Properties": {"Topics": [{"Ref": "It"}]}}
    return store(TOPIC, policy, deny(actions, {"Ref": "It"}))


NAMED = {
    "It": {"Type": BUCKET, "Properties": {"BucketName": "orders"}},
    "Policy": {
        "Type": "AWS::S3::BucketPolicy",
        "Properties": {
            "Bucket": "orders",
            "PolicyDocument": {"Statement": deny("s3:*", ["arn:aws:s3:::orders", "arn:aws:s3:::orders/*"])},
        },
    },
}


@pytest.mark.parametrize(
    "good",
    [
        of_bucket(deny("s3:*", [ARN, OBJECTS])),
        of_bucket(deny("*", {"Fn::Sub": "arn:${AWS::Partition}:s3:::${It}*"})),
        of_bucket(deny("s3:*", [ARN, OBJECTS], Principal={"AWS": "*"})),
        of_bucket({"Fn::Sub": json.dumps({"Statement": [deny("s3:*", "${It.Arn}*")]})}),
        of_queue("sqs:*"),
        of_queue(["sqs:SendMessage", "sqs:ReceiveMessage"]),
        of_topic("sns:Publish"),
        NAMED,
    ],
)
def test_a_policy_against_plain_http_is_kept(good: dict[str, Any]) -> None:
    assert ask("E9105", good) == []


@pytest.mark.parametrize(
    "bad",
    [
        store(BUCKET, None),
        store(QUEUE, None),
        store(TOPIC, None),
        of_bucket(deny("s3:*", [ARN])),
        of_bucket(deny("s3:*", [OBJECTS])),
        of_bucket(deny("s3:*", [ARN, {"Fn::Sub": "${It.Arn}/logs/*"}])),
        of_bucket(deny("s3:PutObject", [ARN, OBJECTS])),
        of_bucket(deny("s3:*", [ARN, OBJECTS], Effect="Allow")),
        of_bucket(deny("s3:*", [ARN, OBJECTS], Principal={"AWS": "arn:aws:iam::111111111111:root"})),
        of_bucket(deny("s3:*", [ARN, OBJECTS], Condition={"Bool": {"aws:SecureTransport": "true"}})),
        of_bucket(deny("s3:*", [ARN, OBJECTS], Condition={**PLAIN, "StringEquals": {"aws:SourceVpc": "vpc-1"}})),
        of_bucket({**deny("s3:*", [ARN, OBJECTS]), "Principal": None, "NotPrincipal": {"AWS": "*"}}),
        of_bucket(deny("s3:*", [ARN, OBJECTS]), Condition="IsWanted"),
        of_bucket({"Fn::If": ["IsWanted", deny("s3:*", [ARN, OBJECTS]), {"Ref": "AWS::NoValue"}]}),
        of_bucket(deny("s3:*", ["arn:aws:s3:::other", "arn:aws:s3:::other/*"])),
        of_queue("sqs:SendMessage"),
        of_topic("sns:Subscribe"),
        {**of_bucket(deny("s3:*", [ARN, OBJECTS])), "Later": of_bucket(deny("s3:*", [ARN]))["Policy"]},
    ],
)
def test_any_way_for_plain_http_is_found(bad: dict[str, Any]) -> None:
    (found,) = ask("E9105", bad, **IF_WANTED)
    assert "everybody plain HTTP on it" in found
