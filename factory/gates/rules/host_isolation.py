"""House rule: tasks share nothing with their host."""

from __future__ import annotations

from collections.abc import Iterator

from factory.gates import house
from factory.gates.resources import Resource


class HostIsolation(house.HouseRule):
    """Every task has a network of its own, and shares neither processes nor directories with its host."""

    id = "E9703"
    shortdesc = "No host networking, processes or directories"
    description = (
        "On its host's network a task gets the host's credentials and evades its security group; in its process list "
        "and directories it reads what its neighbours do."
    )
    source_url = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/networking-networkmode.html"
    mend = "Set NetworkMode to awsvpc, and leave PidMode, IpcMode and Host.SourcePath out."
    controls = ("nist-800-53/AC-4", "nist-800-53/AC-6", "nist-800-53/SC-7", "soc2/CC6.1", "soc2/CC6.6")
    types = frozenset({"AWS::ECS::TaskDefinition"})

    def check(self, resource: Resource) -> Iterator[house.Problem]:
        """Look at the task; its containers have no say in it."""
        if resource.get("NetworkMode") != "awsvpc":
            yield house.Problem(message="the task has no network of its own", at="NetworkMode")
        if resource.get("PidMode") not in (None, "task"):
            yield house.Problem(message="the task sees the processes of its host", at="PidMode")
        if resource.get("IpcMode") not in (None, "none", "task"):
            yield house.Problem(message="the task shares memory with its host", at="IpcMode")
        if any(path is not None for path in resource.every("Volumes.*.Host.SourcePath")):
            yield house.Problem(message="the task mounts a directory of its host", at="Volumes")
