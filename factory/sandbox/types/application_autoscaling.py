"""Application Auto Scaling: what can be scaled, and by which policy.

The emulator has no such service: targets and policies are recorded. Of what the service does, one thing happens: an ECS
service whose desired count is outside the bounds of its target is brought inside them, once, when the target is made
or changed (Application Auto Scaling User Guide, "Register a scalable target"). No load is measured, so policies scale
nothing.
"""

from __future__ import annotations

import uuid

from factory.sandbox.types.plugin import Made, Request
from factory.sandbox.types.recorded import recorded
from factory.sandbox.types.refusal import RefusedError


def _keep_within(request: Request, resource_id: str, low: int, high: int) -> None:
    """Bring an ECS service (`service/CLUSTER/NAME`) within the bounds; refuse one that doesn't exist."""
    _, _, rest = resource_id.partition("/")
    cluster, _, name = rest.partition("/")
    ecs = request.client("ecs")
    found = ecs.describe_services(cluster=cluster, services=[name])["services"]
    active = next((service for service in found if service["status"] == "ACTIVE"), None)
    if active is None:
        raise RefusedError(f"ECS service doesn't exist: {resource_id}", code="ValidationException")
    wanted = min(max(active["desiredCount"], low), high)
    if wanted != active["desiredCount"]:
        ecs.update_service(cluster=cluster, service=name, desiredCount=wanted)


def _target(request: Request, _physical_id: str | None) -> Made:
    properties = request.properties
    low, high = int(properties["MinCapacity"]), int(properties["MaxCapacity"])
    if low > high:
        raise RefusedError("Maximum capacity cannot be less than minimum capacity", code="ValidationException")
    if properties["ScalableDimension"] == "ecs:service:DesiredCount":
        _keep_within(request, properties["ResourceId"], low, high)
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
