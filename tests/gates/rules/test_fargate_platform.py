"""House rule E9710: Fargate runs its current platform."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, NOTHING, ask, resource


@pytest.mark.parametrize(
    "good",
    [
        resource("AWS::ECS::Service"),
        resource("AWS::ECS::Service", PlatformVersion="LATEST"),
        resource("AWS::ECS::Service", PlatformVersion={"Fn::If": ["IsWanted", "1.4.0", NOTHING]}),
        resource("AWS::Events::Rule", Targets=[{"Id": "a"}]),
    ],
)
def test_the_current_one_is_kept(good: dict[str, Any]) -> None:
    assert ask("E9710", good, **IF_WANTED) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (resource("AWS::ECS::Service", PlatformVersion="1.3.0"), "PlatformVersion is not one of LATEST, 1.4.0"),
        (
            resource("AWS::ECS::Service", PlatformVersion={"Fn::If": ["IsWanted", "LATEST", "1.3.0"]}),
            "when Wanted=false",
        ),
        (
            resource("AWS::Events::Rule", Targets=[{"Id": "a"}, {"EcsParameters": {"PlatformVersion": "1.3.0"}}]),
            "is not one",
        ),
    ],
)
def test_an_old_one_is_found(bad: dict[str, Any], message: str) -> None:
    (found,) = ask("E9710", bad, **IF_WANTED)
    assert message in found
