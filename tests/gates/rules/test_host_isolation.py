"""House rule E9703: tasks share nothing with their host."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, ask, resource

TASK = "AWS::ECS::TaskDefinition"


def task(**properties: Any) -> dict[str, Any]:
    return resource(TASK, **{"NetworkMode": "awsvpc", **properties})


@pytest.mark.parametrize(
    "good",
    [
        task(),
        task(PidMode="task", Volumes=[{"Name": "scratch"}]),
        task(Volumes=[{"Name": "data", "EFSVolumeConfiguration": {"FilesystemId": "fs-1"}}]),
    ],
)
def test_a_task_of_its_own_is_kept(good: dict[str, Any]) -> None:
    assert ask("E9703", good, **IF_WANTED) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (task(NetworkMode="host"), "no network of its own"),
        (resource(TASK), "no network of its own"),
        (task(NetworkMode={"Fn::If": ["IsWanted", "awsvpc", "bridge"]}), "no network of its own when Wanted=false"),
        (task(PidMode="host"), "sees the processes"),
        (task(IpcMode="host"), "shares memory"),
        (task(Volumes=[{"Name": "a"}, {"Name": "docker", "Host": {"SourcePath": "/var/run"}}]), "mounts a directory"),
        (task(Volumes={"Fn::If": ["IsWanted", [{"Host": {"SourcePath": "/"}}], []]}), "mounts a directory"),
    ],
)
def test_what_shares_is_found(bad: dict[str, Any], message: str) -> None:
    (found,) = ask("E9703", bad, **IF_WANTED)
    assert message in found
