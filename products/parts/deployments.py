"""How a new version of a service takes the place of the running one, and goes back by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from awacs import awslambda, elasticloadbalancing
from troposphere import And, Condition, Equals, If, Not, NoValue, Ref, Select, Split
from troposphere.ecs import (
    CanaryConfiguration,
    DeploymentAlarms,
    DeploymentCircuitBreaker,
    DeploymentConfiguration,
    DeploymentLifecycleHook,
    LinearConfiguration,
)
from troposphere.elasticloadbalancingv2 import ListenerRule, TargetGroup
from troposphere.iam import Role

from factory.authoring import Stack
from factory.authoring.policy import allow
from products.parts.answers import word
from products.parts.deployment_questions import HOOK_STAGE, DeploymentQuestions
from products.parts.roles import service_role

SHIFTS = "RequestsShift"
"""Condition that two versions run side by side while requests move from one to the other."""
_IS_CANARY = "IsCanary"
_IS_LINEAR = "IsLinear"
_HAS_HOOK = "HasHook"


def deployment_conditions(stack: Stack) -> None:
    """What the other functions of this module ask about the answers; a hook that nothing would call is refused."""
    way = Select(0, Split("-", Ref(DeploymentQuestions.strategy.name)))
    stack.condition(SHIFTS, Not(DeploymentQuestions.strategy.equals("rolling")))
    stack.condition(_IS_CANARY, Equals(way, "canary"))
    stack.condition(_IS_LINEAR, Equals(way, "linear"))
    has_hook = Not(DeploymentQuestions.hook.equals(""))
    stack.condition(_HAS_HOOK, And(Condition(SHIFTS), has_hook))
    stack.rule(
        "HookIsCalled",
        (
            Not(DeploymentQuestions.strategy.equals("rolling")),
            "A lifecycle hook needs a strategy in which requests shift; rolling calls none.",
        ),
        when=has_hook,
    )


def rolling(alarms: Sequence[Any]) -> DeploymentConfiguration:
    """New tasks beside the old ones; back to the old version when the new one fails to start or one of the alarms of
    these names rings."""
    return DeploymentConfiguration(Strategy="ROLLING", DeploymentCircuitBreaker=_breaker(), **_watched(alarms))


def chosen(stack: Stack, questions: DeploymentQuestions, alarms: Sequence[Any]) -> DeploymentConfiguration:
    """What the launch chose; whichever it is, an alarm of these names takes the service back to the version that ran.

    Tasks that fail to start do so in every strategy, but for rolling it takes the circuit breaker, which the others
    don't have (ECS API reference, "DeploymentConfiguration").
    """
    percent = Select(1, Split("-", questions.strategy))
    bake = questions.bake_minutes
    canary = CanaryConfiguration(CanaryPercent=percent, CanaryBakeTimeInMinutes=bake)
    linear = LinearConfiguration(StepPercent=percent, StepBakeTimeInMinutes=bake)
    hook = DeploymentLifecycleHook(
        HookTargetArn=word(DeploymentQuestions.hook, 0, HOOK_STAGE),
        LifecycleStages=Split(",", word(DeploymentQuestions.hook, 1, HOOK_STAGE)),
        RoleArn=_hook_role(stack).get_att("Arn"),
    )
    return DeploymentConfiguration(
        Strategy=If(SHIFTS, If(_IS_CANARY, "CANARY", If(_IS_LINEAR, "LINEAR", "BLUE_GREEN")), "ROLLING"),
        DeploymentCircuitBreaker=If(SHIFTS, NoValue, _breaker()),
        BakeTimeInMinutes=If(SHIFTS, bake, NoValue),
        CanaryConfiguration=If(_IS_CANARY, canary, NoValue),
        LinearConfiguration=If(_IS_LINEAR, linear, NoValue),
        LifecycleHooks=If(_HAS_HOOK, [hook], NoValue),
        **_watched(alarms),
    )


def _breaker() -> DeploymentCircuitBreaker:
    return DeploymentCircuitBreaker(Enable=True, Rollback=True)


def _watched(alarms: Sequence[Any]) -> dict[str, object]:
    return {
        "MinimumHealthyPercent": 100,
        "MaximumPercent": 200,
        "Alarms": DeploymentAlarms(AlarmNames=list(alarms), Enable=True, Rollback=True),
    }


def _hook_role(stack: Stack) -> Role:
    """ECS Developer Guide, "Permissions required for Lambda functions in Amazon ECS blue/green deployments"."""
    function = word(DeploymentQuestions.hook, 0, HOOK_STAGE)
    return service_role(
        stack,
        "HookRole",
        "ecs",
        [allow("AskFunction", [awslambda.InvokeFunction], function)],
        condition=_HAS_HOOK,
    )


def traffic_role(stack: Stack, targets: Sequence[TargetGroup], rules: Sequence[ListenerRule]) -> Role:
    """What ECS needs to move requests: of AWS's managed policy for it what concerns this service's own groups and rules
    (AWS Managed Policy Reference, "AmazonECSInfrastructureRolePolicyForLoadBalancers").
    """
    see = [
        elasticloadbalancing.DescribeListeners,
        elasticloadbalancing.DescribeRules,
        elasticloadbalancing.DescribeTargetGroups,
        elasticloadbalancing.DescribeTargetHealth,
    ]
    register = [elasticloadbalancing.RegisterTargets, elasticloadbalancing.DeregisterTargets]
    return service_role(
        stack,
        "TrafficRole",
        "ecs",
        [
            # None of these has permissions on single resources.
            allow("SeeTraffic", see, "*"),
            allow("MoveTasks", register, [group.ref() for group in targets]),
            allow("MoveRequests", [elasticloadbalancing.ModifyRule], [rule.ref() for rule in rules]),
        ],
        condition=SHIFTS,
    )
