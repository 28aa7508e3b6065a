"""What whoever launches a network relies on."""

from __future__ import annotations

import ipaddress
import itertools
import re
from collections.abc import Callable
from typing import Any

import pytest

from factory.sandbox.stacks.values import Setting, Values
from factory.synthesis.artifact import synthesize
from products.network import Network

Template = dict[str, Any]


@pytest.fixture(scope="module")
def template() -> Template:
    return synthesize(Network).template


class Launch:
    """The resources that a launch with these parameters makes."""

    def __init__(self, template: Template, **given: str) -> None:
        defaults = {name: str(parameter.get("Default", "")) for name, parameter in template["Parameters"].items()}
        setting = Setting(
            parameters={**defaults, **given}, stack_name="network", account="222222222222", region="us-east-1"
        )
        self.values = Values(template, setting)
        self.made = {title: resource for title, resource in template["Resources"].items() if self.values.is_made(title)}

    def of_type(self, kind: str) -> dict[str, dict[str, Any]]:
        """The properties of the resources of a type, their `Fn::If` decided, their references as they are written."""
        return {
            title: self.decide(resource["Properties"])
            for title, resource in self.made.items()
            if resource["Type"] == f"AWS::EC2::{kind}"
        }

    def decide(self, node: Any) -> Any:
        if isinstance(node, list):
            return [self.decide(item) for item in node]
        if not isinstance(node, dict):
            return node
        if "Fn::If" in node:
            condition, then, otherwise = node["Fn::If"]
            return self.decide(then if self.values.holds(condition) else otherwise)
        if "Fn::Select" in node and "Fn::Cidr" in node["Fn::Select"][1]:
            return self.block(*node["Fn::Select"])
        return {key: self.decide(value) for key, value in node.items()}

    def block(self, index: int, blocks: dict[str, Any]) -> ipaddress.IPv4Network:
        """One of the blocks that `Fn::Cidr` cuts out of the VPC's range."""
        source, count, host_bits = blocks["Fn::Cidr"]
        assert source == {"Fn::GetAtt": ["Vpc", "CidrBlock"]}
        return list(itertools.islice(self.range.subnets(new_prefix=32 - host_bits), count))[index]

    @property
    def range(self) -> ipaddress.IPv4Network:
        return ipaddress.IPv4Network(self.values.resolve(self.made["Vpc"]["Properties"]["CidrBlock"]))

    def subnets(self, tier: str) -> list[ipaddress.IPv4Network]:
        return [
            properties["CidrBlock"]
            for title, properties in self.of_type("Subnet").items()
            if title.startswith(f"{tier}Subnet")
        ]

    def opened(self, tier: str, *, egress: bool) -> set[tuple[str, int, int]]:
        """What a tier's network ACL lets through: range and ports, -1 for every kind of traffic."""
        found = set()
        for properties in self.of_type("NetworkAclEntry").values():
            if properties["NetworkAclId"] == {"Ref": f"{tier}Acl"} and properties["Egress"] is egress:
                ports = properties.get("PortRange", {"From": -1, "To": -1})
                source = self.values.resolve(properties["CidrBlock"])
                whole = properties["CidrBlock"] == {"Fn::GetAtt": ["Vpc", "CidrBlock"]}
                found.add(("vpc" if whole else str(source), ports["From"], ports["To"]))
        return found


@pytest.fixture
def launch(template: Template) -> Callable[..., Launch]:
    return lambda **given: Launch(template, **given)


@pytest.mark.parametrize(
    ("given", "count"),
    [
        ({"Environment": "dev"}, 1),
        ({"Environment": "staging"}, 1),
        ({"Environment": "prod"}, 3),
        ({"Environment": "dr"}, 3),
        ({"Environment": "prod", "Zones": "2"}, 2),
        ({"Environment": "prod", "Nat": "one"}, 1),
        ({"Environment": "dev", "Nat": "one-per-zone"}, 3),
        ({"Environment": "prod", "Nat": "none"}, 0),
    ],
)
def test_nat_gateways_follow_the_class_of_the_environment(
    launch: Callable[..., Launch], given: dict[str, str], count: int
) -> None:
    network = launch(**given)
    assert len(network.of_type("NatGateway")) == count
    assert len(network.of_type("EIP")) == count


@pytest.mark.parametrize(
    ("nat", "gateways"), [("none", []), ("one", ["Nat1", "Nat1", "Nat1"]), ("one-per-zone", ["Nat1", "Nat2", "Nat3"])]
)
def test_each_private_subnet_goes_out_through_its_gateway(
    launch: Callable[..., Launch], nat: str, gateways: list[str]
) -> None:
    routes = launch(Nat=nat).of_type("Route")
    private = {properties["RouteTableId"]["Ref"]: properties for properties in routes.values()}
    private.pop("PublicRoutes")
    assert sorted(private) == [f"PrivateRoutes{zone + 1}" for zone in range(len(gateways))]
    assert [private[table]["NatGatewayId"]["Ref"] for table in sorted(private)] == gateways


@pytest.mark.parametrize(
    ("environment", "second"), [("dev", 0), ("staging", 1), ("prod", 2), ("test", 3), ("qa", 4), ("dr", 5)]
)
def test_subnets_lie_where_the_plan_says(launch: Callable[..., Launch], environment: str, second: int) -> None:
    network = launch(Environment=environment)
    for tier, first in (("Public", 1), ("Private", 11), ("Data", 21)):
        assert [str(block) for block in network.subnets(tier)] == [
            f"10.{second}.{first + zone}.0/24" for zone in range(3)
        ]


@pytest.mark.parametrize("zones", ["2", "3"])
def test_large_private_subnets_take_nothing_from_the_others(launch: Callable[..., Launch], zones: str) -> None:
    network = launch(PrivateSize="large", Zones=zones, VpcRange="192.168.0.0/16")
    assert {block.prefixlen for block in network.subnets("Private")} == {20}
    blocks = [block for tier in ("Public", "Private", "Data") for block in network.subnets(tier)]
    assert len(blocks) == 3 * int(zones)
    assert all(block.subnet_of(network.range) for block in blocks)
    assert not any(one.overlaps(other) for one, other in itertools.combinations(blocks, 2))


def test_large_private_subnets_never_overlap_the_normal_ones_they_replace(launch: Callable[..., Launch]) -> None:
    """CloudFormation makes the new subnets before it deletes the old ones."""
    old, new = launch().subnets("Private"), launch(PrivateSize="large").subnets("Private")
    assert not any(one.overlaps(other) for one, other in itertools.product(old, new))


def test_the_data_tier_speaks_with_private_subnets_only(launch: Callable[..., Launch]) -> None:
    network = launch(Zones="2", PrivateSize="large")
    ranges = [str(block) for block in network.subnets("Private")]
    assert network.opened("Data", egress=False) == {(block, p, p) for block in ranges for p in (5432, 6379)}
    assert network.opened("Data", egress=True) == {(block, 1024, 65535) for block in ranges}
    assert all(route["RouteTableId"] != {"Ref": "DataRoutes"} for route in network.of_type("Route").values())


def test_public_and_private_borders_open_what_is_needed(launch: Callable[..., Launch]) -> None:
    network = launch()
    world = "0.0.0.0/0"
    web = {(world, 80, 80), (world, 443, 443), (world, 1024, 65535)}
    assert network.opened("Public", egress=False) == network.opened("Public", egress=True) == web
    assert network.opened("Private", egress=False) == {("vpc", -1, -1), (world, 1024, 65535)}
    assert network.opened("Private", egress=True) == {("vpc", -1, -1), (world, 443, 443)}
    brokers = launch(OutsideRange="10.200.0.0/24").opened("Private", egress=True)
    assert brokers - network.opened("Private", egress=True) == {("10.200.0.0/24", 1024, 65535)}


@pytest.mark.parametrize(
    ("given", "count"),
    [
        ({"Environment": "dev"}, 0),
        ({"Environment": "prod"}, 4),
        ({"Environment": "staging", "InterfaceEndpoints": "none"}, 0),
        ({"Environment": "dev", "InterfaceEndpoints": "all"}, 8),
    ],
)
def test_endpoints_cost_money_only_where_they_are_wanted(
    launch: Callable[..., Launch], given: dict[str, str], count: int
) -> None:
    network = launch(**given)
    kinds = [properties["VpcEndpointType"] for properties in network.of_type("VPCEndpoint").values()]
    assert (kinds.count("Gateway"), kinds.count("Interface")) == (2, count)
    assert ("EndpointGroup" in network.made) == (count > 0)


def test_endpoints_serve_the_accounts_own_principals(launch: Callable[..., Launch]) -> None:
    """Else data could leave through them with somebody else's credentials. Image layers are AWS's own."""
    for title, properties in launch(InterfaceEndpoints="all").of_type("VPCEndpoint").items():
        own, *more = properties["PolicyDocument"]["Statement"]
        assert own["Condition"] == {"StringEquals": {"aws:PrincipalAccount": {"Ref": "AWS::AccountId"}}}
        assert [statement["Sid"] for statement in more] == (["ImageLayers"] if title == "S3Endpoint" else [])
        assert all(statement["Action"] == ["s3:GetObject"] for statement in more)


def test_gateway_endpoints_are_reached_from_private_and_data_subnets(launch: Callable[..., Launch]) -> None:
    endpoints = launch(Zones="2").of_type("VPCEndpoint")
    for title in ("S3Endpoint", "DynamodbEndpoint"):
        tables = [table["Ref"] for table in endpoints[title]["RouteTableIds"]]
        assert tables == ["PrivateRoutes1", "PrivateRoutes2", "DataRoutes"]


@pytest.mark.parametrize("zones", ["2", "3"])
def test_other_products_get_the_subnets_in_use(launch: Callable[..., Launch], zones: str) -> None:
    network = launch(Zones=zones)
    for tier in ("Public", "Private", "Data"):
        _, parts = network.decide(network.made[f"{tier}SubnetsContract"]["Properties"]["Value"])["Fn::Join"]
        assert [part["Ref"] for part in parts] == [f"{tier}Subnet{zone + 1}" for zone in range(int(zones))]


@pytest.mark.parametrize("text", ["10.0.0.0/16", "10.255.0.0/16", "172.31.0.0/16", "192.168.0.0/16", "auto"])
def test_private_ranges_are_taken(template: Template, text: str) -> None:
    assert re.fullmatch(template["Parameters"]["VpcRange"]["AllowedPattern"], text)


@pytest.mark.parametrize(
    "text", ["10.0.0.0/20", "10.0.1.0/16", "11.0.0.0/16", "172.32.0.0/16", "192.169.0.0/16", "10.256.0.0/16", ""]
)
def test_other_ranges_are_refused(template: Template, text: str) -> None:
    assert not re.fullmatch(template["Parameters"]["VpcRange"]["AllowedPattern"], text)


def test_nothing_is_given_a_public_address_by_its_subnet(launch: Callable[..., Launch]) -> None:
    assert {properties["MapPublicIpOnLaunch"] for properties in launch().of_type("Subnet").values()} == {False}
