"""Application Auto Scaling: what can be scaled, and by which policy.

The emulator has no such service: targets and policies are recorded, and nothing is scaled.
"""

from __future__ import annotations

import uuid

from factory.sandbox.types.plugin import Made, Request
from factory.sandbox.types.recorded import recorded
from factory.sandbox.types.refusal import RefusedError


def _check_service(request: Request, resource_id: str) -> None:
    """Refuse an ECS service that doesn't exist (`service/CLUSTER/NAME`), as registering a target does."""
    _, _, rest = resource_id.partition("/")
    cluster, _, name = rest.partition("/")
    found = request.client("ecs").describe_services(cluster=cluster, services=[name])["services"]
    if not any(service["status"] == "ACTIVE" for service in found):
        raise RefusedError(f"ECS service doesn't exist: {resource_id}", code="ValidationException")


def _target(request: Request, _physical_id: str | None) -> Made:
    properties = request.properties
    if int(properties["MinCapacity"]) > int(properties["MaxCapacity"]):
        raise RefusedError("Maximum capacity cannot be less than minimum capacity", code="ValidationException")
    if properties["ServiceNamespace"] == "ecs":
        _check_service(request, properties["ResourceId"])
    made = "|".join(properties[key] for key in ("ResourceId", "ScalableDimension", "ServiceNamespace"))
    return Made(physical_id=made, attributes={"Id": made})


def _policy(request: Request, physical_id: str | None) -> Made:
    properties = request.properties
    if properties.get("ScalingTargetId"):
        resource_id, _, namespace = str(properties["ScalingTargetId"]).split("|")
    else:
        resource_id, namespace = properties["ResourceId"], properties["ServiceNamespace"]
    arn = physical_id or (
        f"arn:aws:autoscaling:{request.region}:{request.account}:scalingPolicy:{uuid.uuid4()}"
        f":resource/{namespace}/{resource_id}:policyName/{properties['PolicyName']}"
    )
    return Made(physical_id=arn, attributes={"Arn": arn})


TYPES = (
    recorded("AWS::ApplicationAutoScaling::ScalableTarget", _target),
    recorded("AWS::ApplicationAutoScaling::ScalingPolicy", _policy),
)
