"""House rule E9402: every VPC logs all of its traffic."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, ask


def vpc(traffic: Any = "ALL", of: str = "It", **more: Any) -> dict[str, Any]:
    properties = {"ResourceType": "VPC", "ResourceId": {"Ref": of}, "TrafficType": traffic}
    log = {"Type": "AWS::EC2::FlowLog", "Properties": properties, **more}
    return {"It": {"Type": "AWS::EC2::VPC"}, "Log": log}


def test_a_flow_log_is_kept() -> None:
    assert ask("E9402", vpc()) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"It": {"Type": "AWS::EC2::VPC"}}, "it has no flow log"),
        (vpc(of="Other"), "it has no flow log"),
        (vpc(Condition="IsWanted"), "it has no flow log when Wanted=false"),
        (vpc("REJECT"), "no flow log of it has TrafficType ALL"),
        (vpc({"Fn::If": ["IsWanted", "ALL", "ACCEPT"]}), "no flow log of it has TrafficType ALL when Wanted=false"),
    ],
)
def test_a_vpc_without_one_is_found(bad: dict[str, Any], message: str) -> None:
    (found,) = ask("E9402", bad, **IF_WANTED)
    assert message in found
