"""Where resource types keep the containers that they run."""

from __future__ import annotations

from collections.abc import Mapping

from factory.gates.resources import Resource

CONTAINERS: Mapping[str, tuple[str, ...]] = {
    "AWS::Batch::JobDefinition": ("ContainerProperties", "EcsProperties.TaskProperties.*.Containers.*"),
    "AWS::ECS::TaskDefinition": ("ContainerDefinitions.*",),
}
"""By resource type, the paths of its containers; all containers of a task count, sidecars as well."""


def name_of(container: Resource) -> str:
    """How a message calls a container."""
    name = container.get("Name")
    return f"container {name}" if name is not None else "the container"
