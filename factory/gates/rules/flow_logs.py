"""House rule: every VPC logs all of its traffic."""

from __future__ import annotations

from collections.abc import Iterator

from factory.gates import house
from factory.gates.resources import Resource

_FLOW_LOG = "AWS::EC2::FlowLog"


class FlowLogs(house.HouseRule):
    """A VPC has a flow log of all its traffic, what is accepted and what is rejected."""

    id = "E9402"
    shortdesc = "Flow logs"
    description = "Who spoke with whom is asked after every incident; without flow logs nobody knows."
    source_url = "https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html"
    mend = "Add a FlowLog with ResourceType VPC and TrafficType ALL, as products/network does."
    controls = (
        "nist-800-53/AU-2",
        "nist-800-53/AU-12",
        "nist-800-53/SI-4",
        "soc2/CC7.2",
        "cis-aws/3.7",
        "pci-dss/10.2.1",
    )
    types = frozenset({"AWS::EC2::VPC"})

    def check(self, resource: Resource) -> Iterator[house.Problem]:
        """Look for the flow log of this VPC."""
        logs = [log for log in resource.world.resources(_FLOW_LOG) if resource.is_meant_by(log.get("ResourceId"))]
        if not logs:
            yield house.Problem(message="it has no flow log")
        elif not any(log.get("TrafficType") == "ALL" for log in logs):
            yield house.Problem(message="no flow log of it has TrafficType ALL")
