"""How the load balancer's requests reach a service: target groups, listener rules, and priorities that are its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from troposphere import AWSObject, GetAtt, If, Join, Not, NoValue, Select, Split
from troposphere.ecs import AdvancedConfiguration, LoadBalancer
from troposphere.elasticloadbalancingv2 import (
    Condition,
    ForwardConfig,
    HostHeaderConfig,
    ListenerRule,
    ListenerRuleAction,
    Matcher,
    PathPatternConfig,
    TargetGroup,
    TargetGroupAttribute,
    TargetGroupTuple,
)

from factory.authoring import Stack
from products.parts import contract
from products.parts.alarms import Computed, Metric
from products.parts.custom_resource import custom_resource
from products.parts.deployments import SHIFTS, traffic_role
from products.parts.routing_questions import RoutingQuestions
from products.parts.servers import SPEAKS_GRPC, SPEAKS_HTTP, Health
from products.parts.tasks import CONTAINER

ALB = "AWS/ApplicationELB"
"""Namespace of the load balancer's metrics."""
HAS_HOST = "HasHost"
"""Condition that the service is reached by a host name of its own."""
_STICKS = "ClientsStick"


@dataclass(frozen=True, slots=True, kw_only=True)
class Routing:
    """The way from the load balancer to the tasks.

    There are two groups of targets, of which one has the tasks: where requests shift, versions take turns with them.
    `balancer` is the load balancer as CloudWatch names it, `place` what knows the rule's priority and weights.
    """

    first: TargetGroup
    second: TargetGroup
    rule: ListenerRule
    test_rule: ListenerRule
    place: AWSObject
    balancer: Any

    def total(self, name: str, statistic: str) -> Computed:
        """A metric of the service's targets, whichever group they are in.

        What is missing of one group counts as nothing, but a minute that CloudWatch knows of neither as none.
        """

        def of(group: TargetGroup) -> Metric:
            own = {"LoadBalancer": self.balancer, "TargetGroup": group.get_att("TargetGroupFullName")}
            return Metric(namespace=ALB, name=name, statistic=statistic, dimensions=own)

        return Computed(
            expression="SUM([first, second])",
            operands={"first": of(self.first), "second": of(self.second)},
        )

    def variables(self) -> dict[str, Any]:
        """What `lines` of a dashboard refer to."""
        return {
            "Balancer": self.balancer,
            "First": self.first.get_att("TargetGroupFullName"),
            "Second": self.second.get_att("TargetGroupFullName"),
        }


def lines(name: str) -> list[list[str]]:
    """A metric of each group of targets, for a graph."""
    return [[ALB, name, "LoadBalancer", "${Balancer}", "TargetGroup", group] for group in ("${First}", "${Second}")]


def routing(stack: Stack, questions: RoutingQuestions, health: Health) -> Routing:
    """Requests to the paths, and to the host where one is given, reach the service's tasks."""
    stack.condition(HAS_HOST, Not(RoutingQuestions.host_name.equals("")))
    stack.condition(_STICKS, Not(RoutingQuestions.sticky_seconds.equals(0)))
    stack.rule(
        "ClientsThatStickKeepCookies",
        (RoutingQuestions.sticky_seconds.equals(0), "Clients of gRPC keep no cookies: stickiness is for HTTP."),
        when=RoutingQuestions.protocol.equals("grpc"),
    )
    first, second = (_targets(stack, title, questions, health) for title in ("TargetGroup", "SecondTargetGroup"))
    groups = (first, second)
    place = _place(stack, "ListenerPriority", questions, questions.listener_arn, groups)
    # Where requests do not shift there is one group to name, the one that has the tasks.
    alone = ListenerRuleAction(Type="forward", TargetGroupArn=GetAtt(place, "Serving"))
    action = If(SHIFTS, _weighted(place, groups), alone)
    rule = _rule(stack, "ListenerRule", questions, questions.listener_arn, place, action)
    test_listener = stack.find(contract.TEST_LISTENER_ARN)
    test_place = _place(stack, "TestPriority", questions, test_listener, groups, condition=SHIFTS)
    test_rule = _rule(
        stack, "TestRule", questions, test_listener, test_place, _weighted(test_place, groups), condition=SHIFTS
    )
    # arn:…:listener/app/<name>/<id of the balancer>/<id of the listener>
    parts = Split("/", questions.listener_arn)
    balancer = Join("/", [Select(index, parts) for index in (1, 2, 3)])
    return Routing(first=first, second=second, rule=rule, test_rule=test_rule, place=place, balancer=balancer)


def balanced(stack: Stack, route: Routing, port: Any) -> LoadBalancer:
    """What ECS is told about the load balancer: where it registers tasks, and how it moves requests."""
    role = traffic_role(stack, [route.first, route.second], [route.rule, route.test_rule])
    advanced = AdvancedConfiguration(
        AlternateTargetGroupArn=route.second.ref(),
        ProductionListenerRule=route.rule.ref(),
        TestListenerRule=route.test_rule.ref(),
        RoleArn=role.get_att("Arn"),
    )
    return LoadBalancer(
        ContainerName=CONTAINER,
        ContainerPort=port,
        TargetGroupArn=If(SHIFTS, route.first.ref(), GetAtt(route.place, "Serving")),
        AdvancedConfiguration=If(SHIFTS, advanced, NoValue),
    )


def _targets(stack: Stack, title: str, questions: RoutingQuestions, health: Health) -> TargetGroup:
    attributes = {
        "deregistration_delay.timeout_seconds": questions.drain_seconds,
        "slow_start.duration_seconds": questions.slow_start_seconds,
        "stickiness.enabled": If(_STICKS, "true", "false"),
    }
    cookie = {"stickiness.type": "lb_cookie", "stickiness.lb_cookie.duration_seconds": questions.sticky_seconds}

    def listed(given: Mapping[str, Any]) -> list[TargetGroupAttribute]:
        return [TargetGroupAttribute(Key=key, Value=value) for key, value in given.items()]

    return stack.add(
        TargetGroup(
            title,
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
            TargetGroupAttributes=[*listed(attributes), *(If(_STICKS, each, NoValue) for each in listed(cookie))],
        )
    )


def _place(
    stack: Stack,
    title: str,
    questions: RoutingQuestions,
    listener: Any,
    groups: tuple[TargetGroup, ...],
    *,
    condition: str | None = None,
) -> AWSObject:
    """The priority that the rule takes, and the weights that it has at present.

    ECS changes the weights with every deployment, while CloudFormation writes them anew with whatever else changes in
    the rule. So the function is asked for them together with each such change, of which its properties therefore hold
    all (ECS Developer Guide, "Application Load Balancer resources for blue/green, linear, and canary deployments").
    """
    return custom_resource(
        stack,
        title,
        "ListenerPriority",
        questions.priority_function,
        {
            "ListenerArn": listener,
            "Paths": Split(",", questions.paths),
            "Hosts": If(HAS_HOST, [questions.host_name], NoValue),
            "TargetGroups": [group.ref() for group in groups],
            "Strategy": questions.strategy,
            "RuleTags": stack.tags(),
        },
        condition=condition,
    )


def _weighted(place: AWSObject, groups: tuple[TargetGroup, ...]) -> ListenerRuleAction:
    weights = (GetAtt(place, "FirstWeight"), GetAtt(place, "SecondWeight"))
    shares = [
        TargetGroupTuple(TargetGroupArn=group.ref(), Weight=weight)
        for group, weight in zip(groups, weights, strict=True)
    ]
    return ListenerRuleAction(Type="forward", ForwardConfig=ForwardConfig(TargetGroups=shares))


def _rule(
    stack: Stack,
    title: str,
    questions: RoutingQuestions,
    listener: Any,
    place: AWSObject,
    action: Any,
    *,
    condition: str | None = None,
) -> ListenerRule:
    host = Condition(Field="host-header", HostHeaderConfig=HostHeaderConfig(Values=[questions.host_name]))
    paths = PathPatternConfig(Values=Split(",", questions.paths))
    rule = ListenerRule(
        title,
        ListenerArn=listener,
        Priority=GetAtt(place, "Priority"),
        Conditions=[Condition(Field="path-pattern", PathPatternConfig=paths), If(HAS_HOST, host, NoValue)],
        Actions=[action],
    )
    if condition:
        rule.Condition = condition
    return stack.add(rule)
