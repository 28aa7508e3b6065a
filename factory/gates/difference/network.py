"""Which doors of a security group open and close: its rules, inside it or as resources of their own."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from factory.gates.difference.expressions import text
from factory.gates.difference.facts import Fact, Sides, of_resources
from factory.gates.difference.model import Change, Kind
from factory.gates.difference.resources import Resources

_GROUP = "AWS::EC2::SecurityGroup"
_KINDS = {
    "Ingress": (Kind.INGRESS_OPENED, Kind.INGRESS_CLOSED),
    "Egress": (Kind.EGRESS_OPENED, Kind.EGRESS_CLOSED),
}
_PEERS = (
    *("CidrIp", "CidrIpv6", "SourceSecurityGroupId", "SourceSecurityGroupName", "SourcePrefixListId"),
    *("DestinationSecurityGroupId", "DestinationPrefixListId"),
)
_ANYWHERE = frozenset({"0.0.0.0/0", "::/0"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """One rule of a security group."""

    protocol: str
    first_port: str
    last_port: str
    peer: str

    def __str__(self) -> str:
        ports = self.first_port if self.first_port == self.last_port else f"{self.first_port}-{self.last_port}"
        what = "everything" if self.protocol == "-1" else f"{self.protocol} {ports}".strip()
        return f"{self.peer}{' (the whole world)' if self.peer in _ANYWHERE else ''}: {what}"

    def takes_in(self, other: Door) -> bool:
        """Whether whatever passes the other door passes this one."""
        if self.protocol not in {"-1", other.protocol}:
            return False
        return (self.protocol == "-1" or self._has_ports_of(other)) and _takes_in(self.peer, other.peer)

    def _has_ports_of(self, other: Door) -> bool:
        ports = (self.first_port, other.first_port, other.last_port, self.last_port)
        if all(port.isdecimal() for port in ports):
            numbers = [int(port) for port in ports]
            return numbers == sorted(numbers)
        return (self.first_port, self.last_port) == (other.first_port, other.last_port)


def changes(resources: Resources) -> Iterator[Change]:
    """What becomes reachable, or no longer is."""

    def facts(sides: Sides) -> Iterator[Fact]:
        if not sides.type.startswith(_GROUP):
            return
        for direction, (opened, closed) in _KINDS.items():
            old, new = (list(_doors(sides.type, side, direction)) for side in (sides.before, sides.after))
            for fact_kind, ones, others in ((opened, new, old), (closed, old, new)):
                for door in ones:
                    if not any(other.takes_in(door) for other in others):
                        yield Fact(kind=fact_kind, subject=sides.subject, detail=str(door))

    yield from of_resources(resources, facts)


def _doors(kind: str, properties: Mapping[str, Any], direction: str) -> Iterator[Door]:
    if kind == _GROUP:
        rules = properties.get(f"SecurityGroup{direction}", [])
        if properties and direction == "Egress" and f"SecurityGroup{direction}" not in properties:
            # A group that says nothing of it may connect anywhere.
            rules = [{"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}]
    else:
        rules = [properties] if kind == f"{_GROUP}{direction}" and properties else []
    for rule in rules:
        if isinstance(rule, dict) and "IpProtocol" in rule:
            for peer in _PEERS:
                if peer in rule:
                    yield Door(
                        protocol=text(rule["IpProtocol"]),
                        first_port=text(rule.get("FromPort", "")),
                        last_port=text(rule.get("ToPort", "")),
                        peer=text(rule[peer]),
                    )


def _takes_in(peer: str, other: str) -> bool:
    if peer == other:
        return True
    try:
        wide, narrow = ipaddress.ip_network(peer, strict=False), ipaddress.ip_network(other, strict=False)
    except ValueError:
        return False
    if isinstance(wide, ipaddress.IPv4Network) and isinstance(narrow, ipaddress.IPv4Network):
        return narrow.subnet_of(wide)
    if isinstance(wide, ipaddress.IPv6Network) and isinstance(narrow, ipaddress.IPv6Network):
        return narrow.subnet_of(wide)
    return False
