"""ECS services through ECS's API: settings that the emulator forgets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Aws = Callable[[str], Any]


def test_an_update_keeps_what_it_does_not_name(aws: Aws) -> None:
    ecs = aws("ecs")
    ecs.create_cluster(clusterName="main")
    task = ecs.register_task_definition(
        family="api", containerDefinitions=[{"name": "api", "image": "nginx", "memory": 128}]
    )["taskDefinition"]["taskDefinitionArn"]
    connect = {"enabled": True, "namespace": "services"}
    made = ecs.create_service(
        cluster="main",
        serviceName="api",
        taskDefinition=task,
        desiredCount=0,
        serviceConnectConfiguration=connect,
        propagateTags="SERVICE",
    )["service"]
    assert made["deployments"][0]["serviceConnectConfiguration"] == connect

    ecs.update_service(cluster="main", service="api", propagateTags="TASK_DEFINITION")

    (found,) = ecs.describe_services(cluster="main", services=["api"])["services"]
    assert found["propagateTags"] == "TASK_DEFINITION"
    assert found["deployments"][0]["serviceConnectConfiguration"] == connect


def test_a_service_made_anew_starts_without_the_old_settings(aws: Aws) -> None:
    ecs = aws("ecs")
    ecs.create_cluster(clusterName="main")
    task = ecs.register_task_definition(
        family="api", containerDefinitions=[{"name": "api", "image": "nginx", "memory": 128}]
    )["taskDefinition"]["taskDefinitionArn"]
    given = {"cluster": "main", "serviceName": "api", "taskDefinition": task, "desiredCount": 0}
    ecs.create_service(**given, serviceConnectConfiguration={"enabled": True})
    ecs.delete_service(cluster="main", service="api", force=True)

    again = ecs.create_service(**given)["service"]

    assert "serviceConnectConfiguration" not in again["deployments"][0]
