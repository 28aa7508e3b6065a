"""What services refuse, one line a behaviour: networks and load balancers."""

from __future__ import annotations

from typing import Any

from tests.sandbox.demands.case import Case, of
from tests.sandbox.demands.standing import ref


def _rule(first: int, last: int | None = None, **more: Any) -> dict[str, Any]:
    ports = {"FromPort": first, "ToPort": first if last is None else last}
    return {"IpProtocol": "tcp", **ports, "CidrIp": "10.0.0.0/8", **more}


def _group(*rules: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"VpcId": ref("Vpc"), "GroupDescription": "new", "SecurityGroupIngress": list(rules), **more}


def _endpoint(service: str, **more: Any) -> dict[str, Any]:
    name = f"com.amazonaws.us-east-1.{service}"
    return {"VpcId": ref("Vpc"), "ServiceName": name, "VpcEndpointType": "Interface", **more}


def _subnet(block: str, zone: str = "us-east-1a") -> dict[str, Any]:
    return {"VpcId": ref("Vpc"), "CidrBlock": block, "AvailabilityZone": zone}


NETWORK = (
    Case("VPC", "a range larger than /16", {"CidrBlock": "10.0.0.0/8"}, "InvalidVpc.Range"),
    Case("Subnet", "a range outside of the VPC's", _subnet("10.9.0.0/24"), "InvalidSubnet.Range"),
    Case("Subnet", "a range that overlaps another subnet's", _subnet("10.0.1.128/25"), "InvalidSubnet.Conflict"),
    Case("Subnet", "a range smaller than /28", _subnet("10.0.9.0/29"), "InvalidSubnet.Range"),
    Case("Subnet", "a zone of another Region", _subnet("10.0.9.0/24", "eu-west-1a"), "availabilityZone is invalid"),
    Case("SecurityGroup", "a name that begins with sg-", _group(GroupName="sg-mine"), "in the format sg-*"),
    Case("SecurityGroup", "the same rule twice", _group(_rule(80), _rule(80, Description="b")), "multiple times"),
    Case("SecurityGroup", "more than 60 rules", _group(*map(_rule, range(61))), "RulesPerSecurityGroupLimitExceeded"),
    Case("SecurityGroup", "letters in a rule's description", _group(_rule(80, Description="it’s")), "description"),  # noqa: RUF001
    Case("SecurityGroup", "a first port above the last", _group(_rule(90, 80)), "port range"),
    Case("SecurityGroup", "ports above 65535", _group(_rule(70_000)), "portRange"),
    Case("SecurityGroup", "unknown protocols", _group(_rule(80, IpProtocol="any")), "Unknown protocol"),
    Case("SecurityGroupIngress", "a 61st rule", {"GroupId": ref("Full"), **_rule(443)}, "LimitExceeded"),
    Case(
        "Route",
        "a destination that the table has",
        {"RouteTableId": ref("Table"), "DestinationCidrBlock": "10.0.0.0/16", "GatewayId": ref("Loose")},
        "RouteAlreadyExists",
    ),
    Case(
        "Route",
        "a gateway that is not attached to the network",
        {"RouteTableId": ref("Table"), "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": ref("Loose")},
        "belong to different networks",
    ),
    Case(
        "VPCGatewayAttachment",
        "a second gateway for a VPC",
        {"VpcId": ref("Other"), "InternetGatewayId": ref("Loose")},
        "already has an internet gateway attached",
    ),
    Case(
        "VPCGatewayAttachment",
        "a second VPC for a gateway",
        {"VpcId": ref("Vpc"), "InternetGatewayId": ref("Internet")},
        "is already attached to network",
    ),
    Case(
        "SubnetRouteTableAssociation",
        "a second table for a subnet",
        {"RouteTableId": ref("Table"), "SubnetId": ref("A")},
        "Resource.AlreadyAssociated",
    ),
    Case("VPCEndpoint", "a gateway to what has interfaces", _endpoint("ecr.api", VpcEndpointType="Gateway"), "match"),
    Case(
        "VPCEndpoint",
        "a second gateway in one route table",
        _endpoint("s3", VpcEndpointType="Gateway", RouteTableIds=[ref("Table")]),
        "RouteAlreadyExists",
    ),
    Case(
        "VPCEndpoint",
        "two subnets in one zone",
        _endpoint("kms", SubnetIds=[ref("A"), ref("Beside")]),
        "DuplicateSubnetsInSameZone",
    ),
    Case(
        "VPCEndpoint",
        "private names in a VPC without DNS host names",
        _endpoint("kms", SubnetIds=[ref("A")], PrivateDnsEnabled=True),
        "enableDnsHostnames",
    ),
    Case(
        "VPCEndpoint",
        "private names that another endpoint has",
        _endpoint("ecr.api", VpcId=ref("Named"), SubnetIds=[ref("Inside")], PrivateDnsEnabled=True),
        "conflicting DNS domain",
    ),
)


def _balancer(**more: Any) -> dict[str, Any]:
    return {"Scheme": "internal", "Subnets": [ref("A"), ref("B")], **more}


def _listener(**more: Any) -> dict[str, Any]:
    action = {"Type": "forward", "TargetGroupArn": ref("Free")}
    return {
        "LoadBalancerArn": ref("Balancer"),
        "Port": 81,
        "Protocol": "HTTP",
        "DefaultActions": [action],
        **more,
    }


def _forward(targets: str) -> list[dict[str, Any]]:
    return [{"Type": "forward", "TargetGroupArn": ref(targets)}]


def _attributes(**values: str) -> list[dict[str, Any]]:
    return [{"Key": f"access_logs.s3.{key}", "Value": value} for key, value in values.items()]


def _first(name: str) -> dict[str, Any]:
    return {"Name": name, "Priority": 1}


BALANCING = (
    Case("LoadBalancer", "fewer than two zones", _balancer(Subnets=[ref("A")]), "At least two subnets"),
    Case("LoadBalancer", "two subnets in one zone", _balancer(Subnets=[ref("A"), ref("Beside")]), "same Availability"),
    Case("LoadBalancer", "the internet without a gateway", _balancer(Scheme="internet-facing"), "no internet gateway"),
    Case("LoadBalancer", "names above 32 characters", _balancer(Name="a" * 33), "longer than '32'"),
    Case("LoadBalancer", "names that begin with internal-", _balancer(Name="internal-it"), "cannot begin with"),
    Case("LoadBalancer", "names with a hyphen at an end", _balancer(Name="-it"), "begin or end with a hyphen"),
    Case("LoadBalancer", "groups of another VPC", _balancer(SecurityGroups=[ref("OtherGroup")]), "groups are invalid"),
    Case(
        "LoadBalancer",
        "access logs into a bucket that does not let them in",
        _balancer(
            LoadBalancerAttributes=[
                *_attributes(enabled="true"),
                {"Key": "access_logs.s3.bucket", "Value": ref("Bucket")},
            ]
        ),
        "Access Denied for bucket",
    ),
    Case("TargetGroup", "no port", {"Protocol": "HTTP", "VpcId": ref("Vpc"), "TargetType": "ip"}, "port must be"),
    Case(
        "TargetGroup",
        "checks that take longer than their interval",
        {
            "Protocol": "HTTP",
            "Port": 80,
            "VpcId": ref("Vpc"),
            "HealthCheckIntervalSeconds": 5,
            "HealthCheckTimeoutSeconds": 10,
        },
        "greater than the timeout",
    ),
    Case("Listener", "a port that has a listener", _listener(Port=80), "DuplicateListener"),
    Case("Listener", "HTTPS without a certificate", _listener(Protocol="HTTPS"), "certificate must be specified"),
    Case("Listener", "TCP at an application load balancer", _listener(Protocol="TCP"), "must be one of"),
    Case("Listener", "targets of another VPC", _listener(DefaultActions=_forward("Foreign")), "load balancer's VPC"),
    Case("Listener", "targets of another balancer", _listener(DefaultActions=_forward("Machines")), "AssociationLimit"),
    Case(
        "ListenerRule",
        "more than five values in its conditions",
        {
            "ListenerArn": ref("Listener"),
            "Priority": 1,
            "Conditions": [{"Field": "path-pattern", "Values": [f"/{number}" for number in range(6)]}],
            "Actions": _forward("Targets"),
        },
        "can only have '5' condition values",
    ),
)

FIREWALLS = (
    Case("WebACL", "two rules of one priority", {"Rules": [_first("a"), _first("b")]}, "a priority of its own"),
    Case(
        "WebACL", "two rules of one name", {"Rules": [_first("a"), {**_first("a"), "Priority": 2}]}, "a name of its own"
    ),
)

CASES = (
    *of("WAFv2", FIREWALLS),
    *of("EC2", NETWORK),
    *of("ElasticLoadBalancingV2", BALANCING),
)
