"""House rule: every rule of a security group says what it is for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from factory.gates import house
from factory.gates.resources import Resource


class DescribedRules(house.PartRule):
    """Every rule of a security group has a description."""

    id = "E9214"
    shortdesc = "Descriptions of security group rules"
    description = "A rule that nobody can explain is never taken away: whoever reviews it needs to know what it is for."
    source_url = "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html"
    mend = "Set Description on the rule."
    controls = ("nist-800-53/CM-2", "nist-800-53/SC-7(4)", "soc2/CC6.6", "soc2/CC8.1", "pci-dss/1.2.5")
    parts: ClassVar = {
        "AWS::EC2::SecurityGroup": ("SecurityGroupIngress.*", "SecurityGroupEgress.*"),
        "AWS::EC2::SecurityGroupEgress": ("",),
        "AWS::EC2::SecurityGroupIngress": ("",),
    }

    def check_part(self, resource: Resource, part: Any, path: str) -> Iterator[house.Problem]:
        """Look at the description."""
        if not part.get("Description"):
            where = f"a rule of {path.partition('.')[0]}" if path else resource.name
            yield house.Problem(message=f"{where} has no description")
