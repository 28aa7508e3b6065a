"""House rule E9702: containers can't change themselves."""

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
        task({"Name": "app", "ReadonlyRootFilesystem": True}),
        task({"Name": "app", "ReadonlyRootFilesystem": "true"}),
    ],
)
def test_a_read_only_one_is_kept(good: dict[str, Any]) -> None:
    assert ask("E9702", good, **IF_WANTED) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (task({"Name": "app"}), "container app of It can write"),
        (task({"Name": "app", "ReadonlyRootFilesystem": False}), "can write"),
        (task({"Name": "app", "ReadonlyRootFilesystem": {"Fn::If": ["IsWanted", True, NOTHING]}}), "when Wanted=false"),
        (
            task({"Name": "a", "ReadonlyRootFilesystem": True}, {"Fn::If": ["IsWanted", {"Name": "b"}, NOTHING]}),
            "container b",
        ),
        (resource("AWS::Batch::JobDefinition", ContainerProperties={}), "the container of It can write"),
    ],
)
def test_a_writable_one_is_found(bad: dict[str, Any], message: str) -> None:
    (found,) = ask("E9702", bad, **IF_WANTED)
    assert message in found
