"""The alarms of a load balancer and of whatever is behind it."""

from __future__ import annotations

from typing import Any

from troposphere import Sub
from troposphere.elasticloadbalancingv2 import LoadBalancer

from factory.authoring import Stack
from products.parts.alarms import Computed, Metric, alarm


def balancer_alarms(
    stack: Stack, balancer: LoadBalancer, *, critical_topic: Any, warning_topic: Any, condition: str
) -> None:
    """Answers that are errors, answers that are slow, and tasks that fail their health check."""
    of_balancer = {"LoadBalancer": balancer.get_att("LoadBalancerFullName")}

    def metric(name: str, statistic: str) -> Metric:
        return Metric(namespace="AWS/ApplicationELB", name=name, statistic=statistic, dimensions=of_balancer)

    alarm(
        stack,
        "ServerErrors",
        "More than 10 requests a minute ended in a 5xx answer, of the load balancer or of the services behind it.",
        Computed(
            expression="SUM([balancer, services])",
            operands={
                "balancer": metric("HTTPCode_ELB_5XX_Count", "Sum"),
                "services": metric("HTTPCode_Target_5XX_Count", "Sum"),
            },
        ),
        above=10,
        topic=critical_topic,
        condition=condition,
    )
    alarm(
        stack,
        "SlowAnswers",
        "One request in a hundred waited longer than 2 seconds, for three minutes.",
        metric("TargetResponseTime", "p99"),
        above=2,
        minutes=3,
        topic=warning_topic,
        condition=condition,
    )
    # CloudWatch counts unhealthy hosts per target group only, and the services' groups are not known here.
    unhealthy = Sub(
        'SELECT MAX(UnHealthyHostCount) FROM SCHEMA("AWS/ApplicationELB", LoadBalancer, TargetGroup) '
        "WHERE LoadBalancer = '${LoadBalancer.LoadBalancerFullName}'"
    )
    alarm(
        stack,
        "UnhealthyHosts",
        "Tasks behind the load balancer have failed their health check for three minutes.",
        Computed(expression=unhealthy),
        above=0,
        minutes=3,
        topic=critical_topic,
        condition=condition,
    )
