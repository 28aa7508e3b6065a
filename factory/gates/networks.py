"""What security groups, network ACLs and subnets let through, as rules want to read it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import ip_network
from typing import Any

from factory.authoring.contract import PREFIX
from factory.gates.resources import Resource
from factory.gates.settings import as_number
from factory.gates.unknowns import Given, Opaque, is_known
from factory.gates.worlds import World

ALL_PORTS = range(65536)
WORLDS = ("0.0.0.0/0", "::/0")
# Wider ranges are the internet by another name: two halves of it are all of it.
_NARROWEST_WORLD = {4: 8, 6: 16}
_PORT_PROTOCOLS = frozenset({"tcp", "udp", "6", "17"})
_BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"

DATA_TIER: Mapping[str, tuple[str, ...]] = {
    "AWS::DAX::Cluster": ("SecurityGroupIds",),
    "AWS::DocDB::DBCluster": ("VpcSecurityGroupIds",),
    "AWS::EFS::MountTarget": ("SecurityGroups",),
    "AWS::ElastiCache::CacheCluster": ("VpcSecurityGroupIds",),
    "AWS::ElastiCache::ReplicationGroup": ("SecurityGroupIds",),
    "AWS::ElastiCache::ServerlessCache": ("SecurityGroupIds",),
    "AWS::FSx::FileSystem": ("SecurityGroupIds",),
    "AWS::MSK::Cluster": ("BrokerNodeGroupInfo.SecurityGroups",),
    "AWS::MemoryDB::Cluster": ("SecurityGroupIds",),
    "AWS::Neptune::DBCluster": ("VpcSecurityGroupIds",),
    "AWS::OpenSearchService::Domain": ("VPCOptions.SecurityGroupIds",),
    "AWS::RDS::DBCluster": ("VpcSecurityGroupIds",),
    "AWS::RDS::DBInstance": ("VPCSecurityGroups",),
    "AWS::Redshift::Cluster": ("VpcSecurityGroupIds",),
    "AWS::RedshiftServerless::Workgroup": ("SecurityGroupIds",),
}
"""By type of data store, the properties that name its security groups."""


def ports(rule: Mapping[str, Any]) -> range:
    """The ports that a security group's rule opens: none for protocols without ports, all where it can't be known."""
    protocol = str(rule.get("IpProtocol")).lower()
    if protocol not in _PORT_PROTOCOLS:
        return range(0) if protocol in {"icmp", "icmpv6", "1", "58"} else ALL_PORTS
    first, last = as_number(rule.get("FromPort")), as_number(rule.get("ToPort"))
    if first is None or last is None or first < 0:
        return ALL_PORTS
    return range(first, last + 1)


def is_worldwide(world: World, rule: Mapping[str, Any]) -> bool:
    """Whether the other side of a security group's rule is the internet, or could be."""
    if any(is_wide(rule.get(name)) for name in ("CidrIp", "CidrIpv6")):
        return True
    return any(_may_list_world(world, rule.get(name)) for name in ("SourcePrefixListId", "DestinationPrefixListId"))


def is_wide(cidr: Any) -> bool:
    """Whether a range of addresses is the internet or a good part of it, or may be given so."""
    if isinstance(cidr, Given):
        return any(map(cidr.admits, WORLDS))
    if not isinstance(cidr, str):
        return False
    if not is_known(cidr):
        bits = as_number(cidr.rpartition("/")[2])
        return bits is None or bits < _NARROWEST_WORLD[4]
    try:
        network = ip_network(cidr, strict=False)
    except ValueError:
        return False
    return network.prefixlen < _NARROWEST_WORLD[network.version]


def is_outside(cidr: Any) -> bool:
    """Whether a range of addresses has any on the internet, or may be given so."""
    if is_wide(cidr):
        return True
    try:
        return is_known(cidr) and cidr is not None and not ip_network(cidr, strict=False).is_private
    except (TypeError, ValueError):
        return False


def group_of(rule: Resource) -> Resource | None:
    """The security group of the template that a rule which is a resource of its own belongs to."""
    groups = rule.world.resources("AWS::EC2::SecurityGroup")
    return next((group for group in groups if group.is_meant_by(rule.get("GroupId"))), None)


def guards_public_balancer(group: Resource) -> bool:
    """Whether a security group belongs to a load balancer that the internet reaches."""
    return any(
        group.is_meant_by(member)
        for balancer in group.world.resources(_BALANCER)
        if is_internet_facing(balancer)
        for member in balancer.items("SecurityGroups")
    )


def guards_data(group: Resource) -> bool:
    """Whether a security group belongs to a store of data."""
    return any(
        group.is_meant_by(member)
        for store in group.world.resources(*DATA_TIER)
        for path in DATA_TIER[store.type]
        for member in store.items(path)
    )


_FOUND = re.compile(rf"{{{{resolve:ssm:{PREFIX}/[^/}}]+/[a-z0-9-]+/(?P<name>[a-z0-9-]+)}}}}")
"""What `Stack.find` makes of a contract's value."""


def is_public(world: World, subnet: Any) -> bool:
    """Whether a subnet leads to an internet gateway, or may be given one that does.

    Of what another product provides, the name of the contract's value says which subnets they are.
    """
    if isinstance(subnet, Given):
        return not subnet.of_contract or world.contract_path(subnet).rpartition("/")[2].startswith("public")
    if isinstance(subnet, str) and (found := _FOUND.fullmatch(subnet)):
        return found["name"].startswith("public")
    own = world.resource(subnet.name) if isinstance(subnet, Opaque) else None
    if own is None:
        return True
    tables = [
        item.get("RouteTableId")
        for item in world.resources("AWS::EC2::SubnetRouteTableAssociation")
        if own.is_meant_by(item.get("SubnetId"))
    ]
    return any(
        route.get("RouteTableId") in tables and route.get("GatewayId") is not None
        for route in world.resources("AWS::EC2::Route")
        if any(is_wide(route.get(name)) for name in ("DestinationCidrBlock", "DestinationIpv6CidrBlock"))
    )


def is_internet_facing(balancer: Resource) -> bool:
    """Whether the internet reaches a load balancer, which it does unless the scheme says otherwise."""
    return bool(balancer.get("Scheme") != "internal")


def _may_list_world(world: World, prefix_list: Any) -> bool:
    """Whether a prefix list holds the internet; of one that is not of this template nothing is known."""
    if prefix_list is None or (isinstance(prefix_list, Given) and prefix_list.of_contract):
        return False
    own = world.resource(prefix_list.name) if isinstance(prefix_list, Opaque) else None
    return own is None or any(is_wide(cidr) for cidr in own.every("Entries.*.Cidr"))
