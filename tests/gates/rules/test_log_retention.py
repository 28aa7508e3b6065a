"""House rule E9401: logs are kept for ninety days, and not for ever."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, NOTHING, ask, resource

GROUP = "AWS::Logs::LogGroup"
DAYS = {"Type": "String", "AllowedValues": ["30", "90", "365"], "Default": "365"}
FREE = {"Type": "Number", "MinValue": 1, "Default": 365}


@pytest.mark.parametrize("days", [90, "365", {"Fn::If": ["IsWanted", 90, 120]}])
def test_ninety_days_are_kept(days: Any) -> None:
    assert ask("E9401", resource(GROUP, RetentionInDays=days), **IF_WANTED) == []


@pytest.mark.parametrize("days", [NOTHING, 30, {"Fn::If": ["IsWanted", 90, 30]}, {"Ref": "Days"}, {"Ref": "Free"}])
def test_less_and_for_ever_are_found(days: Any) -> None:
    parameters = {**IF_WANTED["Parameters"], "Days": DAYS, "Free": FREE}
    (found,) = ask("E9401", resource(GROUP, RetentionInDays=days), **{**IF_WANTED, "Parameters": parameters})
    assert "RetentionInDays is not at least 90" in found


def test_what_the_environment_sets_is_looked_up() -> None:
    sections = {
        "Parameters": {"Environment": {"Type": "String", "AllowedValues": ["dev", "prod"]}},
        "Mappings": {"Sizing": {"dev": {"Days": "30"}, "prod": {"Days": "365"}}},
    }
    group = resource(GROUP, RetentionInDays={"Fn::FindInMap": ["Sizing", {"Ref": "Environment"}, "Days"]})
    (found,) = ask("E9401", group, **sections)
    assert found.endswith("is not at least 90 when Environment=dev")
