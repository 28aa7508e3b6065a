"""Network ACLs: what may cross the border of a tier, in each direction; all else is dropped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from troposphere import Tags
from troposphere.ec2 import VPC, NetworkAcl, NetworkAclEntry, PortRange, SubnetNetworkAclAssociation

from factory.authoring import Stack
from products.parts.subnets import ZONES, Tier, in_zone

ANYWHERE = "0.0.0.0/0"
EPHEMERAL = (1024, 65535)
"""The ports from which NAT gateways, load balancers and Lambda speak, and so are answered on (Amazon VPC User Guide,
"Ephemeral ports"). An ACL keeps no state: whoever is allowed to ask needs a rule for the answer."""

_ALL_PROTOCOLS = -1
_TCP = 6
_FIRST_NUMBER = 100
_NUMBER_STEP = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """Traffic that may cross: with a range of addresses, to TCP ports `first` to `last`, or of any kind if None."""

    range: Any
    ports: tuple[int, int] | None
    condition: str | None = None


def port(number: int) -> tuple[int, int]:
    """One TCP port, as a range."""
    return number, number


def network_acl(stack: Stack, vpc: VPC, of: Tier, incoming: Sequence[Opening], outgoing: Sequence[Opening]) -> None:
    """Let in and out of a tier's subnets what the openings say.

    Their order gives the rules their numbers, so a later version adds at the end: rules that change their numbers
    would collide with each other during the update.
    """
    acl = stack.add(NetworkAcl(f"{of.name}Acl", VpcId=vpc.ref(), Tags=Tags(Name=stack.name(f"{of.name.lower()}-acl"))))
    for egress, openings in ((False, incoming), (True, outgoing)):
        for position, opening in enumerate(openings):
            number = _FIRST_NUMBER + position * _NUMBER_STEP
            entry = NetworkAclEntry(
                f"{of.name}Acl{'Out' if egress else 'In'}{number}",
                NetworkAclId=acl.ref(),
                RuleNumber=number,
                RuleAction="allow",
                Egress=egress,
                CidrBlock=opening.range,
                Protocol=_ALL_PROTOCOLS if opening.ports is None else _TCP,
            )
            if opening.ports is not None:
                first, last = opening.ports
                entry.PortRange = PortRange(From=first, To=last)
            if opening.condition:
                entry.Condition = opening.condition
            stack.add(entry)
            if not egress and (opening.range, opening.ports) == (ANYWHERE, EPHEMERAL):
                _explain_answers(stack, entry)
    for zone in ZONES:
        stack.add(
            SubnetNetworkAclAssociation(
                f"{of.name}Subnet{zone}Acl",
                SubnetId=of.subnets[zone - 1].ref(),
                NetworkAclId=acl.ref(),
                **in_zone(zone),
            )
        )


def _explain_answers(stack: Stack, entry: NetworkAclEntry) -> None:
    stack.exempt(
        entry,
        "E9215",
        "An ACL can't tell answers from requests, and NAT gateways are answered on 3389 as on any port from 1024 up; "
        "security groups let no request to it in",
        owner="Platform engineering",
        review="2027-11-30",
    )
