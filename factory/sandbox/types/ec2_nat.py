"""Elastic IP addresses and NAT gateways."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from factory.sandbox.types.arguments import arguments
from factory.sandbox.types.ec2_tags import retag, tag_specifications
from factory.sandbox.types.plugin import Fidelity, Made, Request, ResourceType


def _address(request: Request, public_ip: str) -> dict[str, Any] | None:
    """Find an address by its IP; the emulator ignores the filter, so the list is searched here."""
    for address in request.client("ec2").describe_addresses()["Addresses"]:
        if address["PublicIp"] == public_ip:
            return dict(address)
    return None


def _made_address(address: Mapping[str, Any]) -> Made:
    return Made(
        physical_id=address["PublicIp"],
        attributes={"PublicIp": address["PublicIp"], "AllocationId": address["AllocationId"]},
    )


def _create_address(request: Request) -> Made:
    ec2 = request.client("ec2")
    properties = request.properties
    given = arguments(ec2, "AllocateAddress", {"Domain": "vpc", **properties})
    address = ec2.allocate_address(**given, TagSpecifications=tag_specifications("elastic-ip", properties))
    if properties.get("InstanceId"):
        ec2.associate_address(AllocationId=address["AllocationId"], InstanceId=properties["InstanceId"])
    return _made_address(address)


def _update_address(request: Request, physical_id: str, old: Mapping[str, Any]) -> Made:
    ec2 = request.client("ec2")
    address = _address(request, physical_id)
    if address is None:
        return _create_address(request)
    retag(request, address["AllocationId"], old)
    instance = request.properties.get("InstanceId")
    if instance != old.get("InstanceId"):
        if address.get("AssociationId"):
            ec2.disassociate_address(AssociationId=address["AssociationId"])
        if instance:
            ec2.associate_address(AllocationId=address["AllocationId"], InstanceId=instance)
    return _made_address(address)


def _delete_address(request: Request, physical_id: str) -> None:
    ec2 = request.client("ec2")
    address = _address(request, physical_id)
    if address is None:
        return
    if address.get("AssociationId") and address.get("InstanceId"):
        ec2.disassociate_address(AssociationId=address["AssociationId"])
    ec2.release_address(AllocationId=address["AllocationId"])


def _made_gateway(gateway: Mapping[str, Any]) -> Made:
    addresses = gateway.get("NatGatewayAddresses") or [{}]
    return Made(
        physical_id=gateway["NatGatewayId"],
        attributes={
            "NatGatewayId": gateway["NatGatewayId"],
            "EniId": addresses[0].get("NetworkInterfaceId", ""),
        },
    )


def _create_gateway(request: Request) -> Made:
    ec2 = request.client("ec2")
    properties = request.properties
    given = arguments(ec2, "CreateNatGateway", {key: value for key, value in properties.items() if key != "Tags"})
    tags = tag_specifications("natgateway", properties)
    return _made_gateway(ec2.create_nat_gateway(**given, TagSpecifications=tags)["NatGateway"])


def _update_gateway(request: Request, physical_id: str, old: Mapping[str, Any]) -> Made:
    retag(request, physical_id, old)
    found = request.client("ec2").describe_nat_gateways(NatGatewayIds=[physical_id])["NatGateways"]
    return _made_gateway(found[0])


def _delete_gateway(request: Request, physical_id: str) -> None:
    ec2 = request.client("ec2")
    found = ec2.describe_nat_gateways(NatGatewayIds=[physical_id])["NatGateways"]
    if any(gateway["State"] != "deleted" for gateway in found):
        ec2.delete_nat_gateway(NatGatewayId=physical_id)


TYPES = (
    ResourceType(
        name="AWS::EC2::EIP",
        fidelity=Fidelity.PARTIAL,
        create=_create_address,
        update=_update_address,
        delete=_delete_address,
        dropped=("Address", "IpamPoolId", "NetworkBorderGroup", "PublicIpv4Pool", "TransferAddress"),
    ),
    ResourceType(
        name="AWS::EC2::NatGateway",
        fidelity=Fidelity.PARTIAL,
        create=_create_gateway,
        update=_update_gateway,
        delete=_delete_gateway,
        dropped=(
            "AvailabilityMode",
            "AvailabilityZoneAddresses",
            "MaxDrainDurationSeconds",
            "SecondaryAllocationIds",
            "SecondaryPrivateIpAddressCount",
            "SecondaryPrivateIpAddresses",
        ),
    ),
)
