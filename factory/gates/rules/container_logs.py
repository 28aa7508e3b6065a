"""House rule: containers write a log."""

from __future__ import annotations

from collections.abc import Iterator

from factory.gates import containers, house
from factory.gates.resources import Resource

# Those that keep nothing, or keep it where the task's host goes with it.
_NOWHERE = {None, "none", "json-file", "journald"}


class ContainerLogs(house.PieceRule):
    """Every container sends its output to a log that outlives it."""

    id = "E9707"
    shortdesc = "Container logs"
    description = "What a container said before it broke, or was broken into, is gone with it."
    source_url = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html"
    mend = "Set LogConfiguration=parts.logs.log_to(group, prefix)."
    controls = ("nist-800-53/AU-2", "nist-800-53/AU-3", "nist-800-53/AU-12", "soc2/CC7.2", "pci-dss/10.2.1")
    parts = containers.CONTAINERS

    def check_piece(self, piece: Resource) -> Iterator[house.Problem]:
        """Look at the driver, and for awslogs at the group. Batch logs by itself where nothing is set."""
        driver = piece.get("LogConfiguration.LogDriver")
        if driver is None and piece.type == "AWS::Batch::JobDefinition":
            return
        if driver in _NOWHERE:
            yield house.Problem(message=f"the output of {containers.name_of(piece)} is lost", at="LogConfiguration")
        elif driver == "awslogs" and piece.get("LogConfiguration.Options.awslogs-group") is None:
            message = f"{containers.name_of(piece)} names no log group"
            yield house.Problem(message=message, at="LogConfiguration.Options")
