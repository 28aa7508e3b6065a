"""House rule: tasks have limits."""

from __future__ import annotations

from collections.abc import Iterator

from factory.gates import house
from factory.gates.resources import Resource


class ContainerLimits(house.HouseRule):
    """Every task, or each of its containers, has a limit of CPU and of memory."""

    id = "E9704"
    shortdesc = "CPU and memory limits"
    description = "A task without limits takes what its neighbours need, whether by mistake or by attack."
    source_url = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html#task_size"
    mend = "Set Cpu and Memory on the task definition."
    controls = ("nist-800-53/SC-5", "nist-800-53/SC-6", "soc2/A1.1", "soc2/CC7.2")
    types = frozenset({"AWS::ECS::TaskDefinition"})

    def check(self, resource: Resource) -> Iterator[house.Problem]:
        """Look at the task, and where it has none, at its containers."""
        for limit in ("Cpu", "Memory"):
            if resource.get(limit) is None:
                own = resource.every(f"ContainerDefinitions.*.{limit}")
                if not own or any(value is None for value in own):
                    yield house.Problem(message=f"neither the task nor each container has a limit of {limit}", at=limit)
