"""House rule: containers have no privileges."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from factory.gates import containers, house, settings
from factory.gates.resources import Resource
from factory.gates.unknowns import Given, is_known

_ROOT = re.compile("(0+|root)(:.*)?", re.IGNORECASE)
_TASK = "AWS::ECS::TaskDefinition"


class UnprivilegedContainers(house.PieceRule):
    """Every container runs as a user other than root, without privileges and without capabilities."""

    id = "E9701"
    shortdesc = "Containers without privileges"
    description = "Who breaks into a container that runs as root is a step away from the host and from its neighbours."
    source_url = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-tasks-containers.html"
    mend = (
        "Set User to a number other than 0, drop ALL capabilities, and leave Privileged off, as "
        "parts.tasks.container does."
    )
    controls = (
        "nist-800-53/AC-6",
        "nist-800-53/AC-6(10)",
        "nist-800-53/CM-7",
        "soc2/CC6.1",
        "soc2/CC6.8",
        "pci-dss/2.2.6",
    )
    parts = containers.CONTAINERS

    def check_piece(self, piece: Resource) -> Iterator[house.Problem]:
        """Look at the user, and at what it may do."""
        who = containers.name_of(piece)
        if not _is_somebody(piece.get("User")):
            yield house.Problem(message=f"{who} runs as root, or as whom its image says", at="User")
        if settings.is_on(privileged := piece.get("Privileged")) or isinstance(privileged, Given):
            yield house.Problem(message=f"{who} is privileged", at="Privileged")
        if piece.items("LinuxParameters.Devices"):
            yield house.Problem(message=f"{who} reaches devices of its host", at="LinuxParameters.Devices")
        if piece.type != _TASK:
            return
        if "ALL" not in piece.items("LinuxParameters.Capabilities.Drop"):
            yield house.Problem(message=f"{who} keeps capabilities", at="LinuxParameters.Capabilities.Drop")
        if piece.items("LinuxParameters.Capabilities.Add"):
            yield house.Problem(message=f"{who} adds capabilities", at="LinuxParameters.Capabilities.Add")


def _is_somebody(user: Any) -> bool:
    if isinstance(user, Given):
        return not any(user.admits(name) for name in ("", "0", "root", "0:0"))
    return isinstance(user, str | int) and is_known(user) and str(user) != "" and not _ROOT.fullmatch(str(user))
