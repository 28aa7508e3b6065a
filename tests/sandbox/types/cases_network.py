"""Rich settings of EC2's network types."""

from __future__ import annotations

import json
from typing import Any

from tests.sandbox.types.readback import Aws, Case, Properties

TAGS = [{"Key": "Owner", "Value": "platform"}, {"Key": "Name", "Value": "it"}]
NEW_TAGS = [{"Key": "Owner", "Value": "data"}]
VPC = {"Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}}
NAMED_VPC = {
    "Vpc": {
        "Type": "AWS::EC2::VPC",
        "Properties": {"CidrBlock": "10.0.0.0/16", "EnableDnsHostnames": True, "EnableDnsSupport": True},
    }
}
SUBNET = {
    "Subnet": {
        "Type": "AWS::EC2::Subnet",
        "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.9.0/24"},
    }
}
TABLE = {"Table": {"Type": "AWS::EC2::RouteTable", "Properties": {"VpcId": {"Ref": "Vpc"}}}}
INTERNET = {
    "Internet": {"Type": "AWS::EC2::InternetGateway"},
    "Attachment": {
        "Type": "AWS::EC2::VPCGatewayAttachment",
        "Properties": {"VpcId": {"Ref": "Vpc"}, "InternetGatewayId": {"Ref": "Internet"}},
    },
}
GROUP = {
    "Group": {
        "Type": "AWS::EC2::SecurityGroup",
        "Properties": {"GroupDescription": "peer", "VpcId": {"Ref": "Vpc"}},
    }
}


def one(found: list[Any], key: str, value: str) -> dict[str, Any] | None:
    return next((dict(item) for item in found if item[key] == value), None)


def vpc(aws: Aws, physical_id: str, _: Properties) -> Properties | None:
    found = one(aws("ec2").describe_vpcs()["Vpcs"], "VpcId", physical_id)
    if found is None:
        return None
    dns = {
        f"E{name[1:]}": aws("ec2").describe_vpc_attribute(VpcId=physical_id, Attribute=name)[f"E{name[1:]}"]["Value"]
        for name in ("enableDnsSupport", "enableDnsHostnames")
    }
    return {**found, **dns}


def subnet(aws: Aws, physical_id: str, _: Properties) -> Properties | None:
    return one(aws("ec2").describe_subnets()["Subnets"], "SubnetId", physical_id)


def internet_gateway(aws: Aws, physical_id: str, _: Properties) -> Properties | None:
    found = aws("ec2").describe_internet_gateways()["InternetGateways"]
    return one(found, "InternetGatewayId", physical_id)


def attachment(aws: Aws, _: str, properties: Properties) -> Properties | None:
    found = internet_gateway(aws, properties["InternetGatewayId"], {}) or {"Attachments": []}
    return {**found, **found["Attachments"][0]} if found["Attachments"] else None


def route_table(aws: Aws, physical_id: str, _: Properties) -> Properties | None:
    return one(aws("ec2").describe_route_tables()["RouteTables"], "RouteTableId", physical_id)


def route(aws: Aws, _: str, properties: Properties) -> Properties | None:
    table = route_table(aws, properties["RouteTableId"], {})
    key = next(key for key in properties if key.startswith("Destination"))
    for item in table["Routes"] if table else ():
        if item.get(key) == properties[key]:
            return {**item, "RouteTableId": properties["RouteTableId"]}
    return None


def route_association(aws: Aws, physical_id: str, _: Properties) -> Properties | None:
    for table in aws("ec2").describe_route_tables()["RouteTables"]:
        for item in table["Associations"]:
            if item["RouteTableAssociationId"] == physical_id:
                return dict(item)
    return None


def endpoint(aws: Aws, physical_id: str, _: Properties) -> Properties | None:
    found = one(aws("ec2").describe_vpc_endpoints()["VpcEndpoints"], "VpcEndpointId", physical_id)
    return found and {**found, "SecurityGroupIds": [group["GroupId"] for group in found.get("Groups", [])]}


def security_group(aws: Aws, physical_id: str, _: Properties) -> Properties | None:
    found = one(aws("ec2").describe_security_groups()["SecurityGroups"], "GroupId", physical_id)
    if found is None:
        return None
    filters = [{"Name": "group-id", "Values": [physical_id]}]
    rules = aws("ec2").describe_security_group_rules(Filters=filters)["SecurityGroupRules"]

    def flat(rule: dict[str, Any]) -> dict[str, Any]:
        peer = rule.get("ReferencedGroupInfo", {}).get("GroupId")
        names = {"SourceSecurityGroupId": peer, "DestinationSecurityGroupId": peer}
        return {**rule, **names, "CidrIp": rule.get("CidrIpv4"), "CidrIpv6": rule.get("CidrIpv6")}

    return {
        **found,
        "GroupDescription": found["Description"],
        "SecurityGroupIngress": [flat(rule) for rule in rules if not rule["IsEgress"]],
        "SecurityGroupEgress": [flat(rule) for rule in rules if rule["IsEgress"]],
    }


POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}],
}
TIGHT_POLICY = json.loads(json.dumps(POLICY).replace("s3:GetObject", "s3:ListBucket"))

CASES = (
    Case(
        type="AWS::EC2::VPC",
        properties={
            "CidrBlock": "10.0.0.0/16",
            "EnableDnsSupport": True,
            "EnableDnsHostnames": True,
            "InstanceTenancy": "default",
            "Tags": TAGS,
        },
        changed={"EnableDnsHostnames": False, "Tags": NEW_TAGS},
        read=vpc,
    ),
    Case(
        type="AWS::EC2::Subnet",
        beside=VPC,
        properties={
            "VpcId": {"Ref": "Vpc"},
            "CidrBlock": "10.0.1.0/24",
            "AvailabilityZone": "us-east-1b",
            "MapPublicIpOnLaunch": True,
            "EnableDns64": False,
            "AssignIpv6AddressOnCreation": False,
            "PrivateDnsNameOptionsOnLaunch": {
                "HostnameType": "resource-name",
                "EnableResourceNameDnsARecord": True,
                "EnableResourceNameDnsAAAARecord": False,
            },
            "Tags": TAGS,
        },
        changed={"MapPublicIpOnLaunch": False, "Tags": NEW_TAGS},
        read=subnet,
    ),
    Case(
        type="AWS::EC2::InternetGateway",
        properties={"Tags": TAGS},
        changed={"Tags": NEW_TAGS},
        read=internet_gateway,
    ),
    Case(
        type="AWS::EC2::VPCGatewayAttachment",
        beside={**VPC, "Internet": INTERNET["Internet"]},
        properties={"VpcId": {"Ref": "Vpc"}, "InternetGatewayId": {"Ref": "Internet"}},
        read=attachment,
    ),
    Case(
        type="AWS::EC2::RouteTable",
        beside=VPC,
        properties={"VpcId": {"Ref": "Vpc"}, "Tags": TAGS},
        changed={"Tags": NEW_TAGS},
        read=route_table,
    ),
    Case(
        type="AWS::EC2::Route",
        note="internet gateway",
        beside={**VPC, **TABLE, **INTERNET},
        properties={
            "RouteTableId": {"Ref": "Table"},
            "DestinationCidrBlock": "0.0.0.0/0",
            "GatewayId": {"Ref": "Internet"},
        },
        read=route,
    ),
    Case(
        type="AWS::EC2::Route",
        note="NAT gateway",
        beside={
            **VPC,
            **TABLE,
            **SUBNET,
            "Private": {
                "Type": "AWS::EC2::NatGateway",
                "Properties": {"SubnetId": {"Ref": "Subnet"}, "ConnectivityType": "private"},
            },
        },
        properties={
            "RouteTableId": {"Ref": "Table"},
            "DestinationCidrBlock": "10.9.0.0/16",
            "NatGatewayId": {"Ref": "Private"},
        },
        read=route,
    ),
    Case(
        type="AWS::EC2::SubnetRouteTableAssociation",
        beside={**VPC, **SUBNET, **TABLE},
        properties={"SubnetId": {"Ref": "Subnet"}, "RouteTableId": {"Ref": "Table"}},
        read=route_association,
    ),
    Case(
        type="AWS::EC2::VPCEndpoint",
        note="gateway",
        beside={**VPC, **TABLE},
        properties={
            "VpcId": {"Ref": "Vpc"},
            "ServiceName": "com.amazonaws.us-east-1.s3",
            "VpcEndpointType": "Gateway",
            "RouteTableIds": [{"Ref": "Table"}],
            "PolicyDocument": POLICY,
            "Tags": TAGS,
        },
        changed={"PolicyDocument": TIGHT_POLICY, "Tags": NEW_TAGS},
        read=endpoint,
    ),
    Case(
        type="AWS::EC2::VPCEndpoint",
        note="interface",
        beside={**NAMED_VPC, **SUBNET, **GROUP},
        properties={
            "VpcId": {"Ref": "Vpc"},
            "ServiceName": "com.amazonaws.us-east-1.logs",
            "VpcEndpointType": "Interface",
            "SubnetIds": [{"Ref": "Subnet"}],
            "SecurityGroupIds": [{"Ref": "Group"}],
            "PrivateDnsEnabled": True,
            "PolicyDocument": POLICY,
            "Tags": TAGS,
        },
        changed={"PrivateDnsEnabled": False, "PolicyDocument": TIGHT_POLICY},
        read=endpoint,
    ),
    Case(
        type="AWS::EC2::SecurityGroup",
        beside={**VPC, **GROUP},
        properties={
            "GroupName": "it",
            "GroupDescription": "tasks",
            "VpcId": {"Ref": "Vpc"},
            "SecurityGroupIngress": [
                {
                    "IpProtocol": "tcp",
                    "FromPort": 443,
                    "ToPort": 443,
                    "CidrIp": "0.0.0.0/0",
                    "Description": "https",
                },
                {
                    "IpProtocol": "tcp",
                    "FromPort": 80,
                    "ToPort": 80,
                    "SourceSecurityGroupId": {"Ref": "Group"},
                    "Description": "peer",
                },
            ],
            "SecurityGroupEgress": [
                {
                    "IpProtocol": "tcp",
                    "FromPort": 5432,
                    "ToPort": 5432,
                    "DestinationSecurityGroupId": {"Ref": "Group"},
                    "Description": "data",
                },
                {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIpv6": "::/0"},
            ],
            "Tags": TAGS,
        },
        changed={
            "SecurityGroupIngress": [{"IpProtocol": "tcp", "FromPort": 8443, "ToPort": 8443, "CidrIp": "10.0.0.0/8"}],
            "Tags": NEW_TAGS,
        },
        read=security_group,
    ),
)
