"""Security-group rules made by a stack, read back through EC2."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Aws = Callable[[str], Any]


def group(name: str) -> dict[str, Any]:
    properties = {"GroupDescription": name, "VpcId": {"Ref": "Vpc"}}
    # A rule that nobody can use, so that EC2's open egress rule isn't there.
    closed = {"IpProtocol": "-1", "CidrIp": "127.0.0.1/32"}
    return {
        "Type": "AWS::EC2::SecurityGroup",
        "Properties": {**properties, "SecurityGroupEgress": [closed]},
    }


GROUPS = {
    "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
    "App": group("application"),
    "Data": group("database"),
}


def rule(way: str, **properties: Any) -> dict[str, Any]:
    fixed = {"GroupId": {"Ref": "App"}, "IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432}
    return {"Type": f"AWS::EC2::SecurityGroup{way}", "Properties": {**fixed, **properties}}


PEERS = {"Ingress": "SourceSecurityGroupId", "Egress": "DestinationSecurityGroupId"}


def rules(stacks: Any, aws: Aws, way: str) -> list[dict[str, Any]]:
    filters = [{"Name": "group-id", "Values": [stacks.resource("rules", "App")]}]
    found = aws("ec2").describe_security_group_rules(Filters=filters)["SecurityGroupRules"]
    own = [item for item in found if item.get("CidrIpv4") != "127.0.0.1/32"]
    return [item for item in own if item["IsEgress"] is (way == "Egress")]


@pytest.mark.parametrize("way", ["Ingress", "Egress"])
def test_a_rule_names_its_peer_and_its_ports(stacks: Any, aws: Aws, way: str) -> None:
    peer = {PEERS[way]: {"Ref": "Data"}, "Description": "to the database"}

    status = stacks.put("rules", {**GROUPS, "Rule": rule(way, **peer)}, {"Id": {"Fn::GetAtt": ["Rule", "Id"]}})

    assert status == "CREATE_COMPLETE", stacks.reasons("rules")
    (found,) = rules(stacks, aws, way)
    assert found["SecurityGroupRuleId"] == stacks.outputs("rules")["Id"] == stacks.resource("rules", "Rule")
    assert found["ReferencedGroupInfo"]["GroupId"] == stacks.resource("rules", "Data")
    assert (found["FromPort"], found["ToPort"], found["IpProtocol"]) == (5432, 5432, "tcp")
    assert found["Description"] == "to the database"


@pytest.mark.parametrize("way", ["Ingress", "Egress"])
def test_a_description_changes_in_place_a_port_replaces(stacks: Any, aws: Aws, way: str) -> None:
    stacks.put("rules", {**GROUPS, "Rule": rule(way, CidrIp="10.0.0.0/8", Description="old")})
    before = stacks.resource("rules", "Rule")

    stacks.put("rules", {**GROUPS, "Rule": rule(way, CidrIp="10.0.0.0/8", Description="new")})
    (found,) = rules(stacks, aws, way)
    assert (found["SecurityGroupRuleId"], found["Description"]) == (before, "new")

    moved = {**GROUPS, "Rule": rule(way, CidrIp="10.0.0.0/8", FromPort=6379, ToPort=6379)}
    assert stacks.put("rules", moved) == "UPDATE_COMPLETE", stacks.reasons("rules")
    (found,) = rules(stacks, aws, way)
    assert found["SecurityGroupRuleId"] == stacks.resource("rules", "Rule") != before
    assert found["FromPort"] == 6379


@pytest.mark.parametrize("way", ["Ingress", "Egress"])
def test_a_rule_goes_with_its_resource(stacks: Any, aws: Aws, way: str) -> None:
    stacks.put("rules", {**GROUPS, "Rule": rule(way, CidrIpv6="::/0")})
    assert [item["CidrIpv6"] for item in rules(stacks, aws, way)] == ["::/0"]

    stacks.put("rules", GROUPS)

    assert rules(stacks, aws, way) == []


@pytest.mark.parametrize("way", ["Ingress", "Egress"])
def test_a_rule_is_refused_that_is_there_already_or_has_no_group(stacks: Any, way: str) -> None:
    one = rule(way, CidrIp="10.0.0.0/8")
    twice = {**GROUPS, "Rule": one, "Again": {**one, "DependsOn": "Rule"}}
    assert stacks.put("twice", twice) == "ROLLBACK_COMPLETE"
    assert "already exists" in stacks.reasons("twice")

    lost = rule(way, CidrIp="10.0.0.0/8", GroupId="sg-00000000000000000")
    assert stacks.put("lost", {"Rule": lost}) == "ROLLBACK_COMPLETE"
    assert "sg-00000000000000000" in stacks.reasons("lost")
