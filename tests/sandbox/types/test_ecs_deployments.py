"""What the ways to deploy an ECS service need."""

from __future__ import annotations

from typing import Any

import pytest

from factory.sandbox.types.ecs_deployments import check_deployment
from factory.sandbox.types.refusal import RefusedError

ADVANCED = {"AlternateTargetGroupArn": "second", "ProductionListenerRule": "rule", "RoleArn": "role"}


def service(strategy: str, advanced: dict[str, Any] | None = None, **configuration: Any) -> dict[str, Any]:
    balancer = {"TargetGroupArn": "first", "AdvancedConfiguration": ADVANCED if advanced is None else advanced}
    return {"DeploymentConfiguration": {"Strategy": strategy, **configuration}, "LoadBalancers": [balancer]}


@pytest.mark.parametrize("strategy", ["BLUE_GREEN", "CANARY", "LINEAR"])
def test_each_strategy_is_let_through_with_what_it_needs(strategy: str) -> None:
    check_deployment(service(strategy))
    connected = {"DeploymentConfiguration": {"Strategy": strategy}, "ServiceConnectConfiguration": {"Enabled": True}}
    check_deployment(connected)


@pytest.mark.parametrize("missing", sorted(ADVANCED))
@pytest.mark.parametrize("strategy", ["BLUE_GREEN", "CANARY", "LINEAR"])
def test_requests_do_not_shift_without_what_shifts_them(strategy: str, missing: str) -> None:
    advanced = {key: value for key, value in ADVANCED.items() if key != missing}
    with pytest.raises(RefusedError, match=f"{missing} must be specified"):
        check_deployment(service(strategy, advanced))


@pytest.mark.parametrize(
    ("properties", "reason"),
    [
        (service("BLUE_GREEN", DeploymentCircuitBreaker={"Enable": True, "Rollback": True}), "circuit breaker"),
        (service("BLUE_GREEN", {**ADVANCED, "AlternateTargetGroupArn": "first"}), "must be another one"),
        (service("BLUE_GREEN", CanaryConfiguration={"CanaryPercent": 10}), "only be specified with the CANARY"),
        (service("CANARY", LinearConfiguration={"StepPercent": 10}), "only be specified with the LINEAR"),
        (service("CANARY", LifecycleHooks=[{"HookTargetArn": "function"}]), "RoleArn must be specified"),
        ({"DeploymentConfiguration": {"Strategy": "CANARY"}}, "needs a load balancer or Service Connect"),
        (
            service(
                "LINEAR", BakeTimeInMinutes=200, LinearConfiguration={"StepPercent": 10, "StepBakeTimeInMinutes": 200}
            ),
            "longer than 33 hours",
        ),
        (
            {**service("CANARY"), "DeploymentController": {"Type": "CODE_DEPLOY"}},
            "needs the ECS deployment controller",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_does_not_go_together_is_refused(properties: dict[str, Any], reason: str) -> None:
    with pytest.raises(RefusedError, match=reason):
        check_deployment(properties)
