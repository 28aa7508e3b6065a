"""Amazon CloudWatch: alarms and anomaly detectors.

The emulator's own handler refuses alarms over metric math. Here they are made; the service shows the metrics, but
never evaluates them.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from factory.sandbox.types.arguments import arguments
from factory.sandbox.types.naming import generated_name
from factory.sandbox.types.plugin import Fidelity, Made, Request, ResourceType
from factory.sandbox.types.recorded import recorded
from factory.sandbox.types.refusal import RefusedError
from factory.sandbox.types.tags import tag_changes, without_system_tags


class _Alarms:
    """Makes alarms of one kind: `MetricAlarm` or `CompositeAlarm`."""

    def __init__(self, kind: str) -> None:
        self._kind = kind

    def create(self, request: Request) -> Made:
        """Make the alarm under its name, which must be free, or a generated one."""
        name = request.properties.get("AlarmName") or generated_name(request)
        if self._find(request, name):
            raise RefusedError(f"{name} already exists", code="AlreadyExists")
        return self._put(request, name)

    def update(self, request: Request, physical_id: str, old: Mapping[str, Any]) -> Made:
        """Change the alarm; its state stays."""
        made = self._put(request, physical_id)
        cloudwatch = request.client("cloudwatch")
        gone, tags = tag_changes(without_system_tags(old), without_system_tags(request.properties))
        # The tags of a put are taken on creation only.
        if gone:
            cloudwatch.untag_resource(ResourceARN=made.attributes["Arn"], TagKeys=gone)
        if tags:
            cloudwatch.tag_resource(ResourceARN=made.attributes["Arn"], Tags=tags)
        return made

    def delete(self, request: Request, physical_id: str) -> None:
        """Remove the alarm."""
        if self._find(request, physical_id):
            request.client("cloudwatch").delete_alarms(AlarmNames=[physical_id])

    def _put(self, request: Request, name: str) -> Made:
        cloudwatch = request.client("cloudwatch")
        properties = {**without_system_tags(request.properties), "AlarmName": name}
        given = arguments(cloudwatch, f"Put{self._kind}", properties)
        put = {"MetricAlarm": cloudwatch.put_metric_alarm, "CompositeAlarm": cloudwatch.put_composite_alarm}
        put[self._kind](**given)
        arn = f"arn:aws:cloudwatch:{request.region}:{request.account}:alarm:{name}"
        return Made(physical_id=name, attributes={"Arn": arn})

    def _find(self, request: Request, name: str) -> bool:
        answer = request.client("cloudwatch").describe_alarms(AlarmNames=[name], AlarmTypes=[self._kind])
        return bool(answer[f"{self._kind}s"])


def _detector(_request: Request, physical_id: str | None) -> Made:
    made = physical_id or str(uuid.uuid4())
    return Made(physical_id=made, attributes={"Id": made})


_METRIC, _COMPOSITE = _Alarms("MetricAlarm"), _Alarms("CompositeAlarm")

TYPES = (
    ResourceType(
        name="AWS::CloudWatch::Alarm",
        fidelity=Fidelity.PARTIAL,
        create=_METRIC.create,
        update=_METRIC.update,
        delete=_METRIC.delete,
        dropped=(
            "ActionConfiguration",
            "EvaluateLowSampleCountPercentile",
            "EvaluationCriteria",
            "EvaluationInterval",
            "EvaluationWindow",
            "WarmUpConfiguration",
        ),
    ),
    ResourceType(
        name="AWS::CloudWatch::CompositeAlarm",
        fidelity=Fidelity.PARTIAL,
        create=_COMPOSITE.create,
        update=_COMPOSITE.update,
        delete=_COMPOSITE.delete,
        tagged=True,
        dropped=(
            "ActionConfiguration",
            "ActionsSuppressor",
            "ActionsSuppressorExtensionPeriod",
            "ActionsSuppressorWaitPeriod",
        ),
    ),
    recorded("AWS::CloudWatch::AnomalyDetector", _detector),
)
