"""Schedules: what the service refuses before it makes one."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.types.cases_functions import SCHEDULE_ROLE
from tests.sandbox.types.cases_identity import ROLE
from tests.sandbox.types.cases_storage import QUEUE

BESIDE = {**SCHEDULE_ROLE, **ROLE, **QUEUE}


def schedule(expression: str = "rate(5 minutes)", role: str = "ScheduleRole", **more: Any) -> dict[str, Any]:
    target = {"Arn": {"Fn::GetAtt": ["Queue", "Arn"]}, "RoleArn": {"Fn::GetAtt": [role, "Arn"]}}
    window = {"Mode": "OFF"}
    properties = {"ScheduleExpression": expression, "FlexibleTimeWindow": window, "Target": target, **more}
    return {"Type": "AWS::Scheduler::Schedule", "Properties": properties}


def test_schedules_of_every_kind_are_made(stacks: Any) -> None:
    expressions = ("rate(1 hour)", "at(2030-01-31T03:00:00)", "cron(0/15 8-18 ? * MON-FRI *)", "cron(0 3 L * ? 2030)")
    made = {f"It{number}": schedule(text) for number, text in enumerate(expressions)}
    zoned = {"Zoned": schedule(ScheduleExpressionTimezone="America/Argentina/Buenos_Aires")}
    assert stacks.put("times", {**BESIDE, **made, **zoned}) == "CREATE_COMPLETE", stacks.reasons("times")


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"expression": "cron(0 3 * * * *)"}, "Invalid Schedule Expression"),
        ({"expression": "cron(0 24 * * ? *)"}, "Invalid Schedule Expression"),
        ({"expression": "cron(0 3 ? * MON#6,8 *)"}, "Invalid Schedule Expression"),
        ({"expression": "at(2030-02-31T03:00:00)"}, "Invalid Schedule Expression"),
        ({"expression": "rate(5 weeks)"}, "Invalid Schedule Expression"),
        ({"role": "Role"}, "must allow AWS EventBridge Scheduler to assume the role"),
    ],
)
def test_what_is_no_schedule_is_refused(given: dict[str, str], reason: str, stacks: Any) -> None:
    assert stacks.put("times", {**BESIDE, "It": schedule(**given)}) == "ROLLBACK_COMPLETE"
    assert reason in stacks.reasons("times")
