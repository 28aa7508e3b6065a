"""What security groups of several products have in common."""

from __future__ import annotations

from troposphere.ec2 import SecurityGroupRule

UNPRIVILEGED_PORTS = {"FromPort": 1024, "ToPort": 65535}
"""Ports that a process without privileges may listen on, and so all that a service can have."""

CLOSED_EGRESS = SecurityGroupRule(
    IpProtocol="-1",
    CidrIp="127.0.0.1/32",
    Description="Nothing: a group without any outgoing rule gets one that allows everything",
)
"""The outgoing rule of a group that allows nothing out."""
