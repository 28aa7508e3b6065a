"""House rule E9809: what CloudWatch does not know yet decides nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, ask, resource


def alarm(expression: Any, looks_at: Any = 1, rings_at: Any = 1) -> dict[str, Any]:
    metrics = [
        {"Id": "m", "MetricStat": {"Stat": "Sum", "Period": 60, "Metric": {}}},
        {"Id": "e", "Expression": expression},
    ]
    return resource("AWS::CloudWatch::Alarm", Metrics=metrics, EvaluationPeriods=looks_at, DatapointsToAlarm=rings_at)


def tracking(expression: str) -> dict[str, Any]:
    computed = {"CustomizedMetricSpecification": {"Metrics": [{"Id": "e", "Expression": expression}]}}
    return resource("AWS::ApplicationAutoScaling::ScalingPolicy", TargetTrackingScalingPolicyConfiguration=computed)


@pytest.mark.parametrize(
    "good",
    [
        alarm("SUM([first, second])"),
        alarm("FILL(m, REPEAT)"),
        alarm("FILL(m, 0)", looks_at=5, rings_at=3),
        resource("AWS::CloudWatch::Alarm", MetricName="Errors", EvaluationPeriods=1),
        tracking("waiting / running"),
        resource("AWS::ApplicationAutoScaling::ScalingPolicy", PolicyType="StepScaling"),
    ],
)
def test_what_waits_for_the_data_is_kept(good: dict[str, Any]) -> None:
    assert ask("E9809", good) == []


@pytest.mark.parametrize(
    "bad",
    [
        alarm("FILL(first, 0) + FILL(second, 0)"),
        alarm("IF(FILL(SUM([a, b]), 0.5) > 0, 1, 0)"),
        alarm("FILL(m, 0)", looks_at="5", rings_at="5"),
        alarm("FILL(m, 0)", looks_at={"Ref": "Minutes"}),
        alarm({"Fn::If": ["IsWanted", "FILL(m, 0)", "m"]}),
        alarm({"Fn::Sub": "FILL(m, -1) + ${Minutes}"}),
        tracking("waiting / FILL(running, 1)"),
    ],
)
def test_what_is_filled_in_is_found(bad: dict[str, Any]) -> None:
    sections = {**IF_WANTED, "Parameters": {**IF_WANTED["Parameters"], "Minutes": {"Type": "Number"}}}
    (found,) = ask("E9809", bad, **sections)
    assert "fills in what has not arrived yet" in found
