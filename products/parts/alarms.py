"""CloudWatch alarms that report to the environment's topics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from troposphere.cloudwatch import Alarm, MetricDataQuery, MetricDimension, MetricStat
from troposphere.cloudwatch import Metric as CloudWatchMetric

from factory.authoring import Stack

_PERIOD_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One metric a minute. `statistic` is Sum, Average, Minimum, Maximum or a percentile such as p99."""

    namespace: Any
    name: Any
    statistic: str
    dimensions: Mapping[str, Any] = field(default_factory=dict)

    def _dimensions(self) -> dict[str, Any]:
        found = [MetricDimension(Name=name, Value=value) for name, value in self.dimensions.items()]
        return {"Dimensions": found} if found else {}

    def watched(self) -> dict[str, Any]:
        """The properties of an alarm on this metric alone."""
        kind = "ExtendedStatistic" if self.statistic.startswith("p") else "Statistic"
        named = {"Namespace": self.namespace, "MetricName": self.name, **self._dimensions()}
        return {**named, kind: self.statistic, "Period": _PERIOD_SECONDS}

    def operand(self, name: str) -> MetricDataQuery:
        """The metric under a name, for an expression to compute with."""
        metric = CloudWatchMetric(Namespace=self.namespace, MetricName=self.name, **self._dimensions())
        stat = MetricStat(Metric=metric, Period=_PERIOD_SECONDS, Stat=self.statistic)
        return MetricDataQuery(Id=name, MetricStat=stat, ReturnData=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Computed:
    """What metric math makes of several metrics, or a Metrics Insights query finds."""

    expression: Any
    operands: Mapping[str, Metric] = field(default_factory=dict)

    def watched(self) -> dict[str, Any]:
        """The properties of an alarm on what is computed."""
        result = MetricDataQuery(Id="result", Expression=self.expression, Period=_PERIOD_SECONDS, ReturnData=True)
        return {"Metrics": [*(metric.operand(name) for name, metric in self.operands.items()), result]}


def alarm(
    stack: Stack,
    title: str,
    says: Any,
    watch: Metric | Computed,
    *,
    above: float,
    topic: Any,
    minutes: int = 1,
    condition: str | None = None,
) -> Alarm:
    """Tell a topic when what is watched stays above a limit for some minutes, and again when it is well.

    Minutes without data count as well ones.
    """
    made = Alarm(
        title,
        AlarmDescription=says,
        Threshold=above,
        ComparisonOperator="GreaterThanThreshold",
        EvaluationPeriods=minutes,
        DatapointsToAlarm=minutes,
        TreatMissingData="notBreaching",
        AlarmActions=[topic],
        OKActions=[topic],
        **watch.watched(),
    )
    if condition:
        made.Condition = condition
    return stack.add(made)
