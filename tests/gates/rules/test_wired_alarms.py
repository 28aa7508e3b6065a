"""House rule E9801: alarms are heard."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, NOTHING, ask, resource

ALARM = "AWS::CloudWatch::Alarm"
TOPIC = {"Ref": "Topic"}


@pytest.mark.parametrize(
    "good",
    [
        resource(ALARM, AlarmActions=[TOPIC]),
        resource(ALARM, AlarmActions=[TOPIC], ActionsEnabled=True),
        resource("AWS::CloudWatch::CompositeAlarm", AlarmActions=[{"Fn::If": ["IsWanted", TOPIC, {"Ref": "Other"}]}]),
    ],
)
def test_an_alarm_with_a_topic_is_kept(good: dict[str, Any]) -> None:
    assert ask("E9801", good, **IF_WANTED) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (resource(ALARM), "nobody is told"),
        (resource(ALARM, AlarmActions=[]), "nobody is told"),
        (resource(ALARM, OKActions=[TOPIC]), "nobody is told"),
        (resource(ALARM, AlarmActions=[{"Fn::If": ["IsWanted", TOPIC, NOTHING]}]), "nobody is told when Wanted=false"),
        (resource(ALARM, AlarmActions={"Fn::If": ["IsWanted", [TOPIC], NOTHING]}), "nobody is told when Wanted=false"),
        (resource(ALARM, AlarmActions=[TOPIC], ActionsEnabled=False), "switched off"),
        (resource(ALARM, AlarmActions=[TOPIC], ActionsEnabled={"Ref": "Wanted"}), "switched off when Wanted=false"),
    ],
)
def test_a_silent_one_is_found(bad: dict[str, Any], message: str) -> None:
    (found,) = ask("E9801", bad, **IF_WANTED)
    assert message in found
