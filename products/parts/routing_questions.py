"""What is asked about a service behind the load balancer."""

from __future__ import annotations

from factory.authoring import Number, Requires, Text
from products.parts import contract
from products.parts.container_questions import SERVICE
from products.parts.service_questions import SCALING, ServerQuestions, command_question, health_question

_ROUTING = "Routing"
# Of path patterns and hosts, a listener rule takes five values together; one is left for the host.
_PATH = r"/[A-Za-z0-9_.$/~@:+&*?-]{0,127}"


class BalancerWiring:
    """What services behind the load balancer get from the cluster besides."""

    listener_arn = Requires(contract.LISTENER_ARN)
    priority_function = Requires(contract.PRIORITY_FUNCTION_ARN)
    balancer_group = Requires(contract.BALANCER_SECURITY_GROUP)
    balancer_dns_name = Requires(contract.BALANCER_DNS_NAME)


class RoutingQuestions(ServerQuestions, BalancerWiring):
    """Which requests reach the service, and how its tasks join and leave."""

    paths = Text(
        "Paths",
        group=SERVICE,
        default="/*",
        pattern=rf"{_PATH}(,{_PATH}){{0,3}}",
        constraint="1 to 4 paths joined by commas, each beginning with a slash; * and ? stand for any characters.",
        help="Requests to these paths reach the service, such as /orders,/orders/*; longer paths come before shorter.",
    )
    host_name = Text(
        "Host name",
        group=SERVICE,
        default="",
        pattern=r"([A-Za-z0-9*?][A-Za-z0-9.*?-]{0,126})?",
        constraint="Empty, or a host name; * and ? stand for any characters.",
        help="Only requests to this host reach the service; empty for every host. The certificate must cover it.",
    )
    health_check = health_question(codes=True)
    health_command = command_question(may_be_none=True)
    drain_seconds = Number(
        "Deregistration delay (seconds)",
        group=_ROUTING,
        low=0,
        high=3600,
        default=30,
        help="How long requests under way may finish on a task that is going away.",
    )
    slow_start_seconds = Text(
        "Slow start (seconds)",
        group=_ROUTING,
        default="0",
        pattern=r"0|[3-9]\d|[1-8]\d\d|900",
        constraint="0 for none, or 30 to 900.",
        help="Over how long a new task gets up to its full share of requests.",
    )
    sticky_seconds = Number(
        "Stickiness (seconds)",
        group=_ROUTING,
        low=0,
        high=604_800,
        default=0,
        help="How long a client stays with the task that answered it first, by a cookie; 0 for not at all.",
    )
    requests_target = Number(
        "Requests per task and minute",
        group=SCALING,
        low=10,
        high=1_000_000,
        default=1000,
        help="Average number of requests that tasks are added and removed for.",
    )
