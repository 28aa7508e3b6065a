"""House rule E9708: shells in containers are closed in production, and recorded everywhere."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import ask, resource

SERVICE = "AWS::ECS::Service"
SECTIONS: dict[str, Any] = {
    "Parameters": {
        "Environment": {"Type": "String", "AllowedValues": ["dev", "prod"], "Default": "dev"},
        "Shells": {"Type": "String", "AllowedValues": ["auto", "true", "false"], "Default": "auto"},
        "Open": {"Type": "String", "AllowedValues": ["true", "false"], "Default": "true"},
    },
    "Mappings": {"Sizing": {"dev": {"Shells": "true"}, "prod": {"Shells": "false"}}},
    "Conditions": {
        "IsAuto": {"Fn::Equals": [{"Ref": "Shells"}, "auto"]},
        "IsProd": {"Fn::Equals": [{"Ref": "Environment"}, "prod"]},
    },
}
BY_ENVIRONMENT = {"Fn::FindInMap": ["Sizing", {"Ref": "Environment"}, "Shells"]}
LOG = {"CloudWatchLogGroupName": {"Ref": "Logs"}, "CloudWatchEncryptionEnabled": True}


def cluster(**sessions: Any) -> dict[str, Any]:
    return resource("AWS::ECS::Cluster", Configuration={"ExecuteCommandConfiguration": sessions})


@pytest.mark.parametrize(
    "good",
    [
        resource(SERVICE),
        resource(SERVICE, EnableExecuteCommand=False),
        resource(SERVICE, EnableExecuteCommand={"Fn::If": ["IsProd", False, True]}),
        resource(SERVICE, EnableExecuteCommand={"Fn::If": ["IsAuto", BY_ENVIRONMENT, {"Ref": "Shells"}]}),
        cluster(Logging="OVERRIDE", LogConfiguration=LOG),
        cluster(Logging="OVERRIDE", LogConfiguration={"S3BucketName": "b", "S3EncryptionEnabled": "true"}),
    ],
)
def test_closed_and_recorded_is_kept(good: dict[str, Any]) -> None:
    assert ask("E9708", good, **SECTIONS) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (resource(SERVICE, EnableExecuteCommand=True), "open in production although nobody asked"),
        (resource(SERVICE, EnableExecuteCommand={"Ref": "Open"}), "open in production although nobody asked"),
        (resource(SERVICE, EnableExecuteCommand={"Fn::If": ["IsProd", True, False]}), "when Environment=prod"),
        (resource("AWS::ECS::Cluster"), "is not recorded"),
        (cluster(Logging="NONE"), "is not recorded"),
        (cluster(Logging="OVERRIDE"), "is not recorded"),
        (cluster(Logging="OVERRIDE", LogConfiguration={"CloudWatchLogGroupName": "g"}), "is not encrypted"),
        (cluster(Logging={"Fn::If": ["IsProd", "NONE", "OVERRIDE"]}, LogConfiguration=LOG), "when Environment=prod"),
    ],
)
def test_open_or_unrecorded_is_found(bad: dict[str, Any], message: str) -> None:
    (found,) = ask("E9708", bad, **SECTIONS)
    assert message in found
