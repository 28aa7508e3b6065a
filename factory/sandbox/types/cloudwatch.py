"""Amazon CloudWatch: composite alarms and anomaly detectors."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from factory.sandbox.types.arguments import arguments
from factory.sandbox.types.naming import generated_name
from factory.sandbox.types.plugin import Fidelity, Made, Request, ResourceType
from factory.sandbox.types.recorded import recorded
from factory.sandbox.types.refusal import RefusedError
from factory.sandbox.types.tags import tag_changes


def _alarm(request: Request, name: str) -> dict[str, Any] | None:
    found = request.client("cloudwatch").describe_alarms(AlarmNames=[name], AlarmTypes=["CompositeAlarm"])
    return next(iter(found["CompositeAlarms"]), None)


def _put(request: Request, name: str) -> Made:
    cloudwatch = request.client("cloudwatch")
    given = arguments(cloudwatch, "PutCompositeAlarm", {**request.properties, "AlarmName": name})
    cloudwatch.put_composite_alarm(**given)
    alarm = _alarm(request, name) or {}
    return Made(physical_id=name, attributes={"Arn": alarm["AlarmArn"]})


def _create_alarm(request: Request) -> Made:
    name = request.properties.get("AlarmName") or generated_name(request)
    if _alarm(request, name):
        raise RefusedError(f"{name} already exists", code="AlreadyExists")
    return _put(request, name)


def _update_alarm(request: Request, physical_id: str, old: Mapping[str, Any]) -> Made:
    made = _put(request, physical_id)
    cloudwatch = request.client("cloudwatch")
    gone, tags = tag_changes(old, request.properties)
    # Tags of PutCompositeAlarm are taken on creation only.
    if gone:
        cloudwatch.untag_resource(ResourceARN=made.attributes["Arn"], TagKeys=gone)
    if tags:
        cloudwatch.tag_resource(ResourceARN=made.attributes["Arn"], Tags=tags)
    return made


def _delete_alarm(request: Request, physical_id: str) -> None:
    if _alarm(request, physical_id):
        request.client("cloudwatch").delete_alarms(AlarmNames=[physical_id])


def _detector(_request: Request, physical_id: str | None) -> Made:
    made = physical_id or str(uuid.uuid4())
    return Made(physical_id=made, attributes={"Id": made})


TYPES = (
    ResourceType(
        name="AWS::CloudWatch::CompositeAlarm",
        fidelity=Fidelity.PARTIAL,
        create=_create_alarm,
        update=_update_alarm,
        delete=_delete_alarm,
        dropped=("ActionsSuppressor", "ActionsSuppressorExtensionPeriod", "ActionsSuppressorWaitPeriod"),
    ),
    recorded("AWS::CloudWatch::AnomalyDetector", _detector),
)
