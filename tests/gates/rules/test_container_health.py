"""House rule E9705: somebody asks containers whether they are well."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, NOTHING, ask, resource

CHECK = {"Command": ["CMD-SHELL", "true"]}


def service(*containers: Any, balanced: Any = (), of: str = "It") -> dict[str, Any]:
    task = resource("AWS::ECS::TaskDefinition", ContainerDefinitions=list(containers))
    balancers = [{"ContainerName": name, "ContainerPort": 80} for name in balanced]
    properties = {"TaskDefinition": {"Ref": of}, "LoadBalancers": balancers}
    return {**task, "Service": {"Type": "AWS::ECS::Service", "Properties": properties}}


@pytest.mark.parametrize(
    "good",
    [
        service({"Name": "app", "HealthCheck": CHECK}),
        service({"Name": "app"}, balanced=["app"]),
        service({"Name": "app", "HealthCheck": CHECK}, {"Name": "collector", "Essential": False}),
        service({"Name": "job"}, of="Other"),
    ],
)
def test_a_check_is_kept(good: dict[str, Any]) -> None:
    assert ask("E9705", good, **IF_WANTED) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (service({"Name": "app"}), "nothing asks container app of Service"),
        (service({"Name": "app", "HealthCheck": {"Command": ["NONE"]}}), "nothing asks container app"),
        (service({"Name": "app", "HealthCheck": {"Fn::If": ["IsWanted", CHECK, NOTHING]}}), "when Wanted=false"),
        (service({"Name": "app", "HealthCheck": CHECK}, {"Name": "proxy"}), "nothing asks container proxy"),
        (service({"Name": "app"}, balanced=["proxy"]), "nothing asks container app"),
    ],
)
def test_none_is_found(bad: dict[str, Any], message: str) -> None:
    (found,) = ask("E9705", bad, **IF_WANTED)
    assert message in found
