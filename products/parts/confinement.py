"""What every container of a task is held to, be it the team's own or one beside it."""

from __future__ import annotations

from typing import Any

from troposphere.ecs import KernelCapabilities, LinuxParameters, Tmpfs

_USER = "1000"


def confined(scratch_mib: Any) -> dict[str, Any]:
    """The properties of a container that runs as user 1000 on a read-only filesystem but for /tmp in memory, without
    capabilities, under an init process.

    Fargate takes tmpfs since January 2026 (AWS What's New, "Amazon ECS now supports tmpfs mounts on AWS Fargate").
    A volume would not do for /tmp: it belongs to root, and the container's user could not write to it.
    """
    scratch = Tmpfs(ContainerPath="/tmp", Size=scratch_mib, MountOptions=["rw", "noexec", "nosuid", "nodev"])  # noqa: S108
    return {
        "User": _USER,
        "Privileged": False,
        "ReadonlyRootFilesystem": True,
        "LinuxParameters": LinuxParameters(
            Capabilities=KernelCapabilities(Drop=["ALL"]), InitProcessEnabled=True, Tmpfs=[scratch]
        ),
    }
