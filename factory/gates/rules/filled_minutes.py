"""House rule: what CloudWatch does not know yet decides nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from factory.gates import house
from factory.gates.resources import Resource

_FILLED_BY_A_NUMBER = re.compile(r"FILL\s*\((?:[^()]|\([^()]*\))*,\s*-?[\d.]+\s*\)")
_METRICS = {
    "AWS::ApplicationAutoScaling::ScalingPolicy": (
        "TargetTrackingScalingPolicyConfiguration.CustomizedMetricSpecification.Metrics"
    ),
    "AWS::CloudWatch::Alarm": "Metrics",
}


class FilledMinutes(house.HouseRule):
    """No alarm and no scaling takes a number for the minutes whose data is still on its way."""

    id = "E9809"
    shortdesc = "Late data is not filled in"
    description = (
        "Metrics arrive a minute or two late. FILL with a number makes each newest minute that number: an alarm on it "
        "may never change its state, and scaling never remove a task."
    )
    source_url = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html"
    mend = (
        "Add series up by SUM([a, b]) and compare them with each other: what is missing of one counts as 0 there; or "
        "let an alarm ring at fewer minutes than it looks at."
    )
    controls = ("nist-800-53/AU-6(1)", "nist-800-53/SI-4", "soc2/CC7.2", "soc2/A1.1")
    types = frozenset(_METRICS)

    def check(self, resource: Resource) -> Iterator[house.Problem]:
        """Look at every expression."""
        if _rings_at_fewer(resource):
            return
        at = _METRICS[resource.type]
        for query in resource.items(at):
            expression = str(query.get("Expression", "")) if isinstance(query, dict) else ""
            if found := _FILLED_BY_A_NUMBER.search(expression):
                yield house.Problem(message=f"{found[0]} fills in what has not arrived yet", at=at)


def _rings_at_fewer(resource: Resource) -> bool:
    """Whether an alarm asks for fewer minutes than it looks at, as the metric math guide advises."""
    looks_at, rings_at = _number(resource.get("EvaluationPeriods")), _number(resource.get("DatapointsToAlarm"))
    return looks_at is not None and rings_at is not None and rings_at < looks_at


def _number(value: Any) -> int | None:
    return int(value) if isinstance(value, int) or (isinstance(value, str) and value.isdigit()) else None
