"""What watches over an account is there once in a region; a second one is refused as its service would."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.types.cases_audit import CHANNEL, RECORDER, TRAIL_BUCKET, role

STANDARDS = "arn:aws:securityhub:us-east-1::standards"
HUB = {"Hub": {"Type": "AWS::SecurityHub::Hub", "Properties": {}}}
DETECTOR = {"Detector": {"Type": "AWS::GuardDuty::Detector", "Properties": {"Enable": True}}}
ANALYZER = {"Analyzer": {"Type": "AWS::AccessAnalyzer::Analyzer", "Properties": {"Type": "ACCOUNT"}}}
CONFIG_ROLE = role("config.amazonaws.com")
TRAIL: dict[str, Any] = {"Type": "AWS::CloudTrail::Trail", "Properties": {"S3BucketName": "b", "IsLogging": True}}


def standard(arn: str, after: str = "Hub") -> dict[str, Any]:
    body = {"Type": "AWS::SecurityHub::Standard", "Properties": {"StandardsArn": arn}}
    return {"Standard": {**body, "DependsOn": after}}


@pytest.mark.parametrize(
    ("resources", "message"),
    [
        (DETECTOR, "a detector already exists for the current account"),
        (HUB, "already subscribed to Security Hub"),
        (ANALYZER, "Can only have 1 ACCOUNT analyzer"),
        ({**CHANNEL, **RECORDER, **CONFIG_ROLE}, "maximum number of"),
    ],
)
def test_a_second_one_is_refused_as_long_as_there_is_the_first(
    resources: dict[str, Any], message: str, stacks: Any
) -> None:
    assert stacks.put("first", resources) == "CREATE_COMPLETE", stacks.reasons("first")
    assert stacks.put("second", resources) == "ROLLBACK_COMPLETE"
    assert message in stacks.reasons("second")
    assert stacks.delete("first") == "DELETE_COMPLETE", stacks.reasons("first")
    assert stacks.put("third", resources) == "CREATE_COMPLETE", stacks.reasons("third")


@pytest.mark.parametrize(
    ("resources", "message"),
    [
        ({**HUB, **standard(f"{STANDARDS.replace('us-east', 'eu-west')}/pci-dss/v/4.0.1")}, "is no standard of"),
        ({"Other": DETECTOR["Detector"], **standard(f"{STANDARDS}/pci-dss/v/4.0.1", after="Other")}, "not subscribed"),
        ({**RECORDER, **CONFIG_ROLE}, "Delivery channel is not available"),
        (CHANNEL, "Configuration recorder is not available"),
        (
            {"Rule": {"Type": "AWS::Config::ConfigRule", "Properties": {"Source": {"Owner": "AWS"}}}},
            "Configuration recorder is not available",
        ),
        ({"Trail": TRAIL}, "does not exist"),
        (
            {
                "Bucket": TRAIL_BUCKET["Bucket"],
                "Trail": {**TRAIL, "Properties": {**TRAIL["Properties"], "S3BucketName": {"Ref": "Bucket"}}},
            },
            "Incorrect S3 bucket policy",
        ),
        (
            {
                **RECORDER,
                **CONFIG_ROLE,
                "Channel": CHANNEL["Channel"],
                "Bucket": {
                    "Type": "AWS::S3::Bucket",
                    "Properties": {
                        "VersioningConfiguration": {"Status": "Enabled"},
                        "ObjectLockEnabled": True,
                        "ObjectLockConfiguration": {
                            "ObjectLockEnabled": "Enabled",
                            "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}},
                        },
                    },
                },
            },
            "which has an object lock",
        ),
    ],
)
def test_what_the_service_refuses_fails(resources: dict[str, Any], message: str, stacks: Any) -> None:
    assert stacks.put("it", resources) == "ROLLBACK_COMPLETE"
    assert message in stacks.reasons("it")


def test_a_remediation_needs_its_rule_and_knows_how_often_to_try(stacks: Any) -> None:
    def remediation(name: Any, **more: Any) -> dict[str, Any]:
        properties = {"ConfigRuleName": name, "TargetType": "SSM_DOCUMENT", "TargetId": "AWS-StopEC2Instance", **more}
        return {"Remediation": {"Type": "AWS::Config::RemediationConfiguration", "Properties": properties}}

    source = {"Owner": "AWS", "SourceIdentifier": "ENCRYPTED_VOLUMES"}
    rule = {"Type": "AWS::Config::ConfigRule", "Properties": {"Source": source}, "DependsOn": ["Recorder", "Channel"]}
    watching = {**RECORDER, **CHANNEL, **CONFIG_ROLE, "Rule": rule}
    assert stacks.put("absent", remediation("absent")) == "ROLLBACK_COMPLETE"
    assert stacks.put("it", {**watching, **remediation({"Ref": "Rule"})}) == "CREATE_COMPLETE", stacks.reasons("it")
    automatic = remediation({"Ref": "Rule"}, Automatic=True)
    assert stacks.put("it", {**watching, **automatic}) == "UPDATE_ROLLBACK_COMPLETE"
    tried = remediation({"Ref": "Rule"}, Automatic=True, MaximumAutomaticAttempts=3, RetryAttemptSeconds=60)
    assert stacks.put("it", {**watching, **tried}) == "UPDATE_COMPLETE", stacks.reasons("it")
