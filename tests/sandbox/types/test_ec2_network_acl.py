"""Network ACLs made by a stack, read back through EC2."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Aws = Callable[[str], Any]

NETWORK = {
    "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
    "Subnet": {
        "Type": "AWS::EC2::Subnet",
        "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.1.0/24"},
    },
}
ACL = {
    **NETWORK,
    "Acl": {
        "Type": "AWS::EC2::NetworkAcl",
        "Properties": {"VpcId": {"Ref": "Vpc"}, "Tags": [{"Key": "Name", "Value": "data"}]},
    },
}


def entry(number: int, **properties: Any) -> dict[str, Any]:
    fixed = {"NetworkAclId": {"Ref": "Acl"}, "RuleNumber": number, "RuleAction": "allow", "Protocol": 6}
    return {"Type": "AWS::EC2::NetworkAclEntry", "Properties": {**fixed, **properties}}


HTTPS = entry(100, CidrBlock="0.0.0.0/0", PortRange={"From": 443, "To": 443})
ASSOCIATION = {
    "Type": "AWS::EC2::SubnetNetworkAclAssociation",
    "Properties": {"SubnetId": {"Ref": "Subnet"}, "NetworkAclId": {"Ref": "Acl"}},
}


def own_acls(aws: Aws, vpc_id: str) -> list[dict[str, Any]]:
    filters = [{"Name": "vpc-id", "Values": [vpc_id]}, {"Name": "default", "Values": ["false"]}]
    return list(aws("ec2").describe_network_acls(Filters=filters)["NetworkAcls"])


def test_an_acl_has_its_tags_its_entries_with_ports_and_the_closing_deny(stacks: Any, aws: Aws) -> None:
    ping = entry(110, Protocol=1, Egress=True, CidrBlock="10.0.0.0/8", Icmp={"Type": 8, "Code": -1})
    outputs = {"Acl": {"Fn::GetAtt": ["Acl", "Id"]}, "Ref": {"Ref": "Acl"}}

    status = stacks.put("acl", {**ACL, "Https": HTTPS, "Ping": ping}, outputs)

    assert status == "CREATE_COMPLETE", stacks.reasons("acl")
    (acl,) = own_acls(aws, stacks.resource("acl", "Vpc"))
    assert stacks.outputs("acl") == {"Acl": acl["NetworkAclId"], "Ref": acl["NetworkAclId"]}
    assert {"Key": "Name", "Value": "data"} in acl["Tags"]
    entries = {(item["RuleNumber"], item["Egress"]): item for item in acl["Entries"]}
    assert entries[100, False]["PortRange"] == {"From": 443, "To": 443}
    assert entries[110, True]["IcmpTypeCode"] == {"Type": 8, "Code": -1}
    assert entries[32767, False]["RuleAction"] == entries[32767, True]["RuleAction"] == "deny"


def test_an_entry_changes_in_place_and_goes(stacks: Any, aws: Aws) -> None:
    stacks.put("acl", {**ACL, "Entry": HTTPS})
    before = stacks.resource("acl", "Entry")

    changed = entry(100, CidrBlock="10.0.0.0/8", PortRange={"From": 80, "To": 81})
    status = stacks.put("acl", {**ACL, "Entry": changed})

    assert status == "UPDATE_COMPLETE", stacks.reasons("acl")
    assert stacks.resource("acl", "Entry") == before
    (acl,) = own_acls(aws, stacks.resource("acl", "Vpc"))
    (found,) = [item for item in acl["Entries"] if item["RuleNumber"] == 100]
    assert (found["CidrBlock"], found["PortRange"]) == ("10.0.0.0/8", {"From": 80, "To": 81})

    stacks.put("acl", ACL)
    (acl,) = own_acls(aws, stacks.resource("acl", "Vpc"))
    assert {item["RuleNumber"] for item in acl["Entries"]} == {32767}


def test_two_entries_cannot_have_one_number(stacks: Any) -> None:
    assert stacks.put("acl", {**ACL, "One": HTTPS, "Two": {**HTTPS, "DependsOn": "One"}}) == "ROLLBACK_COMPLETE"
    assert "The network acl entry identified by 100 already exists" in stacks.reasons("acl")


def test_a_subnet_leaves_the_default_acl_and_comes_back_to_it(stacks: Any, aws: Aws) -> None:
    ec2 = aws("ec2")
    stacks.put("acl", NETWORK)
    subnet = stacks.resource("acl", "Subnet")
    of_subnet = [{"Name": "association.subnet-id", "Values": [subnet]}]

    (default,) = ec2.describe_network_acls(Filters=of_subnet)["NetworkAcls"]
    assert default["IsDefault"]

    status = stacks.put("acl", {**ACL, "Use": ASSOCIATION}, {"Id": {"Fn::GetAtt": ["Use", "AssociationId"]}})
    assert status == "UPDATE_COMPLETE", stacks.reasons("acl")
    (acl,) = ec2.describe_network_acls(Filters=of_subnet)["NetworkAcls"]
    assert acl["NetworkAclId"] == stacks.resource("acl", "Acl")
    assert [item["NetworkAclAssociationId"] for item in acl["Associations"]] == [stacks.outputs("acl")["Id"]]

    stacks.put("acl", NETWORK)
    (acl,) = ec2.describe_network_acls(Filters=of_subnet)["NetworkAcls"]
    assert acl["NetworkAclId"] == default["NetworkAclId"]


def test_another_acl_for_a_subnet_replaces_the_association(stacks: Any, aws: Aws) -> None:
    both = {**ACL, "Other": {"Type": "AWS::EC2::NetworkAcl", "Properties": {"VpcId": {"Ref": "Vpc"}}}}
    stacks.put("acl", {**both, "Use": ASSOCIATION})
    moved = {**ASSOCIATION, "Properties": {**ASSOCIATION["Properties"], "NetworkAclId": {"Ref": "Other"}}}

    status = stacks.put("acl", {**both, "Use": moved})

    assert status == "UPDATE_COMPLETE", stacks.reasons("acl")
    filters = [{"Name": "association.subnet-id", "Values": [stacks.resource("acl", "Subnet")]}]
    (acl,) = aws("ec2").describe_network_acls(Filters=filters)["NetworkAcls"]
    assert acl["NetworkAclId"] == stacks.resource("acl", "Other")


def test_an_acl_needs_a_vpc_and_an_association_a_subnet(stacks: Any) -> None:
    acl = {"Type": "AWS::EC2::NetworkAcl", "Properties": {"VpcId": "vpc-00000000000000000"}}
    assert stacks.put("acl", {"Acl": acl}) == "ROLLBACK_COMPLETE"
    assert "vpc-00000000000000000" in stacks.reasons("acl")

    lost = {"SubnetId": "subnet-00000000000000000", "NetworkAclId": {"Ref": "Acl"}}
    assert stacks.put("lost", {**ACL, "Use": {**ASSOCIATION, "Properties": lost}}) == "ROLLBACK_COMPLETE"
    assert "subnet-00000000000000000" in stacks.reasons("lost")


def test_nothing_is_left_after_the_stack(stacks: Any, aws: Aws) -> None:
    stacks.put("acl", {**ACL, "Https": HTTPS, "Use": ASSOCIATION})

    assert stacks.delete("acl") == "DELETE_COMPLETE"

    default = [{"Name": "default", "Values": ["false"]}]
    assert aws("ec2").describe_network_acls(Filters=default)["NetworkAcls"] == []
