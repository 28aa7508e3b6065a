"""House rule, where a portfolio asks for it: nobody can open a shell in a container."""

from __future__ import annotations

from collections.abc import Iterator

from factory.gates import house
from factory.gates.resources import Resource


class NoShells(house.HouseRule):
    """No service lets people open a shell in its containers, in any environment."""

    id = "E9790"
    shortdesc = "No shells in containers"
    description = "A shell in a container acts with the application's role, past its reviews and past its code."
    source_url = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html"
    mend = "Leave EnableExecuteCommand off."
    controls = ("pci-dss/8.6.1", "pci-dss/2.2.4")
    asked_by = frozenset({"pci-dss"})
    types = frozenset({"AWS::ECS::Service"})

    def check(self, resource: Resource) -> Iterator[house.Problem]:
        """Look at the switch; ECS leaves it off by default."""
        if str(resource.get("EnableExecuteCommand") or False).lower() != "false":
            yield house.Problem(message="EnableExecuteCommand is on", at="EnableExecuteCommand")
