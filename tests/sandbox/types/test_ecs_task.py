"""Task definitions made by a stack: revisions, and sizes that Fargate has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from factory.sandbox.types.ecs_task import check_router
from factory.sandbox.types.refusal import RefusedError

Aws = Callable[[str], Any]


def task(**others: Any) -> dict[str, Any]:
    fixed: dict[str, Any] = {
        "Family": "api",
        "RequiresCompatibilities": ["FARGATE"],
        "NetworkMode": "awsvpc",
        "Cpu": "256",
        "Memory": "512",
        "ContainerDefinitions": [{"Name": "api", "Image": "nginx:1"}],
    }
    properties = {key: value for key, value in {**fixed, **others}.items() if value is not None}
    return {"Task": {"Type": "AWS::ECS::TaskDefinition", "Properties": properties}}


def test_another_image_is_another_revision_and_the_old_one_goes(stacks: Any, aws: Aws) -> None:
    assert stacks.put("ecs", task()) == "CREATE_COMPLETE", stacks.reasons("ecs")
    first = stacks.resource("ecs", "Task")

    assert stacks.put("ecs", task(ContainerDefinitions=[{"Name": "api", "Image": "nginx:2"}])) == "UPDATE_COMPLETE"

    second = stacks.resource("ecs", "Task")
    assert (first.rpartition(":")[2], second.rpartition(":")[2]) == ("1", "2")
    assert aws("ecs").list_task_definitions(familyPrefix="api")["taskDefinitionArns"] == [second]


def test_a_family_without_a_name_gets_one(stacks: Any) -> None:
    assert stacks.put("ecs", task(Family=None)) == "CREATE_COMPLETE", stacks.reasons("ecs")
    assert "task-definition/ecsTask" in stacks.resource("ecs", "Task")


@pytest.mark.parametrize(
    ("size", "reason"),
    [
        ({"Cpu": "256", "Memory": "4096"}, "No Fargate configuration exists"),
        ({"Cpu": "300", "Memory": "512"}, "No Fargate configuration exists"),
        ({"Cpu": None}, "'cpu' and 'memory' be defined at the task level"),
    ],
)
def test_fargate_has_certain_sizes_only(stacks: Any, size: dict[str, Any], reason: str) -> None:
    assert stacks.put("ecs", task(**size)) == "ROLLBACK_COMPLETE"
    assert reason in stacks.reasons("ecs")


ROUTED = {"Name": "api", "Image": "nginx:1", "LogConfiguration": {"LogDriver": "awsfirelens"}}
ROUTER = {"Name": "log-router", "Image": "fluent-bit:1", "FirelensConfiguration": {"Type": "fluentbit"}}


@pytest.mark.parametrize(
    ("containers", "reason"),
    [
        ([ROUTED], "a firelens configuration object must be configured"),
        ([ROUTER], "at least one container has to be configured with the awsfirelens log driver"),
    ],
)
def test_a_router_and_what_it_routes_go_together(containers: list[dict[str, Any]], reason: str) -> None:
    with pytest.raises(RefusedError, match=reason):
        check_router({"ContainerDefinitions": containers})
    check_router({"ContainerDefinitions": [ROUTED, ROUTER]})


def test_machines_have_any_size(stacks: Any) -> None:
    machine = task(RequiresCompatibilities=["EC2"], Cpu="300", Memory="400")
    assert stacks.put("ecs", machine) == "CREATE_COMPLETE", stacks.reasons("ecs")
