"""Service Connect: how a service is found and reached by the other services of the cluster."""

from __future__ import annotations

from troposphere import Sub
from troposphere.ecs import ServiceConnectClientAlias, ServiceConnectService

from products.parts.alarms import Metric
from products.parts.servers import PORT_NAME
from products.parts.service_questions import ServerQuestions

PORT = 80
"""Where clients find every service, whatever port its container listens on; their own proxy listens there."""


def served(questions: ServerQuestions) -> ServiceConnectService:
    """What other services reach under the service's own name."""
    return ServiceConnectService(
        PortName=PORT_NAME,
        DiscoveryName=questions.service_name,
        ClientAliases=[ServiceConnectClientAlias(DnsName=questions.service_name, Port=PORT)],
    )


def url() -> Sub:
    """The address that clients use."""
    return Sub("http://${ServiceName}")


def calls(questions: ServerQuestions, name: str, statistic: str) -> Metric:
    """A metric of what clients ask of the service, as their proxies tell it."""
    return Metric(
        namespace="AWS/ECS",
        name=name,
        statistic=statistic,
        dimensions={"TargetDiscoveryName": questions.service_name},
    )
