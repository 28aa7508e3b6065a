"""Amazon ECS: what the ways to deploy a service need, and what they do not go with.

Sources: Amazon ECS API Reference, "DeploymentConfiguration" and "AdvancedConfiguration"; Amazon ECS Developer Guide,
"Required resources for Amazon ECS blue/green deployments". The wording was not compared with the real service.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from factory.sandbox.types.arguments import truth
from factory.sandbox.types.refusal import RefusedError

ROLLING = "ROLLING"
_OWN = {"CANARY": "CanaryConfiguration", "LINEAR": "LinearConfiguration"}
# CloudFormation refuses longer ones, as its operations end after 36 hours.
_LONGEST_MINUTES = 33 * 60


def check_deployment(properties: Mapping[str, Any]) -> None:
    """Refuse a strategy without what it needs, and settings of one strategy with another."""
    configuration = properties.get("DeploymentConfiguration") or {}
    strategy = configuration.get("Strategy") or ROLLING
    for other, setting in _OWN.items():
        if setting in configuration and strategy != other:
            raise _refused(f"{setting} can only be specified with the {other} deployment strategy.")
    _check_hooks(configuration)
    if strategy == ROLLING:
        return
    breaker = configuration.get("DeploymentCircuitBreaker") or {}
    if truth(breaker.get("Enable", False)):
        raise _refused(f"The deployment circuit breaker is not supported with the {strategy} deployment strategy.")
    if (properties.get("DeploymentController") or {}).get("Type", "ECS") != "ECS":
        raise _refused(f"The {strategy} deployment strategy needs the ECS deployment controller.")
    balancers = properties.get("LoadBalancers") or ()
    for balancer in balancers:
        advanced = balancer.get("AdvancedConfiguration") or {}
        for needed in ("AlternateTargetGroupArn", "ProductionListenerRule", "RoleArn"):
            if not advanced.get(needed):
                raise _refused(f"{needed} must be specified in AdvancedConfiguration with the {strategy} strategy.")
        if advanced["AlternateTargetGroupArn"] == balancer.get("TargetGroupArn"):
            raise _refused("The alternate target group must be another one than the target group.")
    connected = truth((properties.get("ServiceConnectConfiguration") or {}).get("Enabled", False))
    if strategy in _OWN and not balancers and not connected:
        raise _refused(f"The {strategy} deployment strategy needs a load balancer or Service Connect.")
    if _minutes(configuration, strategy) > _LONGEST_MINUTES:
        raise _refused("The deployment would take longer than 33 hours.")


def _check_hooks(configuration: Mapping[str, Any]) -> None:
    for hook in configuration.get("LifecycleHooks") or ():
        if hook.get("TargetType", "AWS_LAMBDA") != "AWS_LAMBDA":
            continue
        for needed in ("HookTargetArn", "RoleArn"):
            if not hook.get(needed):
                raise _refused(f"{needed} must be specified for a lifecycle hook of type AWS_LAMBDA.")


def _minutes(configuration: Mapping[str, Any], strategy: str) -> float:
    bake = float(configuration.get("BakeTimeInMinutes", 15))
    if strategy == "CANARY":
        return bake + float((configuration.get("CanaryConfiguration") or {}).get("CanaryBakeTimeInMinutes", 10))
    if strategy == "LINEAR":
        linear = configuration.get("LinearConfiguration") or {}
        percent = float(linear.get("StepPercent", 10))
        steps = 100 / percent - 1 if 100 % percent == 0 else 100 // percent
        return bake + steps * float(linear.get("StepBakeTimeInMinutes", 6))
    return bake


def _refused(message: str) -> RefusedError:
    return RefusedError(message, code="InvalidParameterException")
