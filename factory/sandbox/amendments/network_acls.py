"""Network ACLs as EC2 keeps them: port ranges, the closing deny, and one association for every subnet.

The emulator keeps number, protocol, action and range of an entry, and no association. The rest is kept here.
Refusals follow the Amazon EC2 API Reference; their wording was not compared with the real service.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

from factory.sandbox.amendments.query import (
    Call,
    Ec2Error,
    Element,
    add,
    among,
    child,
    items,
    keep,
    put,
    response,
    text,
)
from factory.sandbox.types.naming import generated_id

# The deny that closes a list, and how many rules one direction may have with it.
# Source: Amazon VPC User Guide, "Amazon VPC quotas".
_CLOSING_RULE = "32767"
_RULES_PER_DIRECTION = 20


@dataclass(slots=True)
class NetworkAcls:
    """The part of one account's and region's network ACLs that the emulator loses."""

    entries: dict[str, dict[str, str]] = field(default_factory=dict)
    associations: dict[str, dict[str, str]] = field(default_factory=dict)

    async def describe(self, call: Call) -> Element:
        """DescribeNetworkAcls with ports, associations and the filters on them."""
        answer = await call.pass_on()
        await self._complete(call, answer)
        known = {text(acl, "networkAclId") for acl in items(answer, "networkAclSet")}
        for acl_id in call.listed("NetworkAclId"):
            if acl_id not in known:
                raise _missing(acl_id)
        filters = call.filters()
        wanted = {
            "association.subnet-id": "subnetId",
            "association.association-id": "networkAclAssociationId",
            "association.network-acl-id": "networkAclId",
        }
        for name, element in wanted.items():
            if name in filters:
                keep(answer, "networkAclSet", _associated(element, filters[name]))
        if "network-acl-id" in filters:
            keep(answer, "networkAclSet", among("networkAclId", filters["network-acl-id"]))
        return answer

    async def create(self, call: Call) -> Element:
        """CreateNetworkAcl in a VPC that exists, with the two denies that close it."""
        await call.ask("DescribeVpcs", VpcId__1=call.require("VpcId"))
        answer = await call.pass_on()
        acl_id = text(child(answer, "networkAcl"), "networkAclId")
        for egress in ("false", "true"):
            closing = {"RuleNumber": _CLOSING_RULE, "Protocol": "-1", "RuleAction": "deny", "Egress": egress}
            await call.ask("CreateNetworkAclEntry", NetworkAclId=acl_id, CidrBlock="0.0.0.0/0", **closing)
            put_entry = {"ruleNumber": _CLOSING_RULE, "protocol": "-1", "ruleAction": "deny", "egress": egress}
            add(child(child(answer, "networkAcl"), "entrySet"), "item", cidrBlock="0.0.0.0/0", **put_entry)
        return answer

    async def delete(self, call: Call) -> Element:
        """DeleteNetworkAcl, unless it is a VPC's default one or a subnet uses it."""
        acl = await self._acl(call)
        acl_id = text(acl, "networkAclId")
        if text(acl, "default") == "true":
            raise Ec2Error("CannotDelete", f"The default network ACL '{acl_id}' cannot be deleted.")
        if list(items(acl, "associationSet")):
            raise Ec2Error("DependencyViolation", f"The networkAcl '{acl_id}' has dependencies and cannot be deleted.")
        for key in [key for key in self.entries if key.startswith(f"{acl_id} ")]:
            del self.entries[key]
        return await call.pass_on()

    async def create_entry(self, call: Call) -> Element:
        """CreateNetworkAclEntry, unless the number is taken or the list is full."""
        acl = await self._acl(call)
        number, egress = call.require("RuleNumber"), call.require("Egress")
        if not 1 <= int(number) < int(_CLOSING_RULE):
            raise Ec2Error("InvalidParameterValue", f"Value ({number}) for parameter ruleNumber is invalid.")
        same_way = [entry for entry in items(acl, "entrySet") if text(entry, "egress") == egress]
        if any(text(entry, "ruleNumber") == number for entry in same_way):
            raise Ec2Error(
                "NetworkAclEntryAlreadyExists", f"The network acl entry identified by {number} already exists."
            )
        if len(same_way) >= _RULES_PER_DIRECTION:
            raise Ec2Error(
                "NetworkAclEntryLimitExceeded",
                f"The network ACL '{text(acl, 'networkAclId')}' has reached {_RULES_PER_DIRECTION} rules.",
            )
        return await self._store(call)

    async def replace_entry(self, call: Call) -> Element:
        """ReplaceNetworkAclEntry of an entry that exists."""
        await self._existing_entry(call)
        return await self._store(call)

    async def delete_entry(self, call: Call) -> Element:
        """DeleteNetworkAclEntry of an entry that exists."""
        await self._existing_entry(call)
        self.entries.pop(_key(call), None)
        return await call.pass_on()

    async def associate(self, call: Call) -> Element:
        """ReplaceNetworkAclAssociation: another network ACL of the same VPC for the subnet."""
        association_id = call.require("AssociationId")
        everything = await call.ask("DescribeNetworkAcls")
        await self._complete(call, everything)
        acls = {text(acl, "networkAclId"): acl for acl in items(everything, "networkAclSet")}
        chosen = acls.get(call.require("NetworkAclId"))
        if chosen is None:
            raise _missing(call.require("NetworkAclId"))
        for acl in acls.values():
            for association in items(acl, "associationSet"):
                if text(association, "networkAclAssociationId") == association_id:
                    return self._associate(text(association, "subnetId"), acl, chosen)
        raise Ec2Error("InvalidAssociationID.NotFound", f"The association ID '{association_id}' does not exist")

    def _associate(self, subnet_id: str, current: Element, chosen: Element) -> Element:
        if text(current, "vpcId") != text(chosen, "vpcId"):
            raise Ec2Error(
                "InvalidParameterValue",
                f"networkAcl {text(chosen, 'networkAclId')} and subnet {subnet_id} belong to different networks.",
            )
        made = generated_id("aclassoc")
        self.associations[subnet_id] = {"id": made, "acl": text(chosen, "networkAclId")}
        return response("ReplaceNetworkAclAssociation", newAssociationId=made)

    async def _acl(self, call: Call) -> Element:
        acl_id = call.require("NetworkAclId")
        answer = await call.ask("DescribeNetworkAcls", NetworkAclId__1=acl_id)
        await self._complete(call, answer)
        for acl in items(answer, "networkAclSet"):
            return acl
        raise _missing(acl_id)

    async def _existing_entry(self, call: Call) -> None:
        number, egress = call.require("RuleNumber"), call.require("Egress")
        for entry in items(await self._acl(call), "entrySet"):
            if (text(entry, "ruleNumber"), text(entry, "egress")) == (number, egress):
                return
        raise Ec2Error(
            "InvalidNetworkAclEntry.NotFound", f"The network acl entry identified by {number} does not exist"
        )

    async def _store(self, call: Call) -> Element:
        """Keep what the emulator loses of an entry, and let it keep the rest."""
        ports = {"from": call.get("PortRange.From"), "to": call.get("PortRange.To")}
        icmp = {"code": call.get("Icmp.Code"), "type": call.get("Icmp.Type")}
        if call.require("Protocol") in ("6", "17", "tcp", "udp") and None in ports.values():
            raise Ec2Error("MissingParameter", "The request must contain the parameter portRange")
        answer = await call.pass_on()
        kept = {**{f"portRange.{key}": value for key, value in ports.items()}}
        kept |= {f"icmpTypeCode.{key}": value for key, value in icmp.items()}
        self.entries[_key(call)] = {key: value for key, value in kept.items() if value is not None}
        return answer

    async def _complete(self, call: Call, answer: Element) -> None:
        """Write ports and associations into a DescribeNetworkAcls answer."""
        subnets = await call.ask("DescribeSubnets")
        for acl in items(answer, "networkAclSet"):
            acl_id, default = text(acl, "networkAclId"), text(acl, "default") == "true"
            for entry in items(acl, "entrySet"):
                key = f"{acl_id} {text(entry, 'ruleNumber')} {text(entry, 'egress')}"
                for path, value in self.entries.get(key, {}).items():
                    structure, _, member = path.partition(".")
                    put(child(entry, structure), member, value)
            for subnet in items(subnets, "subnetSet"):
                if text(subnet, "vpcId") != text(acl, "vpcId"):
                    continue
                subnet_id = text(subnet, "subnetId")
                used = self.associations.get(subnet_id)
                if used["acl"] == acl_id if used else default:
                    add(
                        child(acl, "associationSet"),
                        "item",
                        networkAclAssociationId=used["id"] if used else _first_association(subnet_id),
                        networkAclId=acl_id,
                        subnetId=subnet_id,
                    )


def _first_association(subnet_id: str) -> str:
    """Give the id of the association that a subnet is born with; the same each time it is asked for."""
    return f"aclassoc-{hashlib.sha256(subnet_id.encode()).hexdigest()[:17]}"


def _key(call: Call) -> str:
    return f"{call.require('NetworkAclId')} {call.require('RuleNumber')} {call.require('Egress')}"


def _associated(element: str, values: list[str]) -> Callable[[Element], bool]:
    return lambda acl: any(text(item, element) in values for item in items(acl, "associationSet"))


def _missing(acl_id: str) -> Ec2Error:
    return Ec2Error("InvalidNetworkAclID.NotFound", f"The networkAcl ID '{acl_id}' does not exist")
