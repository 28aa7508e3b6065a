"""House rule E9607: secrets rotate."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, ask, resource

SECRET = resource("AWS::SecretsManager::Secret", GenerateSecretString={})


def rotated(target: Any = None, condition: str = "", **rules: Any) -> dict[str, Any]:
    properties = {"SecretId": target or {"Ref": "It"}, "RotationRules": rules}
    more = {"Condition": condition} if condition else {}
    return {**SECRET, "Schedule": {"Type": "AWS::SecretsManager::RotationSchedule", "Properties": properties, **more}}


@pytest.mark.parametrize(
    "good",
    [
        rotated(AutomaticallyAfterDays=30),
        rotated(AutomaticallyAfterDays="90"),
        rotated(ScheduleExpression="rate(30 days)"),
        rotated(ScheduleExpression="cron(0 3 1 * ? *)"),
    ],
)
def test_rotation_is_kept(good: dict[str, Any]) -> None:
    assert ask("E9607", good) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (SECRET, "nothing rotates"),
        (rotated({"Ref": "Other"}, AutomaticallyAfterDays=30), "nothing rotates"),
        (rotated(condition="IsWanted", AutomaticallyAfterDays=30), "nothing rotates the secret when Wanted=false"),
        (rotated(), "less than every 90 days"),
        (rotated(AutomaticallyAfterDays=365), "less than every 90 days"),
        (rotated(AutomaticallyAfterDays={"Fn::If": ["IsWanted", 30, 180]}), "90 days when Wanted=false"),
        (rotated(ScheduleExpression="rate(365 days)"), "less than every 90 days"),
        (rotated(ScheduleExpression="cron(0 3 1 1 ? *)"), "less than every 90 days"),
    ],
)
def test_a_secret_for_ever_is_found(bad: dict[str, Any], message: str) -> None:
    (found,) = ask("E9607", bad, **IF_WANTED)
    assert message in found
