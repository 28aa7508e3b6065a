"""NAT gateways and the addresses they hold, as EC2 keeps them.

The emulator takes any subnet and any address for a NAT gateway, and forgets the address. Refusals follow the
Amazon EC2 API Reference; their wording was not compared with the real service.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field

from factory.sandbox.amendments.query import Call, Ec2Error, Element, add, among, child, items, keep, put, text
from factory.sandbox.types.naming import generated_id

# The first four addresses of a subnet are AWS's own. Source: Amazon VPC User Guide, "Subnet CIDR blocks".
_FIRST_HOST = 4


@dataclass(slots=True)
class NatGateways:
    """The addresses of one account's and region's NAT gateways, by gateway id."""

    addresses: dict[str, dict[str, str]] = field(default_factory=dict)

    async def create(self, call: Call) -> Element:
        """CreateNatGateway in a subnet that exists; a public one with a free address, behind an internet gateway.

        The real service makes the gateway first and lets it fail where the internet gateway is missing.
        """
        subnets = await call.ask("DescribeSubnets", SubnetId__1=call.require("SubnetId"))
        (subnet,) = items(subnets, "subnetSet")
        public_ip = ""
        if call.get("ConnectivityType") != "private":
            public_ip = await self._free_address(call)
            await self._check_internet(call, text(subnet, "vpcId"))
        answer = await call.pass_on()
        gateway = child(answer, "natGateway")
        network = ipaddress.ip_network(text(subnet, "cidrBlock"))
        taken = sum(held["subnet"] == text(subnet, "subnetId") for held in self.addresses.values())
        self.addresses[text(gateway, "natGatewayId")] = {
            "allocationId": call.get("AllocationId") or "",
            "associationId": generated_id("eipassoc") if public_ip else "",
            "networkInterfaceId": generated_id("eni"),
            "privateIp": call.get("PrivateIpAddress") or str(network[_FIRST_HOST + taken]),
            "publicIp": public_ip,
            "subnet": text(subnet, "subnetId"),
        }
        self._complete(gateway)
        return answer

    async def describe(self, call: Call) -> Element:
        """DescribeNatGateways with addresses; an unknown id is an error."""
        answer = await call.pass_on()
        known = {text(gateway, "natGatewayId") for gateway in items(answer, "natGatewaySet")}
        for gateway_id in call.listed("NatGatewayId"):
            if gateway_id not in known:
                raise Ec2Error("NatGatewayNotFound", f"The Nat Gateway {gateway_id} was not found")
        for gateway in items(answer, "natGatewaySet"):
            self._complete(gateway)
        ids = call.filters().get("nat-gateway-id")
        if ids is not None:
            keep(answer, "natGatewaySet", among("natGatewayId", ids))
        return answer

    async def delete(self, call: Call) -> Element:
        """DeleteNatGateway; its address is free again."""
        answer = await call.pass_on()
        self.addresses.pop(call.require("NatGatewayId"), None)
        return answer

    async def describe_addresses(self, call: Call) -> Element:
        """DescribeAddresses with the associations to NAT gateways and the filters that name an address."""
        answer = await call.pass_on()
        held = {address["allocationId"]: address for address in self.addresses.values()}
        for address in items(answer, "addressesSet"):
            if used := held.get(text(address, "allocationId")):
                put(address, "associationId", used["associationId"])
                put(address, "networkInterfaceId", used["networkInterfaceId"])
                put(address, "privateIpAddress", used["privateIp"])
        known = {text(address, "allocationId") for address in items(answer, "addressesSet")}
        for allocation_id in call.listed("AllocationId"):
            if allocation_id not in known:
                raise _no_allocation(allocation_id)
        filters = call.filters()
        wanted = {
            "publicIp": [*call.listed("PublicIp"), *filters.get("public-ip", [])],
            "allocationId": filters.get("allocation-id", []),
            "associationId": filters.get("association-id", []),
        }
        for element, values in wanted.items():
            if values:
                keep(answer, "addressesSet", among(element, values))
        return answer

    async def release(self, call: Call) -> Element:
        """ReleaseAddress, unless a NAT gateway holds it."""
        allocation_id = call.get("AllocationId")
        if allocation_id and any(held["allocationId"] == allocation_id for held in self.addresses.values()):
            raise Ec2Error("InvalidIPAddress.InUse", f"Address {allocation_id} is in use.")
        return await call.pass_on()

    async def _free_address(self, call: Call) -> str:
        allocation_id = call.require("AllocationId")
        answer = await call.ask("DescribeAddresses", AllocationId__1=allocation_id)
        if any(held["allocationId"] == allocation_id for held in self.addresses.values()):
            raise Ec2Error("Resource.AlreadyAssociated", f"Elastic IP address [{allocation_id}] is already associated")
        for address in items(answer, "addressesSet"):
            return text(address, "publicIp")
        raise _no_allocation(allocation_id)

    async def _check_internet(self, call: Call, vpc_id: str) -> None:
        answer = await call.ask("DescribeInternetGateways")
        for gateway in items(answer, "internetGatewaySet"):
            if any(text(attachment, "vpcId") == vpc_id for attachment in items(gateway, "attachmentSet")):
                return
        raise Ec2Error("Gateway.NotAttached", f"Network {vpc_id} has no Internet gateway attached")

    def _complete(self, gateway: Element) -> None:
        held = self.addresses.get(text(gateway, "natGatewayId"))
        if held is None:
            return
        shown = {key: value for key, value in held.items() if value and key != "subnet"}
        add(
            child(gateway, "natGatewayAddressSet"),
            "item",
            **shown,
            isPrimary="true",
            status="succeeded",
        )


def _no_allocation(allocation_id: str) -> Ec2Error:
    return Ec2Error("InvalidAllocationID.NotFound", f"The allocation ID '{allocation_id}' does not exist")
