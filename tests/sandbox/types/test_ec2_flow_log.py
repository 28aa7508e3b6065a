"""Flow logs made by a stack, read back through EC2."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Aws = Callable[[str], Any]

VPC = {"Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}}
ROLE = "arn:aws:iam::123456789012:role/flow-logs"


def flow_log(**properties: Any) -> dict[str, Any]:
    fixed = {
        "ResourceId": {"Ref": "Vpc"},
        "ResourceType": "VPC",
        "TrafficType": "REJECT",
        "LogGroupName": "/vpc/flow",
        "DeliverLogsPermissionArn": ROLE,
    }
    given = {key: value for key, value in {**fixed, **properties}.items() if value is not None}
    return {**VPC, "Log": {"Type": "AWS::EC2::FlowLog", "Properties": given}}


def test_all_settings_can_be_read_back(stacks: Any, aws: Aws) -> None:
    log = flow_log(
        MaxAggregationInterval=60,
        LogFormat="${srcaddr} ${dstaddr}",
        Tags=[{"Key": "Name", "Value": "all"}],
    )

    status = stacks.put("flow", log, {"Ref": {"Ref": "Log"}, "Id": {"Fn::GetAtt": ["Log", "Id"]}})

    assert status == "CREATE_COMPLETE", stacks.reasons("flow")
    (found,) = aws("ec2").describe_flow_logs()["FlowLogs"]
    assert stacks.outputs("flow") == {"Ref": found["FlowLogId"], "Id": found["FlowLogId"]}
    assert found["ResourceId"] == stacks.resource("flow", "Vpc")
    assert (found["TrafficType"], found["LogGroupName"]) == ("REJECT", "/vpc/flow")
    assert (found["LogFormat"], found["MaxAggregationInterval"]) == ("${srcaddr} ${dstaddr}", 60)
    assert found["DeliverLogsPermissionArn"] == ROLE
    assert {"Key": "Name", "Value": "all"} in found["Tags"]


def test_another_traffic_type_is_another_flow_log(stacks: Any, aws: Aws) -> None:
    stacks.put("flow", flow_log())
    before = stacks.resource("flow", "Log")

    status = stacks.put("flow", flow_log(TrafficType="ALL"))

    assert status == "UPDATE_COMPLETE", stacks.reasons("flow")
    (found,) = aws("ec2").describe_flow_logs()["FlowLogs"]
    assert found["FlowLogId"] == stacks.resource("flow", "Log") != before
    assert found["TrafficType"] == "ALL"


def test_a_bucket_needs_no_role(stacks: Any, aws: Aws) -> None:
    bucket = "arn:aws:s3:::flow-logs"
    to_bucket = {"LogDestinationType": "s3", "LogDestination": bucket, "LogGroupName": None}

    status = stacks.put("flow", flow_log(DeliverLogsPermissionArn=None, **to_bucket))

    assert status == "CREATE_COMPLETE", stacks.reasons("flow")
    (found,) = aws("ec2").describe_flow_logs()["FlowLogs"]
    assert (found["LogDestinationType"], found["LogDestination"]) == ("s3", bucket)
    assert stacks.delete("flow") == "DELETE_COMPLETE"
    assert aws("ec2").describe_flow_logs()["FlowLogs"] == []


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"ResourceId": "vpc-00000000000000000"}, "vpc-00000000000000000"),
        ({"DeliverLogsPermissionArn": None}, "DeliverLogsPermissionArn can't be empty"),
        ({"LogGroupName": None}, "LogDestination can't be empty"),
    ],
)
def test_what_a_flow_log_needs(stacks: Any, wrong: dict[str, Any], reason: str) -> None:
    assert stacks.put("flow", flow_log(**wrong)) == "ROLLBACK_COMPLETE"
    assert reason in stacks.reasons("flow")


def test_two_flow_logs_of_one_vpc_differ(stacks: Any) -> None:
    one = flow_log()
    twice = {**one, "Second": {**one["Log"], "DependsOn": "Log"}}

    assert stacks.put("flow", twice) == "ROLLBACK_COMPLETE"
    assert "existing Flow Log with the same configuration" in stacks.reasons("flow")
