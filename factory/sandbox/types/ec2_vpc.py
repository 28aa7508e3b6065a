"""Settings of a VPC that are resources of their own: DHCP options and further address ranges."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from factory.sandbox.types.ec2_tags import retag, tag_specifications
from factory.sandbox.types.naming import generated_id
from factory.sandbox.types.plugin import Fidelity, Made, Request, ResourceType

# Property of the resource → key of a DHCP configuration. Source: Amazon EC2 API Reference, "CreateDhcpOptions".
_DHCP_KEYS = {
    "DomainName": "domain-name",
    "DomainNameServers": "domain-name-servers",
    "NtpServers": "ntp-servers",
    "NetbiosNameServers": "netbios-name-servers",
    "NetbiosNodeType": "netbios-node-type",
    "Ipv6AddressPreferredLeaseTime": "ipv6-address-preferred-lease-time",
}


def _made_options(options_id: str) -> Made:
    return Made(physical_id=options_id, attributes={"DhcpOptionsId": options_id})


def _create_options(request: Request) -> Made:
    properties = request.properties
    given = {key: properties[name] for name, key in _DHCP_KEYS.items() if properties.get(name) is not None}
    configurations = [
        {"Key": key, "Values": [str(item) for item in (value if isinstance(value, list) else [value])]}
        for key, value in given.items()
    ]
    answer = request.client("ec2").create_dhcp_options(
        DhcpConfigurations=configurations, TagSpecifications=tag_specifications("dhcp-options", properties)
    )
    return _made_options(answer["DhcpOptions"]["DhcpOptionsId"])


def _update_options(request: Request, physical_id: str, old: Mapping[str, Any]) -> Made:
    retag(request, physical_id, old)
    return _made_options(physical_id)


def _delete_options(request: Request, physical_id: str) -> None:
    ec2 = request.client("ec2")
    if any(options["DhcpOptionsId"] == physical_id for options in ec2.describe_dhcp_options()["DhcpOptions"]):
        ec2.delete_dhcp_options(DhcpOptionsId=physical_id)


def _vpc(request: Request) -> dict[str, Any] | None:
    vpcs = request.client("ec2").describe_vpcs()["Vpcs"]
    return next((vpc for vpc in vpcs if vpc["VpcId"] == request.properties["VpcId"]), None)


def _create_association(request: Request) -> Made:
    options_id, vpc_id = request.properties["DhcpOptionsId"], request.properties["VpcId"]
    request.client("ec2").associate_dhcp_options(DhcpOptionsId=options_id, VpcId=vpc_id)
    return Made(physical_id=f"{options_id}|{vpc_id}", attributes={})


def _delete_association(request: Request, _physical_id: str) -> None:
    """Set the VPC back to no DHCP options, unless others have been associated since."""
    vpc = _vpc(request)
    if vpc and vpc.get("DhcpOptionsId") == request.properties["DhcpOptionsId"]:
        request.client("ec2").associate_dhcp_options(DhcpOptionsId="default", VpcId=vpc["VpcId"])


def _create_range(request: Request) -> Made:
    """Record a further range of a VPC that exists; the emulator's VPCs have one range."""
    request.client("ec2").describe_vpcs(VpcIds=[request.properties["VpcId"]])
    made = generated_id("vpc-cidr-assoc")
    return Made(physical_id=made, attributes={"Id": made})


def _delete_range(_request: Request, _physical_id: str) -> None:
    """Nothing stands behind the record."""


TYPES = (
    ResourceType(
        name="AWS::EC2::DHCPOptions",
        fidelity=Fidelity.REAL,
        create=_create_options,
        update=_update_options,
        delete=_delete_options,
        tagged=True,
    ),
    ResourceType(
        name="AWS::EC2::VPCDHCPOptionsAssociation",
        fidelity=Fidelity.REAL,
        create=_create_association,
        delete=_delete_association,
    ),
    ResourceType(
        name="AWS::EC2::VPCCidrBlock",
        fidelity=Fidelity.RECORDED,
        create=_create_range,
        delete=_delete_range,
    ),
)
