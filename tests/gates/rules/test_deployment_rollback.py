"""House rule E9504: a deployment that fails goes back by itself."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, ask, resource

ON = {"Enable": True, "Rollback": True}


def service(**deployment: Any) -> dict[str, Any]:
    return resource("AWS::ECS::Service", DeploymentConfiguration=deployment)


@pytest.mark.parametrize(
    "good",
    [
        service(DeploymentCircuitBreaker=ON),
        service(Strategy="ROLLING", DeploymentCircuitBreaker=ON),
        service(Strategy="BLUE_GREEN", Alarms={**ON, "AlarmNames": ["errors"]}),
        resource("AWS::ECS::Service", DeploymentController={"Type": "CODE_DEPLOY"}),
    ],
)
def test_rollback_is_kept(good: dict[str, Any]) -> None:
    assert ask("E9504", good) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (resource("AWS::ECS::Service"), "DeploymentCircuitBreaker.Enable is not true"),
        (service(DeploymentCircuitBreaker={**ON, "Rollback": False}), "DeploymentCircuitBreaker.Rollback is not true"),
        (service(DeploymentCircuitBreaker={**ON, "Enable": {"Ref": "Wanted"}}), "is not true when Wanted=false"),
        (service(Strategy="CANARY", DeploymentCircuitBreaker=ON), "Alarms.Enable is not true"),
    ],
)
def test_a_deployment_that_stays_broken_is_found(bad: dict[str, Any], message: str) -> None:
    assert any(message in found for found in ask("E9504", bad, **IF_WANTED))
