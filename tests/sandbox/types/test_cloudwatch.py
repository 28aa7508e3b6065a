"""Composite alarms made by a stack, read back through CloudWatch; anomaly detectors are recorded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Aws = Callable[[str], Any]

METRIC = {
    "Type": "AWS::CloudWatch::Alarm",
    "Properties": {
        "AlarmName": "cpu",
        "Namespace": "AWS/ECS",
        "MetricName": "CPUUtilization",
        "Statistic": "Average",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 80,
        "ComparisonOperator": "GreaterThanThreshold",
    },
}
TOPIC = "arn:aws:sns:us-east-1:123456789012:critical"


def composite(**properties: Any) -> dict[str, Any]:
    fixed = {"AlarmRule": "ALARM(cpu)"}
    both = {
        "Type": "AWS::CloudWatch::CompositeAlarm",
        "DependsOn": "Cpu",
        "Properties": {**fixed, **properties},
    }
    return {"Cpu": METRIC, "Both": both}


def found(aws: Aws) -> list[dict[str, Any]]:
    return list(aws("cloudwatch").describe_alarms(AlarmTypes=["CompositeAlarm"])["CompositeAlarms"])


def tags(aws: Aws, arn: str) -> dict[str, str]:
    listed = aws("cloudwatch").list_tags_for_resource(ResourceARN=arn)["Tags"]
    return {tag["Key"]: tag["Value"] for tag in listed}


def test_a_composite_alarm_is_made_changed_and_removed(stacks: Any, aws: Aws) -> None:
    first = composite(
        AlarmName="service",
        AlarmDescription="any",
        AlarmActions=[TOPIC],
        OKActions=[TOPIC],
        ActionsEnabled=False,
        Tags=[{"Key": "Name", "Value": "service"}],
    )
    status = stacks.put("cw", first, {"Arn": {"Fn::GetAtt": ["Both", "Arn"]}, "Ref": {"Ref": "Both"}})
    assert status == "CREATE_COMPLETE", stacks.reasons("cw")
    (alarm,) = found(aws)
    assert stacks.outputs("cw") == {"Arn": alarm["AlarmArn"], "Ref": "service"}
    assert (alarm["AlarmRule"], alarm["AlarmDescription"]) == ("ALARM(cpu)", "any")
    assert alarm["AlarmActions"] == alarm["OKActions"] == [TOPIC]
    assert alarm["ActionsEnabled"] is False
    assert tags(aws, alarm["AlarmArn"])["Name"] == "service"

    second = composite(AlarmName="service", AlarmRule="NOT ALARM(cpu)", Tags=[{"Key": "Owner", "Value": "us"}])
    assert stacks.put("cw", second) == "UPDATE_COMPLETE", stacks.reasons("cw")
    (alarm,) = found(aws)
    assert alarm["AlarmRule"] == "NOT ALARM(cpu)"
    assert alarm["AlarmActions"] == []
    assert tags(aws, alarm["AlarmArn"])["Owner"] == "us"
    assert "Name" not in tags(aws, alarm["AlarmArn"])

    assert stacks.put("cw", {"Cpu": METRIC}) == "UPDATE_COMPLETE"
    assert found(aws) == []


def test_a_name_is_generated_and_a_given_one_taken_once(stacks: Any, aws: Aws) -> None:
    assert stacks.put("cw", composite()) == "CREATE_COMPLETE", stacks.reasons("cw")
    assert found(aws)[0]["AlarmName"].startswith("cw-Both-")

    twin = {"Both": {**composite(AlarmName=found(aws)[0]["AlarmName"])["Both"]}}
    del twin["Both"]["DependsOn"]
    assert stacks.put("twin", twin) == "ROLLBACK_COMPLETE"
    assert "already exists" in stacks.reasons("twin")


def test_the_alarms_of_a_rule_must_exist(stacks: Any) -> None:
    assert stacks.put("cw", composite(AlarmRule="ALARM(gone)")) == "ROLLBACK_COMPLETE"
    assert "do not exist" in stacks.reasons("cw")


def test_an_anomaly_detector_keeps_its_id(stacks: Any) -> None:
    def detector(zone: str) -> dict[str, Any]:
        metric = {"Namespace": "AWS/ECS", "MetricName": "CPUUtilization", "Stat": "Average"}
        properties = {**metric, "Configuration": {"MetricTimeZone": zone}}
        return {"Detector": {"Type": "AWS::CloudWatch::AnomalyDetector", "Properties": properties}}

    assert stacks.put("cw", detector("UTC")) == "CREATE_COMPLETE", stacks.reasons("cw")
    before = stacks.resource("cw", "Detector")
    assert stacks.put("cw", detector("Europe/Berlin")) == "UPDATE_COMPLETE"
    assert stacks.resource("cw", "Detector") == before
