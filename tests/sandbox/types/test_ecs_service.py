"""What an ECS service needs, and what an update of one does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from tests.sandbox.types.cases_containers import SERVICE_BESIDE

Aws = Callable[[str], Any]

PROPERTIES: dict[str, Any] = {
    "ServiceName": "api",
    "Cluster": {"Ref": "Cluster"},
    "TaskDefinition": {"Ref": "Task"},
    "CapacityProviderStrategy": [{"CapacityProvider": "FARGATE", "Weight": 1}],
    "NetworkConfiguration": {
        "AwsvpcConfiguration": {"Subnets": [{"Ref": "Subnet"}], "SecurityGroups": [{"Ref": "Group"}]}
    },
    "LoadBalancers": [{"ContainerName": "api", "ContainerPort": 8080, "TargetGroupArn": {"Ref": "Targets"}}],
}


def stack(beside: Mapping[str, Any] = SERVICE_BESIDE, after: str | None = "Forward", **others: Any) -> dict[str, Any]:
    properties = {key: value for key, value in {**PROPERTIES, **others}.items() if value is not None}
    service: dict[str, Any] = {"Type": "AWS::ECS::Service", "Properties": properties}
    if after:
        service["DependsOn"] = after
    return {**beside, "Service": service}


def described(aws: Aws) -> dict[str, Any]:
    return dict(aws("ecs").describe_services(cluster="main", services=["api"])["services"][0])


def test_the_return_values_are_arn_and_name(stacks: Any, aws: Aws) -> None:
    outputs = {"Ref": {"Ref": "Service"}, "Name": {"Fn::GetAtt": ["Service", "Name"]}}

    assert stacks.put("ecs", stack(), outputs) == "CREATE_COMPLETE", stacks.reasons("ecs")

    assert stacks.outputs("ecs") == {"Ref": described(aws)["serviceArn"], "Name": "api"}
    assert described(aws)["desiredCount"] == 1


NO_RULE = {key: value for key, value in SERVICE_BESIDE.items() if key != "Forward"}
OTHER_PORT = [{**PROPERTIES["LoadBalancers"][0], "ContainerPort": 9090}]
OTHER_CONTAINER = [{**PROPERTIES["LoadBalancers"][0], "ContainerName": "web"}]
NOWHERE = {"AwsvpcConfiguration": {"Subnets": ["subnet-00000000000000000"]}}
NOBODY = {"AwsvpcConfiguration": {"Subnets": [{"Ref": "Subnet"}], "SecurityGroups": ["sg-00000000000000000"]}}
UNNAMED = {"Enabled": True, "Namespace": "services", "Services": [{"PortName": "grpc"}]}


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (stack(NO_RULE, None), "does not have an associated load balancer"),
        (stack(LoadBalancers=OTHER_PORT), "did not have a container port 9090 defined"),
        (stack(LoadBalancers=OTHER_CONTAINER), "The container web does not exist in the task definition"),
        (stack(NetworkConfiguration=None), "Network Configuration must be provided"),
        (stack(NetworkConfiguration=NOWHERE), "subnet-00000000000000000"),
        (stack(NetworkConfiguration=NOBODY), "sg-00000000000000000"),
        (stack(Cluster="gone"), "Cluster not found"),
        (stack(TaskDefinition="gone:1"), "Unable to describe task definition"),
        (stack(LaunchType="FARGATE"), "both a launch type and capacity provider strategy"),
        (stack(CapacityProviderStrategy=[{"CapacityProvider": "own"}]), "not associated with the cluster: own"),
        (stack(ServiceConnectConfiguration={"Enabled": True}), "A namespace is required"),
        (stack(DeploymentConfiguration={"Strategy": "CANARY"}), "AlternateTargetGroupArn must be specified"),
        (stack(ServiceConnectConfiguration=UNNAMED), "Service Connect port name grpc"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_a_service_needs(stacks: Any, wrong: dict[str, Any], reason: str) -> None:
    assert stacks.put("ecs", wrong) == "ROLLBACK_COMPLETE"
    assert reason in stacks.reasons("ecs")


def test_settings_that_the_template_drops_go_back_to_their_defaults(stacks: Any, aws: Aws) -> None:
    rich = stack(
        EnableExecuteCommand=True,
        HealthCheckGracePeriodSeconds=60,
        PropagateTags="SERVICE",
        ServiceConnectConfiguration={"Enabled": True, "Namespace": "services"},
    )
    assert stacks.put("ecs", rich) == "CREATE_COMPLETE", stacks.reasons("ecs")

    assert stacks.put("ecs", stack()) == "UPDATE_COMPLETE", stacks.reasons("ecs")

    found = described(aws)
    assert (found["enableExecuteCommand"], found["propagateTags"]) == (False, "NONE")
    assert found["healthCheckGracePeriodSeconds"] == 0
    assert found["deployments"][0]["serviceConnectConfiguration"] == {"enabled": False}


def test_a_forced_deployment_is_a_new_one(stacks: Any, aws: Aws) -> None:
    stacks.put("ecs", stack())
    before = described(aws)["deployments"][0]["id"]

    forced = {"EnableForceNewDeployment": True, "ForceNewDeploymentNonce": "2"}
    assert stacks.put("ecs", stack(ForceNewDeployment=forced)) == "UPDATE_COMPLETE", stacks.reasons("ecs")

    assert described(aws)["deployments"][0]["id"] != before


def test_a_generated_name_lets_a_product_be_launched_twice(stacks: Any) -> None:
    beside = {key: value for key, value in SERVICE_BESIDE.items() if key in ("Cluster", "Vpc", "Subnet", "Group")}
    beside["Task"] = SERVICE_BESIDE["Task"]
    unnamed = stack(beside, None, ServiceName=None, LoadBalancers=None)
    twice = {**unnamed, "Second": unnamed["Service"]}

    assert stacks.put("ecs", twice) == "CREATE_COMPLETE", stacks.reasons("ecs")
    assert stacks.resource("ecs", "Service") != stacks.resource("ecs", "Second")
