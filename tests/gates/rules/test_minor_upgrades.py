"""House rule E9719: databases get their fixes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, NOTHING, ask, resource

DATABASE = "AWS::RDS::DBInstance"


@pytest.mark.parametrize(
    "good",
    [
        resource(DATABASE, AutoMinorVersionUpgrade=True),
        resource("AWS::OpenSearchService::Domain", SoftwareUpdateOptions={"AutoSoftwareUpdateEnabled": True}),
    ],
)
def test_upgrades_are_kept(good: dict[str, Any]) -> None:
    assert ask("E9719", good, **IF_WANTED) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (resource(DATABASE), "AutoMinorVersionUpgrade is not true"),
        (resource("AWS::ElastiCache::ReplicationGroup", AutoMinorVersionUpgrade=False), "is not true"),
        (resource(DATABASE, AutoMinorVersionUpgrade={"Fn::If": ["IsWanted", True, NOTHING]}), "when Wanted=false"),
    ],
)
def test_none_are_found(bad: dict[str, Any], message: str) -> None:
    (found,) = ask("E9719", bad, **IF_WANTED)
    assert message in found
