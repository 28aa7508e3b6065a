"""Elastic IP addresses and NAT gateways made by a stack, read back through EC2."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Aws = Callable[[str], Any]

PUBLIC = {
    "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
    "Subnet": {
        "Type": "AWS::EC2::Subnet",
        "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.1.0/24"},
    },
    "Internet": {"Type": "AWS::EC2::InternetGateway"},
    "Attachment": {
        "Type": "AWS::EC2::VPCGatewayAttachment",
        "Properties": {"VpcId": {"Ref": "Vpc"}, "InternetGatewayId": {"Ref": "Internet"}},
    },
    "Address": {
        "Type": "AWS::EC2::EIP",
        "Properties": {"Domain": "vpc", "Tags": [{"Key": "Name", "Value": "nat"}]},
    },
}


def gateway(**properties: Any) -> dict[str, Any]:
    fixed = {"SubnetId": {"Ref": "Subnet"}, "AllocationId": {"Fn::GetAtt": ["Address", "AllocationId"]}}
    return {
        "Type": "AWS::EC2::NatGateway",
        "DependsOn": "Attachment",
        "Properties": {**fixed, "Tags": [{"Key": "Name", "Value": "one"}], **properties},
    }


def test_a_gateway_holds_its_address(stacks: Any, aws: Aws) -> None:
    outputs = {
        "Ip": {"Ref": "Address"},
        "PublicIp": {"Fn::GetAtt": ["Address", "PublicIp"]},
        "Allocation": {"Fn::GetAtt": ["Address", "AllocationId"]},
        "Gateway": {"Fn::GetAtt": ["Gateway", "NatGatewayId"]},
        "Interface": {"Fn::GetAtt": ["Gateway", "EniId"]},
    }

    status = stacks.put("nat", {**PUBLIC, "Gateway": gateway()}, outputs)

    assert status == "CREATE_COMPLETE", stacks.reasons("nat")
    given = stacks.outputs("nat")
    (found,) = aws("ec2").describe_nat_gateways(NatGatewayIds=[given["Gateway"]])["NatGateways"]
    (held,) = found["NatGatewayAddresses"]
    assert found["SubnetId"] == stacks.resource("nat", "Subnet")
    assert {"Key": "Name", "Value": "one"} in found["Tags"]
    assert (held["AllocationId"], held["NetworkInterfaceId"]) == (given["Allocation"], given["Interface"])
    assert held["PublicIp"] == given["Ip"] == given["PublicIp"]
    assert held["PrivateIp"].startswith("10.0.1.")
    (address,) = aws("ec2").describe_addresses(PublicIps=[given["Ip"]])["Addresses"]
    assert address["NetworkInterfaceId"] == given["Interface"]
    assert {"Key": "Name", "Value": "nat"} in address["Tags"]


def test_tags_change_in_place(stacks: Any, aws: Aws) -> None:
    stacks.put("nat", {**PUBLIC, "Gateway": gateway()})
    before = [stacks.resource("nat", name) for name in ("Address", "Gateway")]

    tags = [{"Key": "Owner", "Value": "platform"}]
    address = {"Type": "AWS::EC2::EIP", "Properties": {"Domain": "vpc", "Tags": tags}}
    status = stacks.put("nat", {**PUBLIC, "Address": address, "Gateway": gateway(Tags=tags)})

    assert status == "UPDATE_COMPLETE", stacks.reasons("nat")
    assert [stacks.resource("nat", name) for name in ("Address", "Gateway")] == before
    (found,) = aws("ec2").describe_nat_gateways(NatGatewayIds=[before[1]])["NatGateways"]
    (address,) = aws("ec2").describe_addresses(PublicIps=[before[0]])["Addresses"]
    for resource in (found, address):
        assert tags[0] in resource["Tags"]
        assert "Name" not in {tag["Key"] for tag in resource["Tags"]}


def test_a_private_gateway_needs_no_address(stacks: Any, aws: Aws) -> None:
    private = {
        "Type": "AWS::EC2::NatGateway",
        "Properties": {"SubnetId": {"Ref": "Subnet"}, "ConnectivityType": "private"},
    }

    status = stacks.put("nat", {**PUBLIC, "Gateway": private})

    assert status == "CREATE_COMPLETE", stacks.reasons("nat")
    (found,) = aws("ec2").describe_nat_gateways()["NatGateways"]
    assert found["ConnectivityType"] == "private"
    assert "PublicIp" not in found["NatGatewayAddresses"][0]


def test_what_a_public_gateway_needs(stacks: Any) -> None:
    nowhere = gateway(SubnetId="subnet-00000000000000000")
    assert stacks.put("subnet", {**PUBLIC, "Gateway": nowhere}) == "ROLLBACK_COMPLETE"
    assert "subnet-00000000000000000" in stacks.reasons("subnet")

    no_address = gateway(AllocationId="eipalloc-00000000000000000")
    assert stacks.put("address", {**PUBLIC, "Gateway": no_address}) == "ROLLBACK_COMPLETE"
    assert "eipalloc-00000000000000000" in stacks.reasons("address")

    twice = {**PUBLIC, "Gateway": gateway(), "Second": {**gateway(), "DependsOn": "Gateway"}}
    assert stacks.put("twice", twice) == "ROLLBACK_COMPLETE"
    assert "is already associated" in stacks.reasons("twice")

    early = {key: value for key, value in PUBLIC.items() if key not in ("Attachment", "Internet")}
    unattached = {key: value for key, value in gateway().items() if key != "DependsOn"}
    assert stacks.put("early", {**early, "Gateway": unattached}) == "ROLLBACK_COMPLETE"
    assert "has no Internet gateway attached" in stacks.reasons("early")


def test_an_address_is_released_after_its_gateway(stacks: Any, aws: Aws) -> None:
    stacks.put("nat", {**PUBLIC, "Gateway": gateway()})

    assert stacks.delete("nat") == "DELETE_COMPLETE"

    assert aws("ec2").describe_addresses()["Addresses"] == []
    assert {item["State"] for item in aws("ec2").describe_nat_gateways()["NatGateways"]} == {"deleted"}
