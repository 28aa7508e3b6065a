"""House rule E9305: no condition that can never hold."""

from __future__ import annotations

import json
from typing import Any

import pytest

from factory.authoring.policy import service_trust
from tests.gates.rules.asking import IF_WANTED, NOTHING, ask, resource
from tests.gates.rules.documents import ACCOUNT, shared, trusted

OWN = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
RULE = {"ArnLike": {"AWS:SourceArn": {"Fn::GetAtt": ["Rule", "Arn"]}}}
EVENTS = {"Service": "events.amazonaws.com"}
ECS = {"Service": "ecs.amazonaws.com"}


def key(principal: Any, condition: Any) -> dict[str, Any]:
    statement = {"Sid": "Use", "Effect": "Allow", "Principal": principal, "Action": "kms:Decrypt", "Resource": "*"}
    return resource("AWS::KMS::Key", KeyPolicy={"Statement": {**statement, "Condition": condition}})


@pytest.mark.parametrize(
    "good",
    [
        trusted(ECS),
        trusted({"Service": "lambda.amazonaws.com"}, OWN),
        resource("AWS::IAM::Role", AssumeRolePolicyDocument=json.loads(service_trust("ecs").to_json())),
        shared(EVENTS),
        # Queues hear of the rule.
        shared(EVENTS, RULE, kind="AWS::SQS::QueuePolicy"),
        shared({"Service": "cloudwatch.amazonaws.com"}, OWN),
        shared(EVENTS, OWN, Effect="Deny"),
        key({"Service": "cloudwatch.amazonaws.com"}, OWN),
    ],
)
def test_a_condition_that_can_hold_is_kept(good: dict[str, Any]) -> None:
    assert ask("E9305", good, **IF_WANTED) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (trusted(ECS, OWN), "statement Trust asks ecs.amazonaws.com for aws:sourceaccount"),
        (trusted({"Service": ["ecs.amazonaws.com", "ecs-tasks.amazonaws.com"]}, OWN), "asks ecs.amazonaws.com"),
        (shared(EVENTS, OWN), "statement Share asks events.amazonaws.com"),
        (shared(EVENTS, {**OWN, **RULE}), "for aws:sourceaccount, aws:sourcearn, which it does not tell"),
        (shared({"Service": ["cloudwatch.amazonaws.com", "events.amazonaws.com"]}, OWN), "asks events.amazonaws.com"),
        (key(EVENTS, OWN), "statement Use asks events.amazonaws.com for aws:sourceaccount"),
        (key(EVENTS, {"Fn::If": ["IsWanted", OWN, NOTHING]}), "when Wanted=true"),
    ],
)
def test_a_condition_that_never_holds_is_found(bad: dict[str, Any], message: str) -> None:
    (found,) = ask("E9305", bad, **IF_WANTED)
    assert message in found
