"""House rule: no network ACL opens administration to the internet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from factory.gates import house, networks, settings
from factory.gates.resources import Resource

_ADMINISTRATION = {22: "SSH", 3389: "RDP"}
_PROTOCOLS = {"6", "17"}


class NetworkAcls(house.HouseRule):
    """No entry of a network ACL lets the internet in to SSH or RDP."""

    id = "E9215"
    shortdesc = "Network ACLs closed to administration"
    description = "The ACL is what is left when a security group is opened by mistake: it keeps administration closed."
    source_url = "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html"
    mend = "Take ports 22 and 3389 out of the range, or name the network that administers."
    controls = (
        "nist-800-53/AC-4(21)",
        "nist-800-53/CM-7",
        "nist-800-53/SC-7",
        "soc2/CC6.6",
        "cis-aws/5.1",
        "pci-dss/1.3.1",
        "platform/restricted-ingress",
    )
    types = frozenset({"AWS::EC2::NetworkAclEntry"})

    def check(self, resource: Resource) -> Iterator[house.Problem]:
        """Look at entries that let the internet in, or could."""
        outgoing = resource.get("Egress")
        if (outgoing is not None and settings.is_on(outgoing)) or resource.get("RuleAction") == "deny":
            return
        if not any(networks.is_wide(resource.get(name)) for name in ("CidrBlock", "Ipv6CidrBlock")):
            return
        opened = _ports(resource)
        for port, protocol in _ADMINISTRATION.items():
            if port in opened:
                yield house.Problem(message=f"the internet is let in to port {port} ({protocol})", at="PortRange")


def _ports(entry: Resource) -> range:
    protocol: Any = entry.get("Protocol")
    if str(protocol) == "1" or str(protocol) == "58":
        return range(0)
    first, last = (settings.as_number(entry.get(f"PortRange.{end}")) for end in ("From", "To"))
    if str(protocol) not in _PROTOCOLS or first is None or last is None:
        return networks.ALL_PORTS
    return range(first, last + 1)
