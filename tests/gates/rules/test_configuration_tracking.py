"""House rule E9805: a recorder of configurations records all of them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, ask, resource

ALL = {"AllSupported": True, "IncludeGlobalResourceTypes": True}


def recorder(group: Any, delivers: bool = True, **channel: Any) -> dict[str, Any]:
    found = resource("AWS::Config::ConfigurationRecorder", RecordingGroup=group)
    return {**found, "Channel": {"Type": "AWS::Config::DeliveryChannel", **channel}} if delivers else found


@pytest.mark.parametrize(
    "good",
    [
        recorder(ALL),
        recorder(
            {"RecordingStrategy": {"UseOnly": "ALL_SUPPORTED_RESOURCE_TYPES"}, "IncludeGlobalResourceTypes": True}
        ),
        resource("AWS::Config::ConfigRule"),
    ],
)
def test_all_types_are_kept(good: dict[str, Any]) -> None:
    assert ask("E9805", good, **IF_WANTED) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (recorder({"AllSupported": False, "IncludeGlobalResourceTypes": True}), "leaves resource types out"),
        (recorder({"AllSupported": True}), "leaves global resource types out"),
        (recorder({"AllSupported": {"Ref": "Wanted"}, "IncludeGlobalResourceTypes": True}), "out when Wanted=false"),
        (recorder(ALL, delivers=False), "nothing delivers"),
        (recorder(ALL, Condition="IsWanted"), "nothing delivers what it records when Wanted=false"),
    ],
)
def test_some_types_are_found(bad: dict[str, Any], message: str) -> None:
    (found,) = ask("E9805", bad, **IF_WANTED)
    assert message in found


REGIONS = {
    "Parameters": {**IF_WANTED["Parameters"], "Home": {"Type": "String"}},
    "Conditions": {
        **IF_WANTED["Conditions"],
        "IsHome": {"Fn::Equals": [{"Ref": "Home"}, {"Ref": "AWS::Region"}]},
        "IsMine": {"Fn::Equals": [{"Ref": "Home"}, {"Ref": "AWS::AccountId"}]},
    },
}


def by(condition: str, there: Any = True, elsewhere: Any = False, **more: Any) -> dict[str, Any]:
    group = {"AllSupported": True, "IncludeGlobalResourceTypes": {"Fn::If": [condition, there, elsewhere]}, **more}
    return recorder(group)


def test_global_types_may_be_left_to_another_region() -> None:
    assert ask("E9805", by("IsHome"), **REGIONS) == []


@pytest.mark.parametrize(
    "bad",
    [
        by("IsMine"),
        by("IsWanted"),
        by("IsHome", there=False),
        by("IsHome", there={"Fn::If": ["IsWanted", True, False]}),
        by("IsHome", AllSupported=False),
    ],
)
def test_no_other_reason_leaves_types_out(bad: dict[str, Any]) -> None:
    assert ask("E9805", bad, **REGIONS) != []
