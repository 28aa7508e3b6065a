"""House rule E9704: tasks have limits."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, NOTHING, ask, resource

TASK = "AWS::ECS::TaskDefinition"


def task(*containers: Any, **more: Any) -> dict[str, Any]:
    return resource(TASK, ContainerDefinitions=list(containers), **more)


@pytest.mark.parametrize(
    "good",
    [
        task({"Name": "app"}, Cpu="256", Memory="512"),
        task({"Name": "app", "Cpu": 256, "Memory": 512}),
    ],
)
def test_limits_are_kept(good: dict[str, Any]) -> None:
    assert ask("E9704", good, **IF_WANTED) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (task({"Name": "app"}, Cpu="256"), "a limit of Memory"),
        (task({"Name": "app", "Memory": 512}), "a limit of Cpu"),
        (task({"Cpu": 256, "Memory": 512}, {"Cpu": 256}), "a limit of Memory"),
        (task({"Name": "app"}, Cpu="256", Memory={"Fn::If": ["IsWanted", "512", NOTHING]}), "Memory when Wanted=false"),
    ],
)
def test_none_is_found(bad: dict[str, Any], message: str) -> None:
    (found,) = ask("E9704", bad, **IF_WANTED)
    assert message in found
