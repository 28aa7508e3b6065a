"""NAT gateways and addresses through EC2's API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

Aws = Callable[[str], Any]


@pytest.fixture
def subnet(aws: Aws) -> str:
    """A subnet of a VPC with an internet gateway."""
    ec2 = aws("ec2")
    vpc_id = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(VpcId=vpc_id, InternetGatewayId=gateway)
    return str(ec2.create_subnet(VpcId=vpc_id, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"])


def test_an_address_is_free_again_after_its_gateway(aws: Aws, subnet: str) -> None:
    ec2 = aws("ec2")
    allocation = ec2.allocate_address(Domain="vpc")["AllocationId"]
    gateway = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=allocation)["NatGateway"]

    with pytest.raises(ClientError, match=r"InvalidIPAddress\.InUse"):
        ec2.release_address(AllocationId=allocation)
    (held,) = ec2.describe_addresses(AllocationIds=[allocation])["Addresses"]
    assert held["AssociationId"] == gateway["NatGatewayAddresses"][0]["AssociationId"]

    ec2.delete_nat_gateway(NatGatewayId=gateway["NatGatewayId"])
    (free,) = ec2.describe_addresses(AllocationIds=[allocation])["Addresses"]
    assert "AssociationId" not in free
    ec2.release_address(AllocationId=allocation)


def test_gateways_of_one_subnet_have_addresses_of_their_own(aws: Aws, subnet: str) -> None:
    ec2 = aws("ec2")
    for _ in range(2):
        ec2.create_nat_gateway(SubnetId=subnet, ConnectivityType="private")

    found = ec2.describe_nat_gateways()["NatGateways"]

    addresses = [item["NatGatewayAddresses"][0]["PrivateIp"] for item in found]
    assert sorted(addresses) == ["10.0.1.4", "10.0.1.5"]


def test_a_public_gateway_needs_an_address(aws: Aws, subnet: str) -> None:
    with pytest.raises(ClientError, match="MissingParameter"):
        aws("ec2").create_nat_gateway(SubnetId=subnet)


def test_unknown_ids_are_errors(aws: Aws) -> None:
    ec2 = aws("ec2")
    with pytest.raises(ClientError, match="NatGatewayNotFound"):
        ec2.describe_nat_gateways(NatGatewayIds=["nat-00000000000000000"])
    with pytest.raises(ClientError, match=r"InvalidAllocationID\.NotFound"):
        ec2.describe_addresses(AllocationIds=["eipalloc-00000000000000000"])
    with pytest.raises(ClientError, match=r"InvalidSubnetID\.NotFound"):
        ec2.create_nat_gateway(SubnetId="subnet-00000000000000000", ConnectivityType="private")


def test_addresses_are_found_by_ip(aws: Aws) -> None:
    ec2 = aws("ec2")
    first, _ = (ec2.allocate_address(Domain="vpc") for _ in range(2))

    (found,) = ec2.describe_addresses(PublicIps=[first["PublicIp"]])["Addresses"]

    assert found["AllocationId"] == first["AllocationId"]
