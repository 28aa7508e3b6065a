"""The product `microservice-internal`: a service that only other services of the cluster reach."""

from __future__ import annotations

from typing import Any

from troposphere import GetAtt, Not
from troposphere.cloudwatch import Alarm
from troposphere.ec2 import SecurityGroup, SecurityGroupRule

from factory.authoring import Product, Stack, Text
from products.parts import contract, kafka
from products.parts.alarms import alarm
from products.parts.connect import authority_question, failed_calls, served, url
from products.parts.container_questions import NETWORK
from products.parts.deployments import chosen, deployment_conditions
from products.parts.peers import PEER, is_group, let_in
from products.parts.scaling import scalable
from products.parts.servers import server
from products.parts.service_alarms import log_alarm, says, service_alarms
from products.parts.service_dashboard import graph, service_dashboard
from products.parts.service_questions import PORT, ServerQuestions
from products.parts.services import fargate_service, task_security_group

_HAS_CLIENT = "HasClient"
_CLIENT_IS_GROUP = "ClientIsGroup"
_LISTENS = "ListensToKafka"


class MicroserviceInternal(ServerQuestions, Product):
    """A containerized service that other services of the cluster reach by its name, and nobody else.

    Launch it after the cluster. It begins with a placeholder image; the first run of its pipeline, or an update with
    another image, puts the real one in its place without an interruption, and goes back by itself if that one fails.
    """

    name = "microservice-internal"
    version = "1.1.0"

    # What a team decides; all else has a default that fits most.
    service_name = ServerQuestions.service_name
    image = ServerQuestions.image
    runtime = ServerQuestions.runtime
    health_check = ServerQuestions.health_check
    size = ServerQuestions.size
    tasks = ServerQuestions.tasks
    kafka = ServerQuestions.kafka
    client = Text(
        "Further client",
        group=NETWORK,
        default="",
        pattern=rf"({PEER})?",
        constraint="Empty, a security group, or a range of addresses from /16 to /32.",
        help="Who else than services of the cluster reaches the container's port: a security group, or addresses.",
    )
    kafka_port = Text(
        "Kafka listener port",
        group=NETWORK,
        default="",
        pattern=rf"({PORT})?",
        constraint="Empty, or a port from 1024 to 65535.",
        help="Port on which Kafka brokers, as given above, reach the container; empty where they never call it.",
    )

    authority = authority_question()

    def build(self, stack: Stack) -> None:
        deployment_conditions(stack)
        serving = server(stack, self, balanced=False)
        logs = serving.container.logs
        service = fargate_service(
            stack,
            self,
            serving.container,
            group=self._group(stack, serving.port),
            deployment=chosen(stack, self, [self._server_errors(stack).ref(), log_alarm(stack, self, logs)]),
            serves=[served(stack, self, MicroserviceInternal.authority)],
        )
        scalable(stack, self, service)
        service_alarms(stack, self, service)
        service_dashboard(stack, self, "internal", service, logs, self._graphs(), {"Own": self.service_name})
        name = ServerQuestions.service_name
        stack.provide(contract.INTERNAL_SERVICE_NAME, GetAtt(service, "Name"), provider=name)
        stack.provide(contract.INTERNAL_SERVICE_URL, url(), provider=name)

    def _group(self, stack: Stack, port: Any) -> SecurityGroup:
        from_services = SecurityGroupRule(
            IpProtocol="tcp",
            FromPort=port,
            ToPort=port,
            SourceSecurityGroupId=self.service_group,
            Description="Other services of the cluster",
        )
        group = task_security_group(stack, self, [from_services])
        stack.condition(_HAS_CLIENT, Not(MicroserviceInternal.client.equals("")))
        stack.condition(_CLIENT_IS_GROUP, is_group(self.client))
        let_in(
            stack,
            "ClientIngress",
            group,
            self.client,
            port,
            "Further client",
            group=_CLIENT_IS_GROUP,
            condition=_HAS_CLIENT,
        )
        stack.condition(_LISTENS, Not(MicroserviceInternal.kafka_port.equals("")))
        let_in(
            stack,
            "KafkaIngress",
            group,
            kafka.brokers(self.kafka, self.vpc_cidr),
            self.kafka_port,
            "Kafka brokers",
            group=kafka.BROKERS_ARE_GROUP,
            condition=_LISTENS,
        )
        stack.rule(
            "BrokersThatCallAreKnown",
            (
                Not(MicroserviceInternal.kafka.equals("none")),
                "A Kafka listener port needs to know where the brokers are.",
            ),
            when=Not(MicroserviceInternal.kafka_port.equals("")),
        )
        return group

    def _server_errors(self, stack: Stack) -> Alarm:
        return alarm(
            stack,
            "ServerErrors",
            says(stack, self, "more than 10 answers a minute were 5xx."),
            failed_calls(self),
            above=10,
            topic=self.critical_topic,
        )

    @staticmethod
    def _graphs() -> list[dict[str, Any]]:
        # What arrives at this service, and what its clients in whichever cluster were answered.
        arrives = ("DiscoveryName", "${Own}", "ServiceName", "${Service}", "ClusterName", "${Cluster}")
        answered = ("TargetDiscoveryName", "${Own}")
        return [
            graph(
                "Requests and 5xx answers",
                ["AWS/ECS", "RequestCount", *arrives],
                ["AWS/ECS", "HTTPCode_Target_5XX_Count", *answered],
                statistic="Sum",
            ),
            graph("Slowest answers (ms)", ["AWS/ECS", "TargetResponseTime", *answered], statistic="Maximum"),
            graph("Usual answers (ms)", ["AWS/ECS", "TargetResponseTime", *answered]),
        ]
