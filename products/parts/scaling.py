"""How many tasks a service has: between two limits, after what it is busy with, and none at night where so wished."""

from __future__ import annotations

from typing import Any

from troposphere import If, NoValue, Select, Split
from troposphere.applicationautoscaling import (
    CustomizedMetricSpecification,
    PredefinedMetricSpecification,
    ScalableTarget,
    ScalableTargetAction,
    ScalingPolicy,
    ScheduledAction,
    TargetTrackingMetric,
    TargetTrackingMetricDataQuery,
    TargetTrackingMetricDimension,
    TargetTrackingMetricStat,
    TargetTrackingScalingPolicyConfiguration,
)
from troposphere.ecs import Service

from factory.authoring import Stack
from products.parts.alarms import Computed
from products.parts.environment_rules import only_outside_prod
from products.parts.service_questions import ServiceQuestions
from products.parts.services import resource_id

SLEEPS_AT_NIGHT = "SleepsAtNight"
"""Condition that all tasks are stopped at night."""

_OUT_SECONDS = 60
_IN_SECONDS = 300
_TIME_ZONE = "America/New_York"
_EVENING = "cron(0 20 ? * MON-FRI *)"
_MORNING = "cron(0 8 ? * MON-FRI *)"


def fewest(questions: ServiceQuestions) -> Select:
    """How many tasks run at least."""
    return Select(0, Split("-", questions.tasks))


def most(questions: ServiceQuestions) -> Select:
    """How many tasks run at most."""
    return Select(1, Split("-", questions.tasks))


def scalable(stack: Stack, questions: ServiceQuestions, service: Service) -> ScalableTarget:
    """The limits, with policies that keep average use of CPU and of memory near the target."""
    only_outside_prod(
        stack,
        "NoNightInProd",
        ServiceQuestions.night_off,
        ["false"],
        "Services of prod and dr are not stopped at night.",
    )
    sleeps = stack.condition(SLEEPS_AT_NIGHT, ServiceQuestions.night_off.equals("true"))
    target = stack.add(
        ScalableTarget(
            "TaskCount",
            ServiceNamespace="ecs",
            ScalableDimension="ecs:service:DesiredCount",
            ResourceId=resource_id(questions, service),
            MinCapacity=fewest(questions),
            MaxCapacity=most(questions),
            ScheduledActions=If(
                sleeps,
                [
                    _at("evening", _EVENING, 0, 0),
                    _at("morning", _MORNING, fewest(questions), most(questions)),
                ],
                NoValue,
            ),
        )
    )
    follow(stack, "CpuScaling", target, "ECSServiceAverageCPUUtilization", questions.use_target)
    follow(stack, "MemoryScaling", target, "ECSServiceAverageMemoryUtilization", questions.use_target)
    return target


def follow(stack: Stack, title: str, target: ScalableTarget, metric: str, value: Any) -> ScalingPolicy:
    """A policy that adds and removes tasks so that a predefined metric stays near a value."""
    predefined = PredefinedMetricSpecification(PredefinedMetricType=metric)
    return _tracking(stack, title, target, value, PredefinedMetricSpecification=predefined)


def follow_computed(stack: Stack, title: str, target: ScalableTarget, watch: Computed, value: Any) -> ScalingPolicy:
    """A policy that adds and removes tasks so that what is computed of metrics, such as work per task, stays near a
    value (Application Auto Scaling User Guide, "Create a target tracking scaling policy using metric math").
    """
    queries = [
        TargetTrackingMetricDataQuery(
            Id=name,
            MetricStat=TargetTrackingMetricStat(
                Metric=TargetTrackingMetric(
                    Namespace=metric.namespace,
                    MetricName=metric.name,
                    Dimensions=[
                        TargetTrackingMetricDimension(Name=name, Value=dimension)
                        for name, dimension in metric.dimensions.items()
                    ],
                ),
                Stat=metric.statistic,
            ),
            ReturnData=False,
        )
        for name, metric in watch.operands.items()
    ]
    result = TargetTrackingMetricDataQuery(Id="result", Expression=watch.expression, ReturnData=True)
    computed = CustomizedMetricSpecification(Metrics=[*queries, result])
    return _tracking(stack, title, target, value, CustomizedMetricSpecification=computed)


def _tracking(stack: Stack, title: str, target: ScalableTarget, value: Any, **metric: Any) -> ScalingPolicy:
    return stack.add(
        ScalingPolicy(
            title,
            PolicyName=title,
            PolicyType="TargetTrackingScaling",
            ScalingTargetId=target.ref(),
            TargetTrackingScalingPolicyConfiguration=TargetTrackingScalingPolicyConfiguration(
                TargetValue=value,
                ScaleOutCooldown=_OUT_SECONDS,
                ScaleInCooldown=_IN_SECONDS,
                **metric,
            ),
        )
    )


def _at(name: str, schedule: str, low: Any, high: Any) -> ScheduledAction:
    return ScheduledAction(
        ScheduledActionName=name,
        Schedule=schedule,
        Timezone=_TIME_ZONE,
        ScalableTargetAction=ScalableTargetAction(MinCapacity=low, MaxCapacity=high),
    )
