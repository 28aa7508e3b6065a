"""House rule E9407: clusters are observed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, NOTHING, ask, resource


def cluster(value: Any) -> dict[str, Any]:
    return resource("AWS::ECS::Cluster", ClusterSettings=[{"Name": "containerInsights", "Value": value}])


@pytest.mark.parametrize("value", ["enabled", "enhanced", {"Fn::If": ["IsWanted", "enabled", "enhanced"]}])
def test_insights_are_kept(value: Any) -> None:
    assert ask("E9407", cluster(value), **IF_WANTED) == []


@pytest.mark.parametrize(
    "bad",
    [
        resource("AWS::ECS::Cluster"),
        cluster("disabled"),
        cluster({"Fn::If": ["IsWanted", "enhanced", "disabled"]}),
        cluster({"Ref": "Free"}),
        resource("AWS::ECS::Cluster", ClusterSettings={"Fn::If": ["IsWanted", [], NOTHING]}),
    ],
)
def test_an_unobserved_cluster_is_found(bad: dict[str, Any]) -> None:
    sections = {**IF_WANTED, "Parameters": {**IF_WANTED["Parameters"], "Free": {"Type": "String"}}}
    (found,) = ask("E9407", bad, **sections)
    assert "ClusterSettings[containerInsights] is not one of enabled, enhanced" in found
