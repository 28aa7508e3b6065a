"""House rule E9213: from where the data is, nothing reaches the internet."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, ask

IT = {"Fn::GetAtt": ["It", "GroupId"]}
HTTPS = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "0.0.0.0/0"}
CLOSED = {"IpProtocol": "-1", "CidrIp": "127.0.0.1/32"}
DATABASE = {"Type": "AWS::RDS::DBInstance", "Properties": {"VPCSecurityGroups": [IT]}}


def group(rule: Any, **more: Any) -> dict[str, Any]:
    return {"It": {"Type": "AWS::EC2::SecurityGroup", "Properties": {"SecurityGroupEgress": [rule]}}, **more}


@pytest.mark.parametrize(
    "good",
    [
        group(CLOSED, Store=DATABASE),
        group({**HTTPS, "CidrIp": "10.0.0.0/16"}, Store=DATABASE),
        group({**HTTPS, "CidrIp": {"Fn::GetAtt": ["Vpc", "CidrBlock"]}}, Store=DATABASE),
        group(HTTPS),
    ],
)
def test_a_closed_data_tier_is_kept(good: dict[str, Any]) -> None:
    assert ask("E9213", good) == []


@pytest.mark.parametrize(
    "bad",
    [
        group(HTTPS, Store=DATABASE),
        group({**HTTPS, "CidrIp": "8.8.8.8/32"}, Store=DATABASE),
        group({"Fn::If": ["IsWanted", CLOSED, HTTPS]}, Store=DATABASE),
        group(HTTPS, Store={**DATABASE, "Condition": "IsWanted"}),
        group(HTTPS, Store={"Type": "AWS::EFS::MountTarget", "Properties": {"SecurityGroups": [IT]}}),
        group(HTTPS, Store={"Type": "AWS::ElastiCache::ReplicationGroup", "Properties": {"SecurityGroupIds": [IT]}}),
        group(HTTPS, Store={"Type": "AWS::DAX::Cluster", "Properties": {"SecurityGroupIds": [{"Ref": "It"}]}}),
        group(
            CLOSED,
            Store=DATABASE,
            Rule={"Type": "AWS::EC2::SecurityGroupEgress", "Properties": {**HTTPS, "GroupId": IT}},
        ),
    ],
)
def test_a_way_to_the_internet_is_found(bad: dict[str, Any]) -> None:
    (found,) = ask("E9213", bad, **IF_WANTED)
    assert "a store of data reaches the internet" in found
