"""Elastic IP addresses and NAT gateways."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from factory.sandbox.types.arguments import arguments
from factory.sandbox.types.ec2_tags import retag, tag_specifications
from factory.sandbox.types.plugin import Fidelity, Made, Request, ResourceType
from factory.sandbox.types.refusal import RefusedError


def _address(request: Request, public_ip: str) -> dict[str, Any] | None:
    filters = [{"Name": "public-ip", "Values": [public_ip]}]
    return next(iter(request.client("ec2").describe_addresses(Filters=filters)["Addresses"]), None)


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
    return _made_address(address)


def _update_address(request: Request, physical_id: str, old: Mapping[str, Any]) -> Made:
    address = _address(request, physical_id)
    if address is None:
        raise RefusedError(f"Address '{physical_id}' not found.", code="InvalidAddress.NotFound")
    retag(request, address["AllocationId"], old)
    return _made_address(address)


def _delete_address(request: Request, physical_id: str) -> None:
    address = _address(request, physical_id)
    if address is not None:
        request.client("ec2").release_address(AllocationId=address["AllocationId"])


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
        tagged=True,
        dropped=("Address", "InstanceId", "IpamPoolId", "NetworkBorderGroup", "PublicIpv4Pool", "TransferAddress"),
    ),
    ResourceType(
        name="AWS::EC2::NatGateway",
        fidelity=Fidelity.PARTIAL,
        create=_create_gateway,
        update=_update_gateway,
        delete=_delete_gateway,
        tagged=True,
        dropped=(
            "AvailabilityMode",
            "AvailabilityZoneAddresses",
            "MaxDrainDurationSeconds",
            "SecondaryAllocationIds",
            "SecondaryPrivateIpAddressCount",
            "SecondaryPrivateIpAddresses",
            "VpcId",
        ),
    ),
)
