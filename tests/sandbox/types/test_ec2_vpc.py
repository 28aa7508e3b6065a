"""DHCP options and further ranges of a VPC."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Aws = Callable[[str], Any]

VPC = {"Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}}
OPTIONS = {
    "Type": "AWS::EC2::DHCPOptions",
    "Properties": {
        "DomainName": "corp.internal",
        "DomainNameServers": ["10.0.0.2", "10.0.0.3"],
        "NetbiosNodeType": 2,
        "Tags": [{"Key": "Name", "Value": "corp"}],
    },
}
USE = {
    "Type": "AWS::EC2::VPCDHCPOptionsAssociation",
    "Properties": {"VpcId": {"Ref": "Vpc"}, "DhcpOptionsId": {"Ref": "Options"}},
}


def test_dhcp_options_reach_the_vpc_and_leave_it(stacks: Any, aws: Aws) -> None:
    status = stacks.put("dhcp", {**VPC, "Options": OPTIONS, "Use": USE})

    assert status == "CREATE_COMPLETE", stacks.reasons("dhcp")
    options_id, vpc_id = stacks.resource("dhcp", "Options"), stacks.resource("dhcp", "Vpc")
    assert stacks.resource("dhcp", "Use") == f"{options_id}|{vpc_id}"
    (options,) = aws("ec2").describe_dhcp_options(DhcpOptionsIds=[options_id])["DhcpOptions"]
    found = {item["Key"]: [value["Value"] for value in item["Values"]] for item in options["DhcpConfigurations"]}
    assert found == {
        "domain-name": ["corp.internal"],
        "domain-name-servers": ["10.0.0.2", "10.0.0.3"],
        "netbios-node-type": ["2"],
    }
    assert {"Key": "Name", "Value": "corp"} in options["Tags"]
    (vpc,) = aws("ec2").describe_vpcs(VpcIds=[vpc_id])["Vpcs"]
    assert vpc["DhcpOptionsId"] == options_id

    assert stacks.put("dhcp", VPC) == "UPDATE_COMPLETE"
    (vpc,) = aws("ec2").describe_vpcs(VpcIds=[vpc_id])["Vpcs"]
    assert vpc["DhcpOptionsId"] == "default"
    assert options_id not in {item["DhcpOptionsId"] for item in aws("ec2").describe_dhcp_options()["DhcpOptions"]}


def test_other_options_replace_the_association(stacks: Any, aws: Aws) -> None:
    stacks.put("dhcp", {**VPC, "Options": OPTIONS, "Use": USE})
    other = {**OPTIONS, "Properties": {"DomainName": "other.internal"}}

    assert stacks.put("dhcp", {**VPC, "Options": other, "Use": USE}) == "UPDATE_COMPLETE"

    (vpc,) = aws("ec2").describe_vpcs(VpcIds=[stacks.resource("dhcp", "Vpc")])["Vpcs"]
    assert vpc["DhcpOptionsId"] == stacks.resource("dhcp", "Options")


def test_a_further_range_needs_a_vpc(stacks: Any) -> None:
    def more(vpc: Any) -> dict[str, Any]:
        return {"Type": "AWS::EC2::VPCCidrBlock", "Properties": {"VpcId": vpc, "CidrBlock": "10.1.0.0/16"}}

    outputs = {"Id": {"Fn::GetAtt": ["More", "Id"]}}
    assert stacks.put("more", {**VPC, "More": more({"Ref": "Vpc"})}, outputs) == "CREATE_COMPLETE"
    assert stacks.outputs("more")["Id"].startswith("vpc-cidr-assoc-")

    assert stacks.put("lost", {"More": more("vpc-00000000000000000")}) == "ROLLBACK_COMPLETE"
    assert "vpc-00000000000000000" in stacks.reasons("lost")
