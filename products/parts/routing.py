"""How the load balancer's requests reach a service: target group, listener rule, and a priority that is its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from troposphere import GetAtt, If, Join, Not, NoValue, Select, Split
from troposphere.elasticloadbalancingv2 import (
    Condition,
    HostHeaderConfig,
    ListenerRule,
    ListenerRuleAction,
    Matcher,
    PathPatternConfig,
    TargetGroup,
    TargetGroupAttribute,
)

from factory.authoring import Stack
from products.parts.alarms import Metric
from products.parts.custom_resource import custom_resource
from products.parts.routing_questions import RoutingQuestions
from products.parts.servers import SPEAKS_GRPC, SPEAKS_HTTP, Health

ALB = "AWS/ApplicationELB"
"""Namespace of the load balancer's metrics."""
HAS_HOST = "HasHost"
"""Condition that the service is reached by a host name of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Routing:
    """The way from the load balancer to the tasks. `balancer` is the balancer as CloudWatch names it."""

    targets: TargetGroup
    rule: ListenerRule
    balancer: Any

    def metric(self, name: str, statistic: str) -> Metric:
        """A metric of the service's targets."""
        own = {"LoadBalancer": self.balancer, "TargetGroup": self.targets.get_att("TargetGroupFullName")}
        return Metric(namespace=ALB, name=name, statistic=statistic, dimensions=own)

    def resource_label(self) -> Join:
        """The targets as Application Auto Scaling names them."""
        return Join("/", [self.balancer, self.targets.get_att("TargetGroupFullName")])


def routing(stack: Stack, questions: RoutingQuestions, health: Health) -> Routing:
    """Requests to the paths, and to the host where one is given, reach the service's tasks."""
    targets = _targets(stack, questions, health)
    rule = _rule(stack, questions, targets)
    # arn:…:listener/app/<name>/<id of the balancer>/<id of the listener>
    parts = Split("/", questions.listener_arn)
    balancer = Join("/", [Select(index, parts) for index in (1, 2, 3)])
    return Routing(targets=targets, rule=rule, balancer=balancer)


def _targets(stack: Stack, questions: RoutingQuestions, health: Health) -> TargetGroup:
    attributes = {
        "deregistration_delay.timeout_seconds": questions.drain_seconds,
        "slow_start.duration_seconds": questions.slow_start_seconds,
        "stickiness.enabled": "false",
    }
    return stack.add(
        TargetGroup(
            "TargetGroup",
            VpcId=questions.vpc_id,
            TargetType="ip",
            Protocol="HTTP",
            ProtocolVersion=If(SPEAKS_HTTP, "HTTP1", If(SPEAKS_GRPC, "GRPC", "HTTP2")),
            # Each task is registered with its own port. A port that followed it here would replace the group, and
            # leave the listener without targets, whenever it changes.
            Port=8080,
            HealthCheckPath=health.path,
            HealthCheckIntervalSeconds=health.interval_seconds,
            HealthCheckTimeoutSeconds=5,
            HealthyThresholdCount=2,
            UnhealthyThresholdCount=3,
            Matcher=If(SPEAKS_GRPC, Matcher(GrpcCode=health.statuses), Matcher(HttpCode=health.codes)),
            TargetGroupAttributes=[TargetGroupAttribute(Key=key, Value=value) for key, value in attributes.items()],
        )
    )


def _rule(stack: Stack, questions: RoutingQuestions, targets: TargetGroup) -> ListenerRule:
    has_host = stack.condition(HAS_HOST, Not(RoutingQuestions.host_name.equals("")))
    paths = Split(",", questions.paths)
    priority = custom_resource(
        stack,
        "ListenerPriority",
        "ListenerPriority",
        questions.priority_function,
        {
            "ListenerArn": questions.listener_arn,
            "Paths": paths,
            "Hosts": If(has_host, [questions.host_name], NoValue),
        },
    )
    host = Condition(Field="host-header", HostHeaderConfig=HostHeaderConfig(Values=[questions.host_name]))
    return stack.add(
        ListenerRule(
            "ListenerRule",
            ListenerArn=questions.listener_arn,
            Priority=GetAtt(priority, "Priority"),
            Conditions=[
                Condition(Field="path-pattern", PathPatternConfig=PathPatternConfig(Values=paths)),
                If(has_host, host, NoValue),
            ],
            Actions=[ListenerRuleAction(Type="forward", TargetGroupArn=targets.ref())],
        )
    )
