"""House rule E9802: what works for somebody is watched."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, ask, resource

FUNCTION = "AWS::Lambda::Function"


def watched(kind: str, **more: Any) -> dict[str, Any]:
    return {**resource(kind), "Alarm": {"Type": "AWS::CloudWatch::Alarm", **more}}


CUSTOM = {"Type": "Custom::Thing", "Properties": {"ServiceToken": {"Fn::GetAtt": ["It", "Arn"]}}}


@pytest.mark.parametrize(
    "good",
    [
        resource("AWS::EC2::VPC"),
        watched("AWS::ECS::Service"),
        watched("AWS::RDS::DBInstance"),
        {**resource(FUNCTION), "Custom": CUSTOM},
    ],
)
def test_a_watched_one_is_kept(good: dict[str, Any]) -> None:
    assert ask("E9802", good, **IF_WANTED) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (resource("AWS::ECS::Service"), "nothing rings"),
        (resource("AWS::RDS::DBInstance"), "nothing rings"),
        (resource(FUNCTION), "nothing rings"),
        (watched(FUNCTION, Condition="IsWanted"), "nothing rings when it fails when Wanted=false"),
        ({**resource(FUNCTION), "Custom": {**CUSTOM, "Condition": "IsWanted"}}, "when Wanted=false"),
    ],
)
def test_an_unwatched_one_is_found(bad: dict[str, Any], message: str) -> None:
    (found,) = ask("E9802", bad, **IF_WANTED)
    assert message in found
