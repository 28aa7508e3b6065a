"""VPC endpoints as EC2 keeps them: security groups, private DNS and policy, which the emulator forgets."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from factory.sandbox.amendments.query import Call, Ec2Error, Element, add, child, items, put, text

_OPEN_POLICY = json.dumps({"Statement": [{"Action": "*", "Effect": "Allow", "Principal": "*", "Resource": "*"}]})


@dataclass(slots=True)
class Endpoints:
    """The part of one account's and region's VPC endpoints that the emulator loses, by endpoint id."""

    groups: dict[str, list[str]] = field(default_factory=dict)
    policies: dict[str, str] = field(default_factory=dict)
    private_dns: dict[str, str] = field(default_factory=dict)

    async def create(self, call: Call) -> Element:
        """CreateVpcEndpoint in a VPC that exists, with security groups that exist."""
        await call.ask("DescribeVpcs", VpcId__1=call.require("VpcId"))
        await self._check_groups(call, call.listed("SecurityGroupId"))
        answer = await call.pass_on()
        endpoint = child(answer, "vpcEndpoint")
        self._set(text(endpoint, "vpcEndpointId"), call, call.listed("SecurityGroupId"))
        self._complete(endpoint)
        return answer

    async def modify(self, call: Call) -> Element:
        """ModifyVpcEndpoint with all that can be modified."""
        endpoint_id = call.require("VpcEndpointId")
        added = call.listed("AddSecurityGroupId")
        await self._check_groups(call, added)
        answer = await call.pass_on()
        removed = call.listed("RemoveSecurityGroupId")
        left = [group for group in self.groups.get(endpoint_id, []) if group not in removed]
        self._set(endpoint_id, call, left + [group for group in added if group not in left])
        if call.get("ResetPolicy") == "true":
            self.policies.pop(endpoint_id, None)
        return answer

    async def describe(self, call: Call) -> Element:
        """DescribeVpcEndpoints with everything that was set."""
        answer = await call.pass_on()
        for endpoint in items(answer, "vpcEndpointSet"):
            self._complete(endpoint)
        return answer

    async def delete(self, call: Call) -> Element:
        """DeleteVpcEndpoints."""
        for endpoint_id in call.listed("VpcEndpointId"):
            for kept in (self.groups, self.policies, self.private_dns):
                kept.pop(endpoint_id, None)
        return await call.pass_on()

    def _set(self, endpoint_id: str, call: Call, groups: list[str]) -> None:
        self.groups[endpoint_id] = groups
        if policy := call.get("PolicyDocument"):
            self.policies[endpoint_id] = policy
        if private_dns := call.get("PrivateDnsEnabled"):
            self.private_dns[endpoint_id] = private_dns

    def _complete(self, endpoint: Element) -> None:
        endpoint_id = text(endpoint, "vpcEndpointId")
        put(endpoint, "policyDocument", self.policies.get(endpoint_id, _OPEN_POLICY))
        put(endpoint, "privateDnsEnabled", self.private_dns.get(endpoint_id, "false"))
        for group in self.groups.get(endpoint_id, []):
            add(child(endpoint, "groupSet"), "item", groupId=group)

    async def _check_groups(self, call: Call, wanted: list[str]) -> None:
        if not wanted:
            return
        answer = await call.ask("DescribeSecurityGroups")
        known = {text(group, "groupId") for group in items(answer, "securityGroupInfo")}
        for group in wanted:
            if group not in known:
                raise Ec2Error("InvalidGroup.NotFound", f"The security group '{group}' does not exist")
