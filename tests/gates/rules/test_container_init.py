"""House rule E9706: containers have an init process."""

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
        task({"Name": "app", "LinuxParameters": {"InitProcessEnabled": True}}),
    ],
)
def test_an_init_process_is_kept(good: dict[str, Any]) -> None:
    assert ask("E9706", good, **IF_WANTED) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (task({"Name": "app"}), "container app of It has no init process"),
        (task({"Name": "app", "LinuxParameters": {"InitProcessEnabled": False}}), "no init process"),
        (
            task({"LinuxParameters": {"InitProcessEnabled": {"Fn::If": ["IsWanted", True, NOTHING]}}}),
            "when Wanted=false",
        ),
    ],
)
def test_none_is_found(bad: dict[str, Any], message: str) -> None:
    (found,) = ask("E9706", bad, **IF_WANTED)
    assert message in found
