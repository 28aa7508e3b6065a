"""House rule: the security group that every VPC brings along lets nothing through."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from factory.gates import house
from factory.gates.resources import Resource
from factory.gates.unknowns import Opaque

_CLOSED = "Custom::ClosedSecurityGroup"
_ATTRIBUTE = "DefaultSecurityGroup"


class DefaultSecurityGroup(house.HouseRule):
    """The default security group of a VPC is closed, and nothing opens it again."""

    id = "E9216"
    shortdesc = "Default security group closed"
    description = "What is launched without a security group gets the default one, which lets all of its members talk."
    source_url = "https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html"
    mend = "CloudFormation can't: make a Custom::ClosedSecurityGroup with its GroupId, as products/network does."
    controls = (
        "nist-800-53/AC-4",
        "nist-800-53/CM-7",
        "nist-800-53/SC-7",
        "soc2/CC6.6",
        "cis-aws/5.4",
        "pci-dss/1.2.1",
        "platform/segmentation",
    )
    types = frozenset({"AWS::EC2::VPC"})

    def check(self, resource: Resource) -> Iterator[house.Problem]:
        """Look for what closes the group, and for rules that are added to it."""
        world = resource.world
        if not any(_is_default(resource, closed.get("GroupId")) for closed in world.resources(_CLOSED)):
            yield house.Problem(message=f"its default security group stays open: no {_CLOSED} closes it")
        for rule in world.resources("AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress"):
            if _is_default(resource, rule.get("GroupId")):
                yield house.Problem(message=f"{rule.name} opens its default security group")


def _is_default(vpc: Resource, value: Any) -> bool:
    return isinstance(value, Opaque) and value == Opaque(name=vpc.name, attribute=_ATTRIBUTE)
