"""The tiers of a VPC: subnets in two or three zones, and the routes out of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from troposphere import Cidr, GetAZs, If, Join, Ref, Select, Tags
from troposphere.ec2 import VPC, RouteTable, Subnet, SubnetRouteTableAssociation

from factory.authoring import Stack

ZONES = (1, 2, 3)
THIRD_ZONE = "HasThirdZone"
"""The template condition under which the third zone is used; the product declares it."""


def zone_condition(zone: int) -> str | None:
    """The condition under which a zone is used; None for always."""
    return THIRD_ZONE if zone == ZONES[-1] else None


def in_zone(zone: int) -> dict[str, str]:
    """The attributes of a resource that is there for one zone."""
    condition = zone_condition(zone)
    return {"Condition": condition} if condition else {}


def of_zones(values: Sequence[Any], *more: Any) -> Any:
    """The values of the zones in use, out of one value a zone, and what does not depend on zones."""
    return If(THIRD_ZONE, [*values, *more], [*values[:-1], *more])


def block(vpc: VPC, index: int, host_bits: int) -> Any:
    """The block of that index, counted from 0, when the VPC's range is cut into blocks of 2^`host_bits` addresses."""
    return Select(index, Cidr(vpc.get_att("CidrBlock"), index + 1, host_bits))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """The subnets of one purpose, a zone each."""

    name: str
    subnets: tuple[Subnet, ...]
    ranges: tuple[Any, ...]

    @property
    def ids(self) -> Any:
        """The ids of the subnets in use, as a list."""
        return of_zones([subnet.ref() for subnet in self.subnets])

    @property
    def joined_ids(self) -> Any:
        """The ids of the subnets in use, as a text with commas."""
        refs = [subnet.ref() for subnet in self.subnets]
        return If(THIRD_ZONE, Join(",", refs), Join(",", refs[:-1]))


def tier(stack: Stack, vpc: VPC, name: str, ranges: Sequence[Any]) -> Tier:
    """Subnets of these address ranges, one a zone. None gives a public address to what starts in it."""
    subnets = tuple(
        stack.add(
            Subnet(
                f"{name}Subnet{zone}",
                VpcId=vpc.ref(),
                AvailabilityZone=Select(zone - 1, GetAZs(Ref("AWS::Region"))),
                CidrBlock=ranges[zone - 1],
                MapPublicIpOnLaunch=False,
                Tags=Tags(Name=stack.name(name.lower(), str(zone)), Tier=name.lower()),
                **in_zone(zone),
            )
        )
        for zone in ZONES
    )
    return Tier(name=name, subnets=subnets, ranges=tuple(ranges))


def shared_routes(stack: Stack, vpc: VPC, of: Tier) -> RouteTable:
    """One route table for a whole tier."""
    table = stack.add(
        RouteTable(f"{of.name}Routes", VpcId=vpc.ref(), Tags=Tags(Name=stack.name(f"{of.name.lower()}-routes")))
    )
    for zone in ZONES:
        _associate(stack, of, zone, table)
    return table


def zonal_routes(stack: Stack, vpc: VPC, of: Tier) -> tuple[RouteTable, ...]:
    """A route table for each zone of a tier, so that each zone can have its own way out."""
    tables = []
    for zone in ZONES:
        table = stack.add(
            RouteTable(
                f"{of.name}Routes{zone}",
                VpcId=vpc.ref(),
                Tags=Tags(Name=stack.name(f"{of.name.lower()}-routes", str(zone))),
                **in_zone(zone),
            )
        )
        _associate(stack, of, zone, table)
        tables.append(table)
    return tuple(tables)


def _associate(stack: Stack, of: Tier, zone: int, table: RouteTable) -> None:
    stack.add(
        SubnetRouteTableAssociation(
            f"{of.name}Subnet{zone}Routes",
            SubnetId=of.subnets[zone - 1].ref(),
            RouteTableId=table.ref(),
            **in_zone(zone),
        )
    )
