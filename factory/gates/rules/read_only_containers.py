"""House rule: containers can't change themselves."""

from __future__ import annotations

from collections.abc import Iterator

from factory.gates import containers, house, settings
from factory.gates.resources import Resource


class ReadOnlyContainers(house.PieceRule):
    """Every container's root filesystem is read-only."""

    id = "E9702"
    shortdesc = "Read-only root filesystems"
    description = "Who breaks in leaves tools and changed programs behind where the filesystem can be written to."
    source_url = "https://docs.aws.amazon.com/config/latest/developerguide/ecs-containers-readonly-access.html"
    mend = "Set ReadonlyRootFilesystem, and give the container a tmpfs for what it must write."
    controls = (
        "nist-800-53/AC-3",
        "nist-800-53/AC-6",
        "nist-800-53/CM-5",
        "nist-800-53/SI-7",
        "soc2/CC6.1",
        "soc2/CC6.8",
    )
    parts = containers.CONTAINERS

    def check_piece(self, piece: Resource) -> Iterator[house.Problem]:
        """Look at the switch."""
        if not settings.is_on(piece.get("ReadonlyRootFilesystem")):
            message = f"{containers.name_of(piece)} of {piece.name} can write to its root filesystem"
            yield house.Problem(message=message, at="ReadonlyRootFilesystem")
