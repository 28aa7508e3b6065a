"""The product `microservice-public`: a service that the cluster's load balancer sends requests to."""

from __future__ import annotations

from typing import Any

from troposphere import GetAtt, If, Not, NoValue, Split, Sub
from troposphere.cloudwatch import Alarm
from troposphere.ec2 import SecurityGroup, SecurityGroupRule
from troposphere.ecs import LoadBalancer, Service
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
from troposphere.logs import LogGroup

from factory.authoring import Number, Product, Stack, Text
from products.parts import contract
from products.parts.alarms import Metric, alarm
from products.parts.container_questions import BalancerWiring, ServerQuestions
from products.parts.custom_resource import custom_resource
from products.parts.logs import log_group
from products.parts.scaling import follow, scalable
from products.parts.servers import health_check, listening_port, variables
from products.parts.service_alarms import error_alarm, says, service_alarms
from products.parts.service_dashboard import dashboard, graph, latest_errors, tasks_graphs
from products.parts.services import fargate_service, rolling, task_security_group
from products.parts.task_roles import task_roles
from products.parts.tasks import CONTAINER, task_definition

_ALB = "AWS/ApplicationELB"
# Of path patterns and hosts, a listener rule takes five values together; one is left for the host.
_PATH = r"/[A-Za-z0-9_.$/~@:+&*?-]{0,127}"


class MicroservicePublic(ServerQuestions, BalancerWiring, Product):
    """A containerized service behind the load balancer, reached by path or host name.

    Launch it after the cluster. It begins with a placeholder image; the first run of its pipeline, or an update with
    another image, puts the real one in its place without an interruption, and goes back by itself if that one fails.
    """

    name = "microservice-public"
    version = "1.0.1"

    # Asked first; the other shared questions follow those of this product.
    service_name = ServerQuestions.service_name
    image = ServerQuestions.image
    runtime = ServerQuestions.runtime
    paths = Text(
        "Paths",
        group="Routing",
        default="/*",
        pattern=rf"{_PATH}(,{_PATH}){{0,3}}",
        constraint="1 to 4 paths joined by commas, each beginning with a slash; * and ? stand for any characters.",
        help="Requests to these paths reach the service, such as /orders,/orders/*; longer paths come before shorter.",
    )
    host_name = Text(
        "Host name",
        group="Routing",
        default="",
        pattern=r"([A-Za-z0-9*?][A-Za-z0-9.*?-]{0,126})?",
        constraint="Empty, or a host name; * and ? stand for any characters.",
        help="Only requests to this host reach the service; empty for every host. The certificate must cover it.",
    )
    health_interval_seconds = Number(
        "Health check interval (seconds)",
        group="Routing",
        low=6,
        high=300,
        default=15,
        help="How often the load balancer asks each task whether it is well.",
    )
    deregistration_seconds = Number(
        "Deregistration delay (seconds)",
        group="Routing",
        low=0,
        high=3600,
        default=30,
        help="How long requests under way may finish on a task that is going away.",
    )
    slow_start_seconds = Text(
        "Slow start (seconds)",
        group="Routing",
        default="0",
        pattern=r"0|[3-9]\d|[1-8]\d\d|900",
        constraint="0 for none, or 30 to 900.",
        help="Over how long a new task gets up to its full share of requests.",
    )
    requests_target = Number(
        "Requests per task and minute",
        group="Scaling",
        low=10,
        high=1_000_000,
        default=1000,
        help="Average number of requests that tasks are added and removed for.",
    )

    def build(self, stack: Stack) -> None:
        logs = log_group(stack, "Logs", key=self.key_arn, retention=self.log_retention)
        roles = task_roles(stack, self, logs)
        port = listening_port(stack, self)
        task = task_definition(
            stack,
            self,
            roles=roles,
            log_group=logs,
            port=port,
            variables=variables(self, port),
            health_check=health_check(stack, self),
        )
        targets = self._targets(stack)
        routing = self._routing(stack, targets)
        errors = [self._server_errors(stack, targets), error_alarm(stack, self, logs)]
        service = fargate_service(
            stack,
            self,
            task=task,
            group=self._group(stack, port),
            log_group=logs,
            deployment=rolling(errors),
            load_balancers=[LoadBalancer(ContainerName=CONTAINER, ContainerPort=port, TargetGroupArn=targets.ref())],
            after=[routing.title],
        )
        service.HealthCheckGracePeriodSeconds = self.health_grace_seconds
        self._scaling(stack, service)
        service_alarms(stack, self, service)
        self._unhealthy(stack, targets)
        self._dashboard(stack, service, targets, logs)
        stack.provide(contract.PUBLIC_SERVICE_NAME, GetAtt(service, "Name"), provider=ServerQuestions.service_name)
        host = If("HasHost", self.host_name, self.balancer_dns_name)
        stack.output("Address", Sub("https://${Host}", Host=host), "Where the service answers, at its paths.")

    def _group(self, stack: Stack, port: Any) -> SecurityGroup:
        from_balancer = SecurityGroupRule(
            IpProtocol="tcp",
            FromPort=port,
            ToPort=port,
            SourceSecurityGroupId=self.balancer_group,
            Description="Requests and health checks of the load balancer",
        )
        return task_security_group(stack, self, [from_balancer])

    def _targets(self, stack: Stack) -> TargetGroup:
        attributes = {
            "deregistration_delay.timeout_seconds": self.deregistration_seconds,
            "slow_start.duration_seconds": self.slow_start_seconds,
            "stickiness.enabled": "false",
        }
        return stack.add(
            TargetGroup(
                "TargetGroup",
                VpcId=self.vpc_id,
                TargetType="ip",
                Protocol="HTTP",
                ProtocolVersion="HTTP1",
                # Each task is registered with its own port. A port that followed it here would replace the group, and
                # leave the listener without targets, whenever it changes.
                Port=8080,
                HealthCheckPath=self.health_path,
                HealthCheckIntervalSeconds=self.health_interval_seconds,
                HealthCheckTimeoutSeconds=5,
                HealthyThresholdCount=2,
                UnhealthyThresholdCount=3,
                Matcher=Matcher(HttpCode="200-299"),
                TargetGroupAttributes=[TargetGroupAttribute(Key=key, Value=value) for key, value in attributes.items()],
            )
        )

    def _routing(self, stack: Stack, targets: TargetGroup) -> ListenerRule:
        has_host = stack.condition("HasHost", Not(MicroservicePublic.host_name.equals("")))
        paths = Split(",", self.paths)
        priority = custom_resource(
            stack,
            "ListenerPriority",
            "ListenerPriority",
            self.priority_function,
            {
                "ListenerArn": self.listener_arn,
                "Paths": paths,
                "Hosts": If(has_host, [self.host_name], NoValue),
            },
        )
        host = Condition(Field="host-header", HostHeaderConfig=HostHeaderConfig(Values=[self.host_name]))
        return stack.add(
            ListenerRule(
                "ListenerRule",
                ListenerArn=self.listener_arn,
                Priority=GetAtt(priority, "Priority"),
                Conditions=[
                    Condition(Field="path-pattern", PathPatternConfig=PathPatternConfig(Values=paths)),
                    If(has_host, host, NoValue),
                ],
                Actions=[ListenerRuleAction(Type="forward", TargetGroupArn=targets.ref())],
            )
        )

    def _scaling(self, stack: Stack, service: Service) -> None:
        target = scalable(stack, self, service)
        label = Sub("${BalancerFullName}/${TargetGroup.TargetGroupFullName}")
        follow(stack, "RequestScaling", target, "ALBRequestCountPerTarget", self.requests_target, label=label)

    def _of_targets(self, targets: TargetGroup) -> dict[str, Any]:
        return {"LoadBalancer": self.balancer_full_name, "TargetGroup": targets.get_att("TargetGroupFullName")}

    def _server_errors(self, stack: Stack, targets: TargetGroup) -> Alarm:
        return alarm(
            stack,
            "ServerErrors",
            says(stack, self, "more than 10 answers a minute were 5xx."),
            Metric(
                namespace=_ALB,
                name="HTTPCode_Target_5XX_Count",
                statistic="Sum",
                dimensions=self._of_targets(targets),
            ),
            above=10,
            topic=self.critical_topic,
        )

    def _unhealthy(self, stack: Stack, targets: TargetGroup) -> Alarm:
        return alarm(
            stack,
            "UnhealthyTasks",
            says(stack, self, "tasks have failed their health check for three minutes."),
            Metric(
                namespace=_ALB, name="UnHealthyHostCount", statistic="Maximum", dimensions=self._of_targets(targets)
            ),
            above=0,
            minutes=3,
            topic=self.warning_topic,
        )

    def _dashboard(self, stack: Stack, service: Service, targets: TargetGroup, logs: LogGroup) -> None:
        own = ("LoadBalancer", "${Balancer}", "TargetGroup", "${Targets}")
        traffic = [
            graph(
                "Requests and 5xx answers",
                [_ALB, "RequestCount", *own],
                [_ALB, "HTTPCode_Target_5XX_Count", *own],
                statistic="Sum",
            ),
            graph("Slowest answers (p99, s)", [_ALB, "TargetResponseTime", *own], statistic="p99"),
            graph("Usual answers (p50, s)", [_ALB, "TargetResponseTime", *own], statistic="p50"),
        ]
        health = graph(
            "Tasks that are well and not", [_ALB, "HealthyHostCount", *own], [_ALB, "UnHealthyHostCount", *own]
        )
        dashboard(
            stack,
            # Dashboards share one list across regions.
            stack.name("public", "${Instance}-${ServiceName}-${AWS::Region}"),
            [*traffic, *tasks_graphs(), health],
            latest_errors(),
            {
                "Balancer": self.balancer_full_name,
                "Targets": targets.get_att("TargetGroupFullName"),
                "Cluster": self.cluster_name,
                "Service": GetAtt(service, "Name"),
                "Logs": logs.ref(),
            },
        )
