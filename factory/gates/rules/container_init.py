"""House rule: containers have an init process."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from factory.gates import containers, house, settings
from factory.gates.resources import Resource


class ContainerInit(house.PieceRule):
    """Every container has an init process, which passes on signals and ends what is left behind."""

    id = "E9706"
    shortdesc = "Init process in containers"
    description = (
        "Few programs do the work of process 1: without it a stop is not heard and requests are cut off, and processes "
        "of health checks and shells pile up until none can start."
    )
    source_url = (
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/"
        "aws-properties-ecs-taskdefinition-linuxparameters.html"
    )
    mend = "Set LinuxParameters.InitProcessEnabled, as parts.tasks.container does."
    controls = ("nist-800-53/CM-6", "nist-800-53/SC-5", "soc2/A1.1")
    parts: ClassVar = {"AWS::ECS::TaskDefinition": containers.CONTAINERS["AWS::ECS::TaskDefinition"]}

    def check_piece(self, piece: Resource) -> Iterator[house.Problem]:
        """Look at the switch."""
        if not settings.is_on(piece.get("LinuxParameters.InitProcessEnabled")):
            message = f"{containers.name_of(piece)} of {piece.name} has no init process"
            yield house.Problem(message=message, at="LinuxParameters.InitProcessEnabled")
