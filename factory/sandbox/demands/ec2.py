"""Amazon EC2: networks that fit into each other, rules of security groups, and routes.

Sources: Amazon EC2 API Reference, CreateVpc, CreateSubnet, CreateSecurityGroup, AuthorizeSecurityGroupIngress,
CreateRoute, AttachInternetGateway, AssociateRouteTable, CreateVpcEndpoint; Amazon VPC User Guide, "Amazon VPC quotas".
"""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Mapping
from typing import Any

from factory.sandbox.emulator import Resource
from factory.sandbox.stacks.account import Account
from factory.sandbox.types.arguments import truth
from factory.sandbox.types.refusal import RefusedError

_MAX_RULES = 60
_RULE_TEXT = re.compile(r"[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]{0,255}")
_PORTS = range(-1, 65_536)
_PORT_PROTOCOLS = frozenset({"tcp", "udp", "6", "17"})
_PROTOCOLS = _PORT_PROTOCOLS | {"icmp", "icmpv6", "-1"}
_GATEWAY_SERVICES = ("s3", "dynamodb", "s3express")


def _vpc(resource: Resource, _account: Account) -> None:
    block = resource.properties.get("CidrBlock")
    if block and not 16 <= ipaddress.ip_network(block, strict=False).prefixlen <= 28:
        raise RefusedError(f"The CIDR '{block}' is invalid.", code="InvalidVpc.Range")


def _subnet(resource: Resource, account: Account) -> None:
    properties = resource.properties
    block = properties.get("CidrBlock")
    if resource.physical_id is not None or not block:
        return
    ec2, wanted = account.client("ec2"), ipaddress.IPv4Network(block, strict=False)
    zone = properties.get("AvailabilityZone")
    if zone and zone not in {item["ZoneName"] for item in ec2.describe_availability_zones()["AvailabilityZones"]}:
        raise RefusedError(f"Value ({zone}) for parameter availabilityZone is invalid.", code="InvalidParameterValue")
    vpc = ec2.describe_vpcs(VpcIds=[properties["VpcId"]])["Vpcs"][0]
    ranges = [item["CidrBlock"] for item in vpc.get("CidrBlockAssociationSet") or [vpc]]
    if wanted.prefixlen > 28 or not any(wanted.subnet_of(ipaddress.IPv4Network(outer)) for outer in ranges):
        raise RefusedError(f"The CIDR '{block}' is invalid.", code="InvalidSubnet.Range")
    inside = [{"Name": "vpc-id", "Values": [properties["VpcId"]]}]
    for other in ec2.describe_subnets(Filters=inside)["Subnets"]:
        if wanted.overlaps(ipaddress.IPv4Network(other["CidrBlock"])):
            raise RefusedError(f"The CIDR '{block}' conflicts with another subnet", code="InvalidSubnet.Conflict")


def _security_group(resource: Resource, _account: Account) -> None:
    name = str(resource.properties.get("GroupName", ""))
    if name.lower().startswith("sg-"):
        raise RefusedError("Group names may not be in the format sg-*", code="InvalidParameterValue")
    for way in ("SecurityGroupIngress", "SecurityGroupEgress"):
        rules = resource.properties.get(way) or []
        for rule in rules:
            _check_rule(rule)
        # What a rule says about itself doesn't tell it from another one.
        told = [json.dumps({key: str(rule[key]) for key in sorted(rule) if key != "Description"}) for rule in rules]
        if len(set(told)) < len(told):
            raise RefusedError("The same permission must not appear multiple times", code="InvalidParameterValue")
        if len(rules) > _MAX_RULES:
            raise RefusedError(
                "The maximum number of rules per security group has been reached.",
                code="RulesPerSecurityGroupLimitExceeded",
            )


def _rule(resource: Resource, account: Account) -> None:
    properties = resource.properties
    _check_rule(properties)
    if resource.physical_id is not None or "GroupId" not in properties:
        return
    found = account.client("ec2").describe_security_group_rules(
        Filters=[{"Name": "group-id", "Values": [properties["GroupId"]]}]
    )["SecurityGroupRules"]
    outward = resource.type.endswith("Egress")
    if sum(rule["IsEgress"] == outward for rule in found) >= _MAX_RULES:
        raise RefusedError(
            "The maximum number of rules per security group has been reached.",
            code="RulesPerSecurityGroupLimitExceeded",
        )


def _check_rule(rule: Mapping[str, Any]) -> None:
    if not _RULE_TEXT.fullmatch(str(rule.get("Description", ""))):
        raise RefusedError(
            "Invalid rule description. Valid descriptions are strings less than 256 characters from the following "
            "set: a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*",
            code="InvalidParameterValue",
        )
    protocol = str(rule.get("IpProtocol", "")).lower()
    if protocol not in _PROTOCOLS and not (protocol.isdigit() and int(protocol) <= 255):
        raise RefusedError(
            f"Invalid value '{protocol}' for IP protocol. Unknown protocol.", code="InvalidParameterValue"
        )
    first, last = int(rule.get("FromPort", -1)), int(rule.get("ToPort", -1))
    if protocol in _PORT_PROTOCOLS and (first not in _PORTS or last not in _PORTS):
        raise RefusedError(
            "Invalid value for portRange. Must specify both from and to ports with TCP/UDP.",
            code="InvalidParameterValue",
        )
    if protocol in _PORT_PROTOCOLS and first > last:
        raise RefusedError(
            "Invalid TCP/UDP port range: the first port is above the last one.", code="InvalidParameterValue"
        )


def _route(resource: Resource, account: Account) -> None:
    properties = resource.properties
    block = properties.get("DestinationCidrBlock")
    table = account.client("ec2").describe_route_tables(RouteTableIds=[properties["RouteTableId"]])["RouteTables"][0]
    if resource.physical_id is None and block:
        for route in table["Routes"]:
            if route.get("DestinationCidrBlock") == block:
                raise RefusedError(f"The route identified by {block} already exists.", code="RouteAlreadyExists")
    gateway = str(properties.get("GatewayId", ""))
    if gateway.startswith("igw-"):
        found = account.client("ec2").describe_internet_gateways(InternetGatewayIds=[gateway])["InternetGateways"][0]
        if table["VpcId"] not in {attached["VpcId"] for attached in found["Attachments"]}:
            raise RefusedError(
                f"route table {table['RouteTableId']} and network gateway {gateway} belong to different networks",
                code="InvalidParameterValue",
            )


def _attachment(resource: Resource, account: Account) -> None:
    vpc, gateway = resource.properties.get("VpcId"), resource.properties.get("InternetGatewayId")
    # Its own attachment makes way for what takes its place.
    if resource.physical_id is not None or resource.old_properties or not gateway:
        return
    for found in account.client("ec2").describe_internet_gateways()["InternetGateways"]:
        attached = {item["VpcId"] for item in found["Attachments"]}
        if found["InternetGatewayId"] == gateway and attached:
            raise RefusedError(
                f"resource {gateway} is already attached to network {min(attached)}", code="Resource.AlreadyAssociated"
            )
        if vpc in attached:
            raise RefusedError(f"Network {vpc} already has an internet gateway attached", code="InvalidParameterValue")


def _table_association(resource: Resource, account: Account) -> None:
    subnet = resource.properties["SubnetId"]
    tables = account.client("ec2").describe_route_tables(
        Filters=[{"Name": "association.subnet-id", "Values": [subnet]}]
    )["RouteTables"]
    # Its own association makes way for what takes its place.
    own = (resource.old_properties or {}).get("SubnetId") == subnet
    if resource.physical_id is None and tables and not own:
        table = resource.properties["RouteTableId"]
        raise RefusedError(
            f"the specified association for route table {table} conflicts with an existing association",
            code="Resource.AlreadyAssociated",
        )


def _endpoint(resource: Resource, account: Account) -> None:
    properties = resource.properties
    service, kind = str(properties.get("ServiceName", "")), properties.get("VpcEndpointType", "Gateway")
    if kind not in ("Gateway", "Interface") or resource.physical_id is not None:
        return
    short = service.removeprefix(f"com.amazonaws.{account.region}.")
    if kind == "Gateway":
        if service.startswith("com.amazonaws.") and short not in _GATEWAY_SERVICES:
            raise RefusedError(
                "Endpoint type (Gateway) does not match available service types ([Interface]).",
                code="InvalidParameter",
            )
        _refuse_second_gateway(properties, service, account)
        return
    _check_interface(properties, service, account)


def _refuse_second_gateway(properties: Mapping[str, Any], service: str, account: Account) -> None:
    tables = set(properties.get("RouteTableIds") or ())
    for other in _endpoints(properties["VpcId"], service, account):
        if other["VpcEndpointType"] == "Gateway" and (taken := tables & set(other.get("RouteTableIds") or ())):
            raise RefusedError(
                f"route table {min(taken)} already has a route with destination-prefix-list-id of {service}",
                code="RouteAlreadyExists",
            )


def _check_interface(properties: Mapping[str, Any], service: str, account: Account) -> None:
    ec2, vpc = account.client("ec2"), properties["VpcId"]
    subnets = properties.get("SubnetIds") or []
    zones = [found["AvailabilityZone"] for found in _subnets(subnets, account)]
    if len(set(zones)) < len(zones):
        raise RefusedError(
            "Found another VPC endpoint subnet in the availability zone of a subnet", code="DuplicateSubnetsInSameZone"
        )
    if not truth(properties.get("PrivateDnsEnabled", False)):
        return
    for name, attribute in (("EnableDnsSupport", "enableDnsSupport"), ("EnableDnsHostnames", "enableDnsHostnames")):
        if not ec2.describe_vpc_attribute(VpcId=vpc, Attribute=attribute)[name]["Value"]:
            raise RefusedError(
                "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true "
                f"for {vpc}",
                code="InvalidParameter",
            )
    if any(other.get("PrivateDnsEnabled") for other in _endpoints(vpc, service, account)):
        raise RefusedError(
            f"private-dns-enabled cannot be set because there is already a conflicting DNS domain for {service} in the "
            f"VPC {vpc}",
            code="InvalidParameter",
        )


def _endpoints(vpc: str, service: str, account: Account) -> list[dict[str, Any]]:
    found = account.client("ec2").describe_vpc_endpoints()["VpcEndpoints"]
    return [
        other
        for other in found
        if other["VpcId"] == vpc and other["ServiceName"] == service and str(other["State"]).lower() != "deleted"
    ]


def _subnets(identifiers: list[str], account: Account) -> list[dict[str, Any]]:
    return list(account.client("ec2").describe_subnets(SubnetIds=identifiers)["Subnets"]) if identifiers else []


DEMANDS = {
    "AWS::EC2::Route": _route,
    "AWS::EC2::SecurityGroup": _security_group,
    "AWS::EC2::SecurityGroupEgress": _rule,
    "AWS::EC2::SecurityGroupIngress": _rule,
    "AWS::EC2::Subnet": _subnet,
    "AWS::EC2::SubnetRouteTableAssociation": _table_association,
    "AWS::EC2::VPC": _vpc,
    "AWS::EC2::VPCEndpoint": _endpoint,
    "AWS::EC2::VPCGatewayAttachment": _attachment,
}
