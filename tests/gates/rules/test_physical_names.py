"""House rule E9803: names say whose something is, and what holds data has none."""

from __future__ import annotations

from typing import Any

import pytest

from factory.gates.rules.physical_names import NAMES
from tests.gates.rules.asking import ask, resource
from tests.gates.rules.paths import exists

SECTIONS: dict[str, Any] = {
    "Parameters": {
        "Environment": {"Type": "String", "AllowedValues": ["dev", "prod"]},
        "Project": {"Type": "String", "Default": "platform", "AllowedPattern": "[a-z]+"},
        "Free": {"Type": "String"},
    },
    "Conditions": {"IsProd": {"Fn::Equals": [{"Ref": "Environment"}, "prod"]}},
}
NAME = {"Fn::Sub": "${Project}-${Environment}-topic-alarms"}
TOPIC = "AWS::SNS::Topic"


@pytest.mark.parametrize(
    "good",
    [
        resource(TOPIC),
        resource(TOPIC, TopicName=NAME),
        resource(TOPIC, TopicName={"Fn::Join": ["-", [{"Ref": "Project"}, {"Ref": "Environment"}, "topic"]]}),
        resource("AWS::KMS::Alias", AliasName={"Fn::Sub": "alias/${Project}-${Environment}-main"}),
        resource("AWS::Logs::LogGroup", LogGroupName={"Fn::Sub": "/aws/ecs/containerinsights/${Cluster}/performance"}),
        resource("AWS::S3::Bucket"),
    ],
)
def test_a_telling_name_is_kept(good: dict[str, Any]) -> None:
    assert ask("E9803", good, **SECTIONS) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (resource(TOPIC, TopicName="alarms"), "the name alarms does not begin"),
        (resource(TOPIC, TopicName={"Fn::Sub": "${Environment}-${Project}-topic"}), "does not begin"),
        (resource(TOPIC, TopicName={"Ref": "Free"}), "does not begin"),
        (resource(TOPIC, TopicName={"Fn::If": ["IsProd", "alarms", NAME]}), "the name alarms does not begin"),
        (resource("AWS::S3::Bucket", BucketName=NAME), "a replacement could not have the same name"),
        (resource("AWS::Logs::LogGroup", LogGroupName=NAME), "a replacement could not have the same name"),
        (
            resource("AWS::DynamoDB::Table", TableName={"Fn::If": ["IsProd", NAME, {"Ref": "AWS::NoValue"}]}),
            "Environment=prod",
        ),
    ],
)
def test_any_other_is_found(bad: dict[str, Any], message: str) -> None:
    assert any(message in found for found in ask("E9803", bad, **SECTIONS))


@pytest.mark.parametrize("kind", NAMES)
def test_the_properties_are_in_the_provider_schema(kind: str) -> None:
    assert exists(kind, NAMES[kind])
