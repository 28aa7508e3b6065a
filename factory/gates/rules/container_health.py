"""House rule: somebody asks containers whether they are well."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from factory.gates import containers, house, settings
from factory.gates.resources import Resource


class ContainerHealth(house.PieceRule):
    """Every essential container of a service has a health check, its own or that of a load balancer."""

    id = "E9705"
    shortdesc = "Container health checks"
    description = "A process that hangs still runs: without a check nothing replaces it, and requests go on failing."
    source_url = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/healthcheck.html"
    mend = "Set HealthCheck, as parts.servers.server does, or put the container behind a target group."
    controls = ("nist-800-53/SI-4", "nist-800-53/CP-10", "soc2/A1.1", "soc2/CC7.2")
    parts: ClassVar = {"AWS::ECS::TaskDefinition": containers.CONTAINERS["AWS::ECS::TaskDefinition"]}

    def check_piece(self, piece: Resource) -> Iterator[house.Problem]:
        """Look at the container, and where it has no check, at the services that run it."""
        essential = piece.get("Essential")
        if essential is not None and not settings.is_on(essential):
            return
        command = piece.get("HealthCheck.Command")
        if command is not None and command != ["NONE"]:
            return
        for service in piece.world.resources("AWS::ECS::Service"):
            is_its_own = piece.is_meant_by(service.get("TaskDefinition"))
            if is_its_own and piece.get("Name") not in service.every("LoadBalancers.*.ContainerName"):
                message = f"nothing asks {containers.name_of(piece)} of {service.name} whether it is well"
                yield house.Problem(message=message, at="HealthCheck")
