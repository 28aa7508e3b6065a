"""House rule: no security group lets everything out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from factory.gates import house, networks
from factory.gates.resources import Resource

_EGRESS = "SecurityGroupEgress"
_GROUP = "AWS::EC2::SecurityGroup"
# A rule to everywhere names its ports; whole ranges of them are what malware talks through.
_MOST_PORTS = 100


class OpenEgress(house.HouseRule):
    """A security group says what it lets out, and to everywhere only named ports."""

    id = "E9212"
    shortdesc = "No open egress"
    description = "What breaks in calls home: where everything goes out, stolen data and commands do too."
    source_url = "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html"
    mend = "Write SecurityGroupEgress with ports and targets, or products.parts.security_groups.CLOSED_EGRESS for none."
    controls = (
        "nist-800-53/AC-4",
        "nist-800-53/SC-7",
        "nist-800-53/SC-7(5)",
        "soc2/CC6.6",
        "pci-dss/1.3.2",
    )
    types = frozenset({_GROUP, "AWS::EC2::SecurityGroupEgress"})

    def check(self, resource: Resource) -> Iterator[house.Problem]:
        """Look at every rule of a group, which has the rule that lets everything out unless it has one of its own."""
        if resource.type != _GROUP:
            if _is_open(resource, resource.get("")):
                yield house.Problem(message="everything is let out to everywhere")
            return
        rules = resource.items(_EGRESS)
        if not rules:
            yield house.Problem(message="it has no outgoing rule, and so one that lets everything out", at=_EGRESS)
        if any(_is_open(resource, rule) for rule in rules):
            yield house.Problem(message="everything is let out to everywhere", at=_EGRESS)


def _is_open(resource: Resource, rule: Any) -> bool:
    return networks.is_worldwide(resource.world, rule) and len(networks.ports(rule)) > _MOST_PORTS
