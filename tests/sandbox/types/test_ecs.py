"""Capacity providers made by a stack, read back through ECS."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Aws = Callable[[str], Any]

CLUSTER = {"Cluster": {"Type": "AWS::ECS::Cluster", "Properties": {"ClusterName": "main"}}}


def association(*providers: str, first: str, base: int = 1) -> dict[str, Any]:
    return {
        "Type": "AWS::ECS::ClusterCapacityProviderAssociations",
        "Properties": {
            "Cluster": {"Ref": "Cluster"},
            "CapacityProviders": list(providers),
            "DefaultCapacityProviderStrategy": [{"CapacityProvider": first, "Base": base, "Weight": 1}],
        },
    }


def described(aws: Aws) -> dict[str, Any]:
    return dict(aws("ecs").describe_clusters(clusters=["main"])["clusters"][0])


def test_a_cluster_gets_its_capacity_providers_and_loses_them(stacks: Any, aws: Aws) -> None:
    use = association("FARGATE", "FARGATE_SPOT", first="FARGATE")

    status = stacks.put("ecs", {**CLUSTER, "Use": use})

    assert status == "CREATE_COMPLETE", stacks.reasons("ecs")
    assert stacks.resource("ecs", "Use") == "main"
    assert described(aws)["capacityProviders"] == ["FARGATE", "FARGATE_SPOT"]
    assert described(aws)["defaultCapacityProviderStrategy"] == [
        {"capacityProvider": "FARGATE", "base": 1, "weight": 1}
    ]

    assert stacks.put("ecs", {**CLUSTER, "Use": association("FARGATE", first="FARGATE", base=2)})
    assert described(aws)["capacityProviders"] == ["FARGATE"]
    assert described(aws)["defaultCapacityProviderStrategy"][0]["base"] == 2

    assert stacks.put("ecs", CLUSTER) == "UPDATE_COMPLETE"
    assert described(aws)["capacityProviders"] == []


@pytest.mark.parametrize(
    ("use", "reason"),
    [
        (association("MISSING", first="MISSING"), "MISSING was not found"),
        (association("FARGATE", first="FARGATE_SPOT"), "is not associated"),
    ],
)
def test_a_provider_must_exist_and_be_associated(stacks: Any, use: Any, reason: str) -> None:
    assert stacks.put("ecs", {**CLUSTER, "Use": use}) == "ROLLBACK_COMPLETE"
    assert reason in stacks.reasons("ecs")


def test_a_provider_over_an_auto_scaling_group(stacks: Any, aws: Aws) -> None:
    group = "arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:1:autoScalingGroupName/group"

    def provider(target: int, tag: str) -> dict[str, Any]:
        scaling = {"Status": "ENABLED", "TargetCapacity": target}
        properties = {
            "Name": "machines",
            "AutoScalingGroupProvider": {"AutoScalingGroupArn": group, "ManagedScaling": scaling},
            "Tags": [{"Key": tag, "Value": "yes"}],
        }
        return {"Provider": {"Type": "AWS::ECS::CapacityProvider", "Properties": properties}}

    def found() -> dict[str, Any]:
        names = {"capacityProviders": ["machines"], "include": ["TAGS"]}
        return dict(aws("ecs").describe_capacity_providers(**names)["capacityProviders"][0])

    assert stacks.put("ecs", provider(80, "old")) == "CREATE_COMPLETE", stacks.reasons("ecs")
    assert stacks.resource("ecs", "Provider") == "machines"
    assert found()["autoScalingGroupProvider"]["managedScaling"]["targetCapacity"] == 80

    assert stacks.put("ecs", provider(90, "new")) == "UPDATE_COMPLETE", stacks.reasons("ecs")
    assert found()["autoScalingGroupProvider"]["managedScaling"]["targetCapacity"] == 90
    assert {tag["key"] for tag in found()["tags"]} >= {"new"}
    assert "old" not in {tag["key"] for tag in found()["tags"]}

    assert stacks.delete("ecs") == "DELETE_COMPLETE"
    assert aws("ecs").describe_capacity_providers(capacityProviders=["machines"])["capacityProviders"] == []
