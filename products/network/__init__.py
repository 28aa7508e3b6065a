"""The product `network`: the VPC in which everything else of an environment lives."""

from __future__ import annotations

from pathlib import Path

from awacs import ec2, logs
from troposphere import And, Condition, Equals, If, Not, Sub, Tags
from troposphere.ec2 import (
    EIP,
    VPC,
    FlowLog,
    InternetGateway,
    NatGateway,
    Route,
    RouteTable,
    VPCGatewayAttachment,
)

from factory.authoring import Choice, Product, Requires, Sized, Stack, Text
from factory.authoring.policy import allow, only_for
from products.parts import contract
from products.parts.custom_resource import custom_resource, custom_resource_function
from products.parts.endpoints import CORE_SERVICES, FURTHER_SERVICES, gateway_endpoints, interface_endpoints
from products.parts.logs import log_group, retention_days, write_to
from products.parts.network_acls import ANYWHERE, EPHEMERAL, Opening, network_acl, port
from products.parts.roles import service_role
from products.parts.subnets import (
    THIRD_ZONE,
    ZONES,
    Tier,
    block,
    of_zones,
    shared_routes,
    tier,
    zonal_routes,
    zone_condition,
)

_FUNCTIONS = Path(__file__).parent / "functions"

# Blocks of a /16: the plan x.x.1-3 public, x.x.11-13 private, x.x.21-23 data counts blocks of 256 addresses, the large
# private blocks of 4096 begin at x.x.32, beyond all of these.
_PUBLIC_BLOCKS = (1, 2, 3)
_PRIVATE_BLOCKS = (11, 12, 13)
_DATA_BLOCKS = (21, 22, 23)
_LARGE_PRIVATE_BLOCKS = (2, 3, 4)
_HOST_BITS = 8
_LARGE_HOST_BITS = 12

_HTTP, _HTTPS, _POSTGRES, _REDIS = port(80), port(443), port(5432), port(6379)

_ATTACHMENT = "InternetGatewayAttachment"

_PRIVATE_RANGE = r"(10\.(\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])|172\.(1[6-9]|2\d|3[01])|192\.168)\.0\.0/16"  # RFC 1918
_OCTET = r"(\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])"


class Network(Product):
    """A VPC with public, private and data subnets in two or three zones, and only the ways in and out that are needed.

    Applications go to the private subnets and reach the internet through NAT; databases and caches go to the data
    subnets, which reach nothing. All traffic is logged.
    """

    name = "network"
    version = "1.1.0"

    vpc_range = Sized(
        "VPC range (CIDR)",
        group="Addresses",
        pattern=_PRIVATE_RANGE,
        sizes={
            "dev": "10.0.0.0/16",
            "staging": "10.1.0.0/16",
            "prod": "10.2.0.0/16",
            "test": "10.3.0.0/16",
            "qa": "10.4.0.0/16",
            "dr": "10.5.0.0/16",
        },
        constraint="auto, or a private /16 range such as 10.20.0.0/16; the subnets' plan needs exactly a /16.",
        help="Private /16 range that no network to be connected uses; auto gives each class of environment its own.",
    )
    zones = Choice(
        "Availability zones",
        group="Addresses",
        options=("2", "3"),
        default="3",
        help="In how many zones each kind of subnet exists. Take 2 where the region offers this account no third.",
    )
    private_size = Choice(
        "Size of private subnets",
        group="Addresses",
        options=("normal", "large"),
        default="normal",
        help="Addresses in each private subnet: normal 251, large 4091 for hundreds of tasks. Decide at the first "
        "launch: a later change replaces the subnets, which fails while anything runs in them.",
    )
    nat = Sized(
        "NAT gateways",
        group="Ways out",
        options=("none", "one", "one-per-zone"),
        sizes={
            "dev": "one",
            "test": "one",
            "qa": "one",
            "staging": "one",
            "prod": "one-per-zone",
            "dr": "one-per-zone",
        },
        help="How private subnets reach the internet; auto is one-per-zone in prod and dr, one elsewhere. With none, "
        "applications reach AWS services through interface endpoints only.",
    )
    interface_endpoints = Sized(
        "Interface endpoints",
        group="Ways out",
        options=("none", "core", "all"),
        sizes={"dev": "none", "test": "none", "qa": "none", "staging": "core", "prod": "core", "dr": "core"},
        help="Private ways to AWS services, paid by the hour and zone. core: images, logs and secrets, which "
        "every container needs; all: KMS, SSM, its sessions and STS too; auto is core in staging, prod and dr, none "
        "elsewhere.",
    )
    outside_range = Text(
        "Outside range (CIDR)",
        group="Ways out",
        default="",
        pattern=rf"(({_OCTET}\.){{3}}{_OCTET}/(8|9|[12]\d|3[0-2]))?",
        constraint="Empty, or an IPv4 range such as 10.200.0.0/24.",
        help="Range outside the VPC that private subnets may reach on ports from 1024 up, such as Kafka brokers; empty "
        "for none. Anywhere else outside the VPC they reach port 443 only.",
    )
    log_retention = retention_days()
    key_arn = Requires(contract.KEY_ARN)

    def build(self, stack: Stack) -> None:
        vpc = stack.add(
            VPC(
                "Vpc",
                CidrBlock=self.vpc_range,
                EnableDnsSupport=True,
                EnableDnsHostnames=True,
                Tags=Tags(Name=stack.name("vpc")),
            )
        )
        stack.provide(contract.VPC_ID, vpc.ref())
        stack.provide(contract.VPC_CIDR, vpc.get_att("CidrBlock"))
        stack.condition(THIRD_ZONE, Network.zones.equals("3"))
        public, private, data = self._tiers(stack, vpc)
        self._public_routes(stack, vpc, public)
        private_routes = zonal_routes(stack, vpc, private)
        self._nat(stack, public, private_routes)
        data_routes = shared_routes(stack, vpc, data)
        self._borders(stack, vpc, public, private, data)
        gateway_endpoints(stack, vpc, of_zones([table.ref() for table in private_routes], data_routes.ref()))
        self._interface_endpoints(stack, vpc, private)
        self._flow_logs(stack, vpc)
        self._close_default_group(stack, vpc)

    def _tiers(self, stack: Stack, vpc: VPC) -> tuple[Tier, Tier, Tier]:
        large = stack.condition("PrivateSubnetsAreLarge", Network.private_size.equals("large"))
        private_ranges = [
            If(large, block(vpc, large_index, _LARGE_HOST_BITS), block(vpc, index, _HOST_BITS))
            for index, large_index in zip(_PRIVATE_BLOCKS, _LARGE_PRIVATE_BLOCKS, strict=True)
        ]
        public = tier(stack, vpc, "Public", [block(vpc, index, _HOST_BITS) for index in _PUBLIC_BLOCKS])
        private = tier(stack, vpc, "Private", private_ranges)
        data = tier(stack, vpc, "Data", [block(vpc, index, _HOST_BITS) for index in _DATA_BLOCKS])
        stack.provide(contract.PUBLIC_SUBNETS, public.joined_ids)
        stack.provide(contract.PRIVATE_SUBNETS, private.joined_ids)
        # For products that look for a network and do not require one: a list can only be required.
        stack.provide(contract.PRIVATE_SUBNET_1, private.subnets[0].ref())
        stack.provide(contract.PRIVATE_SUBNET_2, private.subnets[1].ref())
        stack.provide(contract.DATA_SUBNETS, data.joined_ids)
        return public, private, data

    def _public_routes(self, stack: Stack, vpc: VPC, public: Tier) -> None:
        gateway = stack.add(InternetGateway("InternetGateway", Tags=Tags(Name=stack.name("internet"))))
        stack.add(VPCGatewayAttachment(_ATTACHMENT, VpcId=vpc.ref(), InternetGatewayId=gateway.ref()))
        stack.add(
            Route(
                "PublicInternet",
                RouteTableId=shared_routes(stack, vpc, public).ref(),
                DestinationCidrBlock=ANYWHERE,
                GatewayId=gateway.ref(),
                DependsOn=_ATTACHMENT,
            )
        )

    def _nat(self, stack: Stack, public: Tier, private_routes: tuple[RouteTable, ...]) -> None:
        wanted = stack.condition("HasNat", Not(Network.nat.equals("none")))
        zonal = stack.condition("HasNatPerZone", Network.nat.equals("one-per-zone"))
        third = Condition(THIRD_ZONE)
        gateway_conditions = (wanted, zonal, stack.condition("HasThirdNat", And(Condition(zonal), third)))
        route_conditions = (wanted, wanted, stack.condition("HasThirdNatRoute", And(Condition(wanted), third)))
        gateways: list[NatGateway] = []
        for zone in ZONES:
            condition = gateway_conditions[zone - 1]
            address = stack.add(
                EIP(
                    f"NatAddress{zone}",
                    Domain="vpc",
                    Tags=Tags(Name=stack.name("nat", str(zone))),
                    DependsOn=_ATTACHMENT,
                    Condition=condition,
                )
            )
            gateway = NatGateway(
                f"Nat{zone}",
                AllocationId=address.get_att("AllocationId"),
                SubnetId=public.subnets[zone - 1].ref(),
                Tags=Tags(Name=stack.name("nat", str(zone))),
                DependsOn=_ATTACHMENT,
                Condition=condition,
            )
            gateways.append(stack.add(gateway))
            stack.add(
                Route(
                    f"PrivateInternet{zone}",
                    RouteTableId=private_routes[zone - 1].ref(),
                    DestinationCidrBlock=ANYWHERE,
                    NatGatewayId=gateway.ref() if zone == 1 else If(zonal, gateway.ref(), gateways[0].ref()),
                    Condition=route_conditions[zone - 1],
                )
            )

    def _borders(self, stack: Stack, vpc: VPC, public: Tier, private: Tier, data: Tier) -> None:
        everything = Opening(range=vpc.get_att("CidrBlock"), ports=None)
        web = [Opening(range=ANYWHERE, ports=ports) for ports in (_HTTP, _HTTPS, EPHEMERAL)]
        network_acl(stack, vpc, public, incoming=web, outgoing=web)

        has_outside = stack.condition("HasOutsideRange", Not(Equals(self.outside_range, "")))
        network_acl(
            stack,
            vpc,
            private,
            incoming=[everything, Opening(range=ANYWHERE, ports=EPHEMERAL)],
            outgoing=[
                everything,
                Opening(range=ANYWHERE, ports=_HTTPS),
                Opening(range=self.outside_range, ports=EPHEMERAL, condition=has_outside),
            ],
        )
        network_acl(
            stack,
            vpc,
            data,
            incoming=[
                Opening(range=private.ranges[zone - 1], ports=ports, condition=zone_condition(zone))
                for zone in ZONES
                for ports in (_POSTGRES, _REDIS)
            ],
            outgoing=[
                Opening(range=private.ranges[zone - 1], ports=EPHEMERAL, condition=zone_condition(zone))
                for zone in ZONES
            ],
        )

    def _interface_endpoints(self, stack: Stack, vpc: VPC, private: Tier) -> None:
        core = stack.condition("HasCoreEndpoints", Not(Network.interface_endpoints.equals("none")))
        every = stack.condition("HasAllEndpoints", Network.interface_endpoints.equals("all"))
        interface_endpoints(
            stack, vpc, private, {**dict.fromkeys(CORE_SERVICES, core), **dict.fromkeys(FURTHER_SERVICES, every)}
        )

    def _flow_logs(self, stack: Stack, vpc: VPC) -> None:
        group = log_group(stack, "FlowLogs", key=self.key_arn, retention=self.log_retention)
        role = service_role(
            stack,
            "FlowLogsRole",
            "vpc-flow-logs",
            [
                write_to(group),
                allow("FindStreams", [logs.DescribeLogStreams], group.get_att("Arn")),
                # Finding groups has no resource level.
                allow("FindGroups", [logs.DescribeLogGroups], "*"),
            ],
            trust_conditions=[only_for("arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:vpc-flow-log/*")],
        )
        stack.add(
            FlowLog(
                "FlowLog",
                ResourceType="VPC",
                ResourceId=vpc.ref(),
                TrafficType="ALL",
                LogDestinationType="cloud-watch-logs",
                LogGroupName=group.ref(),
                DeliverLogsPermissionArn=role.get_att("Arn"),
                Tags=Tags(Name=stack.name("flow-log")),
            )
        )

    def _close_default_group(self, stack: Stack, vpc: VPC) -> None:
        function = custom_resource_function(
            stack,
            "CloseDefaultGroup",
            _FUNCTIONS / "close_default_group",
            [
                # Descriptions have no resource level.
                allow("ReadGroups", [ec2.DescribeSecurityGroups], "*"),
                allow(
                    "CloseGroup",
                    [ec2.RevokeSecurityGroupEgress, ec2.RevokeSecurityGroupIngress],
                    Sub(
                        "arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}"
                        ":security-group/${Vpc.DefaultSecurityGroup}"
                    ),
                ),
            ],
            description="Closes the default security group of the VPC",
            key=self.key_arn,
            retention=self.log_retention,
            outside_vpc="It speaks to the EC2 API and to CloudFormation, to nothing in the VPC that it prepares",
        )
        custom_resource(
            stack,
            "DefaultGroup",
            "ClosedSecurityGroup",
            function.get_att("Arn"),
            {"GroupId": vpc.get_att("DefaultSecurityGroup")},
        )
