"""House rule: from where the data is, nothing reaches the internet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from factory.gates import house, networks
from factory.gates.resources import Resource


class DataTierEgress(house.PartRule):
    """The security groups of databases, caches, file systems and brokers let nothing out to the internet."""

    id = "E9213"
    shortdesc = "No way from the data tier to the internet"
    description = "A store of data answers and never calls: a way out of it is a way for the data to leave."
    source_url = "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-best-practices.html"
    mend = "Give the group products.parts.security_groups.CLOSED_EGRESS as its only outgoing rule."
    controls = (
        "nist-800-53/AC-4",
        "nist-800-53/SC-7",
        "soc2/CC6.6",
        "soc2/CC6.7",
        "pci-dss/1.3.2",
        "pci-dss/1.4.4",
        "platform/segmentation",
    )
    parts: ClassVar = {
        "AWS::EC2::SecurityGroup": ("SecurityGroupEgress.*",),
        "AWS::EC2::SecurityGroupEgress": ("",),
    }

    def check_part(self, resource: Resource, part: Any, path: str) -> Iterator[house.Problem]:
        """Look at the outgoing rules of the groups that a store of data names."""
        ranges = (part.get("CidrIp"), part.get("CidrIpv6"))
        if not networks.is_worldwide(resource.world, part) and not any(map(networks.is_outside, ranges)):
            return
        group = resource if path else networks.group_of(resource)
        if group is not None and networks.guards_data(group):
            yield house.Problem(message="a store of data reaches the internet")
