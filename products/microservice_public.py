"""The product `microservice-public`: a service that the cluster's load balancer sends requests to."""

from __future__ import annotations

from troposphere import GetAtt, If, Sub
from troposphere.cloudwatch import Alarm
from troposphere.ec2 import SecurityGroupRule
from troposphere.ecs import Service

from factory.authoring import Product, Stack
from products.parts import contract
from products.parts.alarms import alarm
from products.parts.deployments import chosen, deployment_conditions
from products.parts.routing import HAS_HOST, Routing, balanced, lines, routing
from products.parts.routing_questions import RoutingQuestions
from products.parts.scaling import follow_computed, scalable
from products.parts.servers import Server, server
from products.parts.service_alarms import log_alarm, says, service_alarms
from products.parts.service_dashboard import graph, service_dashboard
from products.parts.services import fargate_service, task_security_group


class MicroservicePublic(RoutingQuestions, Product):
    """A containerized service behind the load balancer, reached by path or host name.

    Launch it after the cluster. It begins with a placeholder image; the first run of its pipeline, or an update with
    another image, puts the real one in its place without an interruption, and goes back by itself if that one fails.
    """

    name = "microservice-public"
    version = "2.1.0"

    # What a team decides; all else has a default that fits most.
    service_name = RoutingQuestions.service_name
    image = RoutingQuestions.image
    runtime = RoutingQuestions.runtime
    paths = RoutingQuestions.paths
    host_name = RoutingQuestions.host_name
    health_check = RoutingQuestions.health_check
    size = RoutingQuestions.size
    tasks = RoutingQuestions.tasks

    def build(self, stack: Stack) -> None:
        deployment_conditions(stack)
        serving = server(stack, self, balanced=True)
        route = routing(stack, self, serving.health)
        service = self._service(stack, serving, route)
        target = scalable(stack, self, service)
        requests = route.total("RequestCountPerTarget", "Sum")
        follow_computed(stack, "RequestScaling", target, requests, self.requests_target)
        service_alarms(stack, self, service)
        self._unhealthy(stack, route)
        self._dashboard(stack, serving, service, route)
        stack.provide(contract.PUBLIC_SERVICE_NAME, GetAtt(service, "Name"), provider=RoutingQuestions.service_name)
        host = If(HAS_HOST, self.host_name, self.balancer_dns_name)
        stack.output("Address", Sub("https://${Host}", Host=host), "Where the service answers, at its paths.")

    def _service(self, stack: Stack, serving: Server, route: Routing) -> Service:
        from_balancer = SecurityGroupRule(
            IpProtocol="tcp",
            FromPort=serving.port,
            ToPort=serving.port,
            SourceSecurityGroupId=self.balancer_group,
            Description="Requests and health checks of the load balancer",
        )
        alarms = [self._server_errors(stack, route).ref(), log_alarm(stack, self, serving.container.logs)]
        service = fargate_service(
            stack,
            self,
            serving.container,
            group=task_security_group(stack, self, [from_balancer]),
            deployment=chosen(stack, self, alarms),
            load_balancers=[balanced(stack, route, serving.port)],
            # It is made after the rule, without which its targets belong to no load balancer.
            tags={"ListenerRule": route.rule.ref()},
        )
        service.HealthCheckGracePeriodSeconds = serving.health.start_seconds
        return service

    def _server_errors(self, stack: Stack, route: Routing) -> Alarm:
        return alarm(
            stack,
            "ServerErrors",
            says(stack, self, "more than 10 answers a minute were 5xx."),
            route.total("HTTPCode_Target_5XX_Count", "Sum"),
            above=10,
            topic=self.critical_topic,
        )

    def _unhealthy(self, stack: Stack, route: Routing) -> Alarm:
        return alarm(
            stack,
            "UnhealthyTasks",
            says(stack, self, "tasks have failed their health check for three minutes."),
            route.total("UnHealthyHostCount", "Maximum"),
            above=0,
            minutes=3,
            topic=self.warning_topic,
        )

    def _dashboard(self, stack: Stack, serving: Server, service: Service, route: Routing) -> None:
        traffic = [
            graph(
                "Requests and 5xx answers", *lines("RequestCount"), *lines("HTTPCode_Target_5XX_Count"), statistic="Sum"
            ),
            graph("Slowest answers (p99, s)", *lines("TargetResponseTime"), statistic="p99"),
            graph("Usual answers (p50, s)", *lines("TargetResponseTime"), statistic="p50"),
            graph("Tasks that are well and not", *lines("HealthyHostCount"), *lines("UnHealthyHostCount")),
        ]
        service_dashboard(stack, self, "public", service, serving.container.logs, traffic, route.variables())
