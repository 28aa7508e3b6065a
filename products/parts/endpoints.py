"""VPC endpoints: the way to AWS services that does not cross the internet, for the account's own principals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from awacs import s3
from awacs.aws import Action, PolicyDocument, Principal, Statement, StringEquals
from troposphere import AccountId, Sub, Tags
from troposphere.ec2 import VPC, SecurityGroup, SecurityGroupRule, VPCEndpoint

from factory.authoring import Stack
from factory.authoring.policy import allow, document
from products.parts.subnets import Tier

_HTTPS = 443

CORE_SERVICES = ("ecr.api", "ecr.dkr", "logs", "secretsmanager")
"""What a Fargate task needs to start: its image, its log group, its secrets."""
FURTHER_SERVICES = ("kms", "ssm", "ssmmessages", "sts")


def gateway_endpoints(stack: Stack, vpc: VPC, route_tables: Any) -> None:
    """Routes to S3 and DynamoDB, which cost nothing."""
    # Image layers are fetched by an address that ECR signs, so by no principal of this account (Amazon ECR User
    # Guide, "Minimum Amazon S3 Bucket Permissions for Amazon ECR").
    layers = allow(
        "ImageLayers",
        [s3.GetObject],
        Sub("arn:${AWS::Partition}:s3:::prod-${AWS::Region}-starport-layer-bucket/*"),
        to=Principal("*"),
    )
    for service, more in (("s3", [layers]), ("dynamodb", [])):
        stack.add(
            VPCEndpoint(
                _title(service),
                VpcEndpointType="Gateway",
                VpcId=vpc.ref(),
                ServiceName=_service_name(service),
                RouteTableIds=route_tables,
                PolicyDocument=_policy(service, *more),
                Tags=Tags(Name=stack.name(service)),
            )
        )


def interface_endpoints(stack: Stack, vpc: VPC, tier: Tier, services: Mapping[str, str]) -> None:
    """Addresses of AWS services inside a tier, under the services' usual names; each service has its condition.

    The security group that admits the VPC to them comes with the first condition.
    """
    group = stack.add(
        SecurityGroup(
            "EndpointGroup",
            GroupDescription="AWS services, for the VPC only",
            VpcId=vpc.ref(),
            SecurityGroupIngress=[
                SecurityGroupRule(
                    IpProtocol="tcp",
                    FromPort=_HTTPS,
                    ToPort=_HTTPS,
                    CidrIp=vpc.get_att("CidrBlock"),
                    Description="HTTPS from the VPC",
                )
            ],
            # Without a rule of its own a group gets one that allows everything.
            SecurityGroupEgress=[
                SecurityGroupRule(IpProtocol="-1", CidrIp="127.0.0.1/32", Description="Endpoints only answer")
            ],
            Tags=Tags(Name=stack.name("endpoints")),
            Condition=next(iter(services.values())),
        )
    )
    for service, condition in services.items():
        stack.add(
            VPCEndpoint(
                _title(service),
                VpcEndpointType="Interface",
                VpcId=vpc.ref(),
                ServiceName=_service_name(service),
                SubnetIds=tier.ids,
                SecurityGroupIds=[group.ref()],
                PrivateDnsEnabled=True,
                PolicyDocument=_policy(service.partition(".")[0]),
                Tags=Tags(Name=stack.name(service.replace(".", "-"))),
                Condition=condition,
            )
        )


def _policy(service: str, *more: Statement) -> PolicyDocument:
    """Own principals only. An endpoint policy grants nothing: it bounds what identity policies have granted."""
    own = allow(
        "OwnPrincipals",
        [Action(service, "*")],
        "*",
        to=Principal("*"),
        when=[StringEquals({"aws:PrincipalAccount": AccountId})],
    )
    return document(own, *more)


def _service_name(service: str) -> Sub:
    return Sub(f"com.amazonaws.${{AWS::Region}}.{service}")


def _title(service: str) -> str:
    return "".join(part.capitalize() for part in service.split(".")) + "Endpoint"
