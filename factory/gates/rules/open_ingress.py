"""House rule: the internet comes in through a public load balancer's web ports and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from factory.gates import house, networks
from factory.gates.resources import Resource

_WEB = (range(80, 81), range(443, 444))


class OpenIngress(house.PartRule):
    """The internet is let in on ports 80 and 443 of a public load balancer's security group alone."""

    id = "E9211"
    shortdesc = "No open ingress"
    description = (
        "Every port that the internet reaches is scanned within minutes; one weak service behind it is enough."
    )
    source_url = "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html"
    mend = "Name the security group (SourceSecurityGroupId) or range that may come in; the VPC's is contract.VPC_CIDR."
    controls = (
        "nist-800-53/AC-4",
        "nist-800-53/CM-7",
        "nist-800-53/SC-7",
        "nist-800-53/SC-7(5)",
        "soc2/CC6.6",
        "cis-aws/5.2",
        "cis-aws/5.3",
        "pci-dss/1.3.1",
        "platform/restricted-ingress",
    )
    parts: ClassVar = {
        "AWS::EC2::SecurityGroup": ("SecurityGroupIngress.*",),
        "AWS::EC2::SecurityGroupIngress": ("",),
    }

    def check_part(self, resource: Resource, part: Any, path: str) -> Iterator[house.Problem]:
        """Look at a rule that lets in the internet, or could; a rule of its own belongs to the group it names."""
        if not networks.is_worldwide(resource.world, part):
            return
        group = resource if path else networks.group_of(resource)
        is_web = str(part.get("IpProtocol")) in {"tcp", "6"} and networks.ports(part) in _WEB
        if not is_web or group is None or not networks.guards_public_balancer(group):
            yield house.Problem(message=f"the internet is let in to {_named(part)}")


def _named(rule: dict[str, Any]) -> str:
    ports = networks.ports(rule)
    if ports == networks.ALL_PORTS:
        return "all ports"
    if not ports:
        return f"protocol {rule.get('IpProtocol')}"
    return f"port {ports[0]}" if len(ports) == 1 else f"ports {ports[0]} to {ports[-1]}"
