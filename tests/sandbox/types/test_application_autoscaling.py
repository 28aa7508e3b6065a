"""Scaling targets and policies are recorded; what they scale must exist."""

from __future__ import annotations

from typing import Any

SERVICE = {
    "Cluster": {"Type": "AWS::ECS::Cluster", "Properties": {"ClusterName": "main"}},
    "Task": {
        "Type": "AWS::ECS::TaskDefinition",
        "Properties": {
            "Family": "api",
            "ContainerDefinitions": [{"Name": "api", "Image": "public.ecr.aws/nginx/nginx:1.27"}],
        },
    },
    "Service": {
        "Type": "AWS::ECS::Service",
        "Properties": {
            "ServiceName": "api",
            "Cluster": {"Ref": "Cluster"},
            "TaskDefinition": {"Ref": "Task"},
            "DesiredCount": 0,
        },
    },
}
RESOURCE = "service/main/api"
DIMENSION = "ecs:service:DesiredCount"


def target(**properties: Any) -> dict[str, Any]:
    fixed = {
        "ServiceNamespace": "ecs",
        "ResourceId": RESOURCE,
        "ScalableDimension": DIMENSION,
        "MinCapacity": 1,
        "MaxCapacity": 4,
    }
    return {
        "Type": "AWS::ApplicationAutoScaling::ScalableTarget",
        "DependsOn": "Service",
        "Properties": {**fixed, **properties},
    }


POLICY = {
    "Type": "AWS::ApplicationAutoScaling::ScalingPolicy",
    "Properties": {
        "PolicyName": "cpu",
        "PolicyType": "TargetTrackingScaling",
        "ScalingTargetId": {"Ref": "Target"},
        "TargetTrackingScalingPolicyConfiguration": {
            "TargetValue": 60,
            "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"},
        },
    },
}


def test_the_return_values_are_those_of_aws(stacks: Any) -> None:
    outputs = {"Target": {"Ref": "Target"}, "Policy": {"Fn::GetAtt": ["Policy", "Arn"]}}

    status = stacks.put("scaling", {**SERVICE, "Target": target(), "Policy": POLICY}, outputs)

    assert status == "CREATE_COMPLETE", stacks.reasons("scaling")
    given = stacks.outputs("scaling")
    assert given["Target"] == f"{RESOURCE}|{DIMENSION}|ecs"
    assert given["Policy"].startswith("arn:aws:autoscaling:us-east-1:")
    assert given["Policy"].endswith(f":resource/ecs/{RESOURCE}:policyName/cpu")

    wider = {**SERVICE, "Target": target(MaxCapacity=8), "Policy": POLICY}
    assert stacks.put("scaling", wider, outputs) == "UPDATE_COMPLETE"
    assert stacks.outputs("scaling") == given
    assert stacks.delete("scaling") == "DELETE_COMPLETE"


def test_what_is_scaled_must_exist(stacks: Any) -> None:
    gone = target(ResourceId="service/main/gone")
    assert stacks.put("scaling", {**SERVICE, "Target": gone}) == "ROLLBACK_COMPLETE"
    assert "ECS service doesn't exist: service/main/gone" in stacks.reasons("scaling")


def test_the_smallest_number_is_not_above_the_largest(stacks: Any) -> None:
    wrong = target(MinCapacity=5)
    assert stacks.put("scaling", {**SERVICE, "Target": wrong}) == "ROLLBACK_COMPLETE"
    assert "Maximum capacity cannot be less than minimum capacity" in stacks.reasons("scaling")


def test_a_service_is_brought_within_the_bounds(stacks: Any, aws: Any) -> None:
    def desired() -> int:
        count: int = aws("ecs").describe_services(cluster="main", services=["api"])["services"][0]["desiredCount"]
        return count

    stacks.put("scaling", {**SERVICE, "Target": target(MinCapacity=3)})
    assert desired() == 3
    aws("ecs").update_service(cluster="main", service="api", desiredCount=9)
    stacks.put("scaling", {**SERVICE, "Target": target(MinCapacity=2)})
    assert desired() == 4
