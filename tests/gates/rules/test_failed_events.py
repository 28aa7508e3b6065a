"""House rule E9715: events that a function could not handle are kept."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, ask, resource

FUNCTION = "AWS::Lambda::Function"
QUEUE = {"Fn::GetAtt": ["Queue", "Arn"]}


def called_by(principal: str, config: Any = None, **properties: Any) -> dict[str, Any]:
    permission = {"Principal": principal, "FunctionName": {"Fn::GetAtt": ["It", "Arn"]}}
    found = {**resource(FUNCTION, **properties), "Call": {"Type": "AWS::Lambda::Permission", "Properties": permission}}
    return {**found, "Config": config} if config else found


def kept(name: Any = None, **more: Any) -> dict[str, Any]:
    properties = {"FunctionName": name or {"Ref": "It"}, "DestinationConfig": {"OnFailure": {"Destination": QUEUE}}}
    return {"Type": "AWS::Lambda::EventInvokeConfig", "Properties": properties, **more}


@pytest.mark.parametrize(
    "good",
    [
        resource(FUNCTION),
        called_by("apigateway.amazonaws.com"),
        called_by("sns.amazonaws.com", DeadLetterConfig={"TargetArn": QUEUE}),
        called_by("s3.amazonaws.com", kept()),
    ],
)
def test_kept_events_are_kept(good: dict[str, Any]) -> None:
    assert ask("E9715", good, **IF_WANTED) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (called_by("sns.amazonaws.com"), "events that fail are lost"),
        (called_by("events.amazonaws.com", kept({"Ref": "Other"})), "events that fail are lost"),
        (called_by("s3.amazonaws.com", kept(Condition="IsWanted")), "are lost when Wanted=false"),
        (
            called_by("sns.amazonaws.com", DeadLetterConfig={"Fn::If": ["IsWanted", {"TargetArn": QUEUE}, {}]}),
            "Wanted=false",
        ),
    ],
)
def test_lost_ones_are_found(bad: dict[str, Any], message: str) -> None:
    (found,) = ask("E9715", bad, **IF_WANTED)
    assert message in found
