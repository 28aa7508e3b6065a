"""Kafka: where a workload finds its brokers, and what it may do there by IAM."""

from __future__ import annotations

from typing import Any

from awacs import kafka_cluster
from troposphere import Equals, If, Join, Not, Or, Ref, Select, Split, Sub
from troposphere.ec2 import SecurityGroupRule
from troposphere.iam import Role

from factory.authoring import Parameter, Stack, Text
from factory.authoring.policy import allow
from products.parts.peers import PEER, is_group, way_out
from products.parts.roles import grant
from products.parts.security_groups import KAFKA_PORTS

HAS_BROKERS = "HasBrokers"
"""Condition that the workload speaks to brokers at all."""
BROKERS_ARE_GROUP = "BrokersAreGroup"
"""Condition that the brokers are named by their security group."""
_IN_VPC = "BrokersAreInVpc"
_BY_IAM = "BrokersKnowIam"
_CLUSTER = r"arn:[a-z-]+:kafka:[a-z0-9-]+:\d{12}:cluster/[A-Za-z0-9-]+/[a-z0-9-]+"


def kafka_question(group: str) -> Text:
    """Where the brokers are."""
    return Text(
        "Kafka",
        group=group,
        default="vpc",
        pattern=rf"vpc|none|{PEER}|{_CLUSTER}",
        constraint="vpc, none, a security group, a range of addresses from /16 to /32, or the ARN of an MSK cluster.",
        help="Where Kafka brokers may be reached, over TLS on 9094, 9096 and 9098: anywhere in the VPC, their security "
        "group, or their addresses. An MSK cluster's ARN also permits its topics and groups by IAM.",
    )


def kafka_conditions(stack: Stack, brokers: Parameter) -> None:
    """What the other functions of this module ask about the answer."""
    answer = Ref(brokers.name)
    stack.condition(HAS_BROKERS, Not(brokers.equals("none")))
    stack.condition(BROKERS_ARE_GROUP, is_group(answer))
    is_cluster = Equals(Select(0, Split(":", answer)), "arn")
    stack.condition(_BY_IAM, is_cluster)
    stack.condition(_IN_VPC, Or(is_cluster, brokers.equals("vpc")))


def brokers(answer: Any, vpc_cidr: Any) -> If:
    """The peer that the brokers are."""
    return If(_IN_VPC, vpc_cidr, answer)


def broker_egress(answer: Any, vpc_cidr: Any) -> list[SecurityGroupRule]:
    """The ways out to the brokers, on the ports that speak TLS; for launches that have brokers."""
    where = brokers(answer, vpc_cidr)
    return [way_out(where, port, "Kafka brokers", group=BROKERS_ARE_GROUP) for port in KAFKA_PORTS]


def broker_permissions(role: Role, answer: Any) -> None:
    """What clients of an MSK cluster with IAM need (MSK Developer Guide, "IAM access control", common use cases)."""
    of_cluster = Split("/", answer)
    named = Join("/", [Select(1, of_cluster), Select(2, of_cluster)])
    place = Split(":", answer)

    def inside(kind: str) -> Sub:
        return Sub(
            f"arn:${{AWS::Partition}}:kafka:${{Region}}:${{Account}}:{kind}/${{Named}}/*",
            Region=Select(3, place),
            Account=Select(4, place),
            Named=named,
        )

    grant(
        role,
        "UseKafka",
        [
            allow(
                "Connect",
                [kafka_cluster.Connect, kafka_cluster.DescribeCluster, kafka_cluster.WriteDataIdempotently],
                answer,
            ),
            allow(
                "ReadAndWrite",
                [kafka_cluster.DescribeTopic, kafka_cluster.ReadData, kafka_cluster.WriteData],
                inside("topic"),
            ),
            allow("Follow", [kafka_cluster.DescribeGroup, kafka_cluster.AlterGroup], inside("group")),
        ],
        condition=_BY_IAM,
    )
