"""What security groups of several products have in common."""

from __future__ import annotations

from typing import Any

from troposphere.ec2 import SecurityGroupRule

KAFKA_PORTS = (9094, 9096, 9098)
"""TLS, SASL/SCRAM and IAM (MSK Developer Guide, "Port information"); 9092 speaks plain text."""
_POSTGRES_PORT = 5432
_REDIS_PORT = 6379
_HTTPS_PORT = 443

UNPRIVILEGED_PORTS = {"FromPort": 1024, "ToPort": 65535}
"""Ports that a process without privileges may listen on, and so all that a service can have."""

CLOSED_EGRESS = SecurityGroupRule(
    IpProtocol="-1",
    CidrIp="127.0.0.1/32",
    Description="Nothing: a group without any outgoing rule gets one that allows everything",
)
"""The outgoing rule of a group that allows nothing out."""


def workload_egress(vpc_cidr: Any) -> list[SecurityGroupRule]:
    """What every workload may reach: HTTPS anywhere, and databases and caches within the VPC."""
    return [
        _to(_HTTPS_PORT, "HTTPS to AWS and other APIs", "0.0.0.0/0"),
        _to(_POSTGRES_PORT, "PostgreSQL within the VPC", vpc_cidr),
        _to(_REDIS_PORT, "Redis within the VPC", vpc_cidr),
    ]


def broker_egress(vpc_cidr: Any) -> list[SecurityGroupRule]:
    """The ways out to Kafka brokers within the VPC."""
    return [_to(port, "Kafka brokers within the VPC", vpc_cidr) for port in KAFKA_PORTS]


def _to(port: int, description: str, cidr: Any) -> SecurityGroupRule:
    return SecurityGroupRule(IpProtocol="tcp", FromPort=port, ToPort=port, Description=description, CidrIp=cidr)
