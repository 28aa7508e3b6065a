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
