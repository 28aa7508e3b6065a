"""Peers in a network that an answer of the form names: a security group, or a range of addresses."""

from __future__ import annotations

from typing import Any

from troposphere import Equals, If, NoValue, Select, Split
from troposphere.ec2 import SecurityGroup, SecurityGroupIngress, SecurityGroupRule

from factory.authoring import Stack

_OCTET = r"(\d{1,2}|1\d\d|2[0-4]\d|25[0-5])"
# No wider than /16: what is meant is a network, not the internet.
PEER = rf"sg-[0-9a-f]{{8,17}}|({_OCTET}\.){{3}}{_OCTET}/(1[6-9]|2\d|3[0-2])"
"""Pattern of a peer."""


def is_group(peer: Any) -> Equals:
    """The condition that a peer is a security group."""
    return Equals(Select(0, Split("-", peer)), "sg")


def let_in(
    stack: Stack, title: str, into: SecurityGroup, peer: Any, port: Any, description: str, *, group: str, condition: str
) -> SecurityGroupIngress:
    """Let a peer in on a port, under a condition of the launch; `group` is the condition that it is a group."""
    rule = SecurityGroupIngress(
        title,
        GroupId=into.get_att("GroupId"),
        IpProtocol="tcp",
        FromPort=port,
        ToPort=port,
        Description=description,
        CidrIp=If(group, NoValue, peer),
        SourceSecurityGroupId=If(group, peer, NoValue),
        Condition=condition,
    )
    # troposphere takes the two for given at once.
    return stack.add(rule.no_validation())


def way_out(peer: Any, port: Any, description: str, *, group: str) -> SecurityGroupRule:
    """A rule of a security group that lets traffic out to a peer on a port; `group` as for `let_in`."""
    return SecurityGroupRule(
        IpProtocol="tcp",
        FromPort=port,
        ToPort=port,
        Description=description,
        CidrIp=If(group, NoValue, peer),
        DestinationSecurityGroupId=If(group, peer, NoValue),
    )
