"""House rule: no security group names a port of a protocol that speaks plain text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from factory.gates import house, networks
from factory.gates.resources import Resource

# Of Kafka and ZooKeeper those without TLS (Amazon MSK Developer Guide, "Port information").
_PLAIN: Mapping[int, str] = {
    20: "FTP",
    21: "FTP",
    23: "Telnet",
    389: "LDAP",
    2181: "ZooKeeper",
    9092: "Kafka",
}


class PlaintextPorts(house.PartRule):
    """No rule of a security group opens a port on which Kafka, ZooKeeper, LDAP, FTP or Telnet speak plain text."""

    id = "E9207"
    shortdesc = "No ports of plain-text protocols"
    description = "What listens on such a port has a port with TLS beside it; where the plain one is open, it is used."
    source_url = "https://docs.aws.amazon.com/msk/latest/developerguide/port-info.html"
    mend = "Open the port with TLS: for Kafka 9094, 9096 (SASL/SCRAM) or 9098 (IAM), as products.parts.kafka does."
    controls = (
        "nist-800-53/CM-7",
        "nist-800-53/SC-8",
        "soc2/CC6.6",
        "soc2/CC6.7",
        "pci-dss/2.2.5",
        "pci-dss/4.2.1",
        "platform/encryption-in-transit",
    )
    parts: ClassVar = {
        "AWS::EC2::SecurityGroup": ("SecurityGroupIngress.*", "SecurityGroupEgress.*"),
        "AWS::EC2::SecurityGroupEgress": ("",),
        "AWS::EC2::SecurityGroupIngress": ("",),
    }

    def check_part(self, resource: Resource, part: Any, path: str) -> Iterator[house.Problem]:
        """Look at the ports; between two groups a range stands for whatever port a service may choose."""
        opened = networks.ports(part)
        names_peer = any("SecurityGroup" in key and key.startswith(("Source", "Destination")) for key in part)
        if names_peer and len(opened) != 1:
            return
        # All ports are another rule's matter.
        if opened == networks.ALL_PORTS:
            return
        way = "out" if "Egress" in f"{resource.type}{path}" else "in"
        for port, protocol in _PLAIN.items():
            if port in opened:
                yield house.Problem(message=f"port {port}, {protocol} in plain text, is open on the way {way}")
