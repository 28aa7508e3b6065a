"""ECS services: where tasks run, and who reaches them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from troposphere import GetAtt, If, Sub, Tags
from troposphere.ec2 import SecurityGroup, SecurityGroupRule
from troposphere.ecs import (
    AwsvpcConfiguration,
    CapacityProviderStrategyItem,
    DeploymentConfiguration,
    LoadBalancer,
    NetworkConfiguration,
    Service,
    ServiceConnectConfiguration,
    ServiceConnectService,
)

from factory.authoring import Stack
from products.parts.container_questions import ContainerQuestions
from products.parts.environment_rules import only_outside_prod
from products.parts.kafka import HAS_BROKERS, broker_egress
from products.parts.logs import log_to
from products.parts.security_groups import UNPRIVILEGED_PORTS, workload_egress
from products.parts.service_questions import ServiceQuestions
from products.parts.tasks import Container


def task_security_group(
    stack: Stack, questions: ContainerQuestions, ingress: Sequence[SecurityGroupRule] = ()
) -> SecurityGroup:
    """The group of one service's own: who may reach it, and what it may reach."""
    ways_out = [
        *workload_egress(questions.vpc_cidr),
        SecurityGroupRule(
            IpProtocol="tcp",
            **UNPRIVILEGED_PORTS,
            DestinationSecurityGroupId=questions.service_group,
            Description="Other services, as these admit it",
        ),
    ]
    to_brokers = broker_egress(questions.kafka, questions.vpc_cidr)
    group = SecurityGroup(
        "TaskSecurityGroup",
        GroupDescription=Sub("Tasks of ${ServiceName}"),
        VpcId=questions.vpc_id,
        SecurityGroupEgress=If(HAS_BROKERS, [*ways_out, *to_brokers], ways_out),
        Tags=Tags(Name=stack.name("sg", "${ServiceName}")),
    )
    if ingress:
        group.SecurityGroupIngress = list(ingress)
    return stack.add(group)


def fargate_service(
    stack: Stack,
    questions: ServiceQuestions,
    container: Container,
    *,
    group: SecurityGroup,
    deployment: DeploymentConfiguration,
    serves: Sequence[ServiceConnectService] = (),
    load_balancers: Sequence[LoadBalancer] = (),
    tags: Mapping[str, Any] | None = None,
) -> Service:
    """The service, in private subnets and with the other services in reach through Service Connect.

    `serves` is what it offers there itself, in the namespace that the cluster has for that.
    It names no desired count. A new service then begins with one task, which autoscaling raises to its minimum as soon
    as it is registered, and an update leaves the count where autoscaling has it (CloudFormation,
    "AWS::ECS::Service DesiredCount"; Application Auto Scaling, "Scaling activities").
    """
    connect = ServiceConnectConfiguration(Enabled=True, LogConfiguration=log_to(container.logs, "service-connect"))
    if serves:
        connect.Services = list(serves)
    service = Service(
        "Service",
        Cluster=questions.cluster_name,
        TaskDefinition=container.task.ref(),
        CapacityProviderStrategy=_capacity(stack, questions),
        PlatformVersion="LATEST",
        DeploymentConfiguration=deployment,
        AvailabilityZoneRebalancing="ENABLED",
        NetworkConfiguration=NetworkConfiguration(
            AwsvpcConfiguration=AwsvpcConfiguration(
                AssignPublicIp="DISABLED",
                Subnets=questions.private_subnets,
                SecurityGroups=[group.get_att("GroupId"), questions.service_group],
            )
        ),
        ServiceConnectConfiguration=connect,
        EnableExecuteCommand=questions.shell_access,
        EnableECSManagedTags=True,
        PropagateTags="SERVICE",
    )
    if load_balancers:
        service.LoadBalancers = list(load_balancers)
    if tags:
        service.Tags = Tags(tags)
    return stack.add(service)


def _capacity(stack: Stack, questions: ServiceQuestions) -> list[CapacityProviderStrategyItem]:
    """On-demand and Spot by weight; CloudFormation can't subtract, hence the remaining share case by case."""
    only_outside_prod(
        stack,
        "NoSpotInProd",
        ServiceQuestions.spot_percent,
        ["auto", "0"],
        "Services of prod and dr do not run on Spot.",
    )
    on_demand: Any = 0
    for share in (75, 50, 25, 0):
        name = stack.condition(f"SpotShareIs{share}", ServiceQuestions.spot_percent.equals(share))
        on_demand = If(name, 100 - share, on_demand)
    return [
        CapacityProviderStrategyItem(CapacityProvider="FARGATE", Weight=on_demand),
        CapacityProviderStrategyItem(CapacityProvider="FARGATE_SPOT", Weight=questions.spot_percent),
    ]


def resource_id(questions: ServiceQuestions, service: Service) -> Sub:
    """The service as Application Auto Scaling names it."""
    return Sub("service/${Cluster}/${Name}", Cluster=questions.cluster_name, Name=GetAtt(service, "Name"))


def of_service(questions: ServiceQuestions, service: Service) -> dict[str, Any]:
    """The service as CloudWatch names it."""
    return {"ClusterName": questions.cluster_name, "ServiceName": GetAtt(service, "Name")}
