"""Rich settings of Elastic Load Balancing."""

from __future__ import annotations

from tests.sandbox.types.cases_network import GROUP, INTERNET, NEW_TAGS, SUBNET, TAGS, VPC
from tests.sandbox.types.readback import Aws, Case, Properties

SUBNETS = {
    **SUBNET,
    "Other": {
        "Type": "AWS::EC2::Subnet",
        "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.8.0/24", "AvailabilityZone": "us-east-1b"},
    },
}


TARGETS = {
    "Targets": {
        "Type": "AWS::ElasticLoadBalancingV2::TargetGroup",
        "Properties": {"VpcId": {"Ref": "Vpc"}, "Port": 80, "Protocol": "HTTP", "TargetType": "ip"},
    }
}


BALANCER = {
    **INTERNET,
    "Balancer": {
        "Type": "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "Properties": {"Subnets": [{"Ref": "Subnet"}, {"Ref": "Other"}]},
    },
}


LISTENER = {
    "Listener": {
        "Type": "AWS::ElasticLoadBalancingV2::Listener",
        "Properties": {
            "LoadBalancerArn": {"Ref": "Balancer"},
            "Port": 80,
            "Protocol": "HTTP",
            "DefaultActions": [
                {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}},
            ],
        },
    }
}


CERTIFICATE = {
    "Certificate": {
        "Type": "AWS::CertificateManager::Certificate",
        "Properties": {"DomainName": "example.com"},
    }
}


def balancing_tags(aws: Aws, arn: str) -> list[dict[str, str]]:
    return list(aws("elbv2").describe_tags(ResourceArns=[arn])["TagDescriptions"][0]["Tags"])


def balancer(aws: Aws, physical_id: str, _: Properties) -> Properties | None:
    elb = aws("elbv2")
    try:
        found = elb.describe_load_balancers(LoadBalancerArns=[physical_id])["LoadBalancers"][0]
    except elb.exceptions.LoadBalancerNotFoundException:
        return None
    return {
        **found,
        "Name": found["LoadBalancerName"],
        "Subnets": [zone["SubnetId"] for zone in found["AvailabilityZones"]],
        "LoadBalancerAttributes": elb.describe_load_balancer_attributes(LoadBalancerArn=physical_id)["Attributes"],
        "Tags": balancing_tags(aws, physical_id),
    }


def listener(aws: Aws, physical_id: str, _: Properties) -> Properties | None:
    elb = aws("elbv2")
    found = elb.describe_listeners(ListenerArns=[physical_id])["Listeners"]
    if not found:
        return None
    attributes = elb.describe_listener_attributes(ListenerArn=physical_id)["Attributes"]
    return {**found[0], "ListenerAttributes": attributes, "Tags": balancing_tags(aws, physical_id)}


def rule(aws: Aws, physical_id: str, properties: Properties) -> Properties | None:
    elb = aws("elbv2")
    try:
        found = elb.describe_rules(RuleArns=[physical_id])["Rules"]
    except elb.exceptions.RuleNotFoundException:
        return None
    if not found:
        return None
    return {**found[0], "ListenerArn": properties["ListenerArn"], "Tags": balancing_tags(aws, physical_id)}


def target_group(aws: Aws, physical_id: str, _: Properties) -> Properties | None:
    elb = aws("elbv2")
    try:
        found = elb.describe_target_groups(TargetGroupArns=[physical_id])["TargetGroups"][0]
    except elb.exceptions.TargetGroupNotFoundException:
        return None
    attributes = elb.describe_target_group_attributes(TargetGroupArn=physical_id)["Attributes"]
    return {
        **found,
        "Name": found["TargetGroupName"],
        "TargetGroupAttributes": attributes,
        "Tags": balancing_tags(aws, physical_id),
    }


LOGS = {
    "Logs": {"Type": "AWS::S3::Bucket"},
    "LogPolicy": {
        "Type": "AWS::S3::BucketPolicy",
        "Properties": {
            "Bucket": {"Ref": "Logs"},
            "PolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
                        "Action": "s3:PutObject",
                        "Resource": {"Fn::Sub": "${Logs.Arn}/*"},
                    }
                ],
            },
        },
    },
}

CASES = (
    Case(
        type="AWS::ElasticLoadBalancingV2::LoadBalancer",
        beside={**VPC, **SUBNETS, **GROUP, **INTERNET, **LOGS},
        after=("Attachment", "LogPolicy"),
        properties={
            "Name": "it",
            "Scheme": "internet-facing",
            "Type": "application",
            "IpAddressType": "ipv4",
            "Subnets": [{"Ref": "Subnet"}, {"Ref": "Other"}],
            "SecurityGroups": [{"Ref": "Group"}],
            "LoadBalancerAttributes": [
                {"Key": "idle_timeout.timeout_seconds", "Value": "75"},
                {"Key": "routing.http.drop_invalid_header_fields.enabled", "Value": "true"},
                {"Key": "routing.http2.enabled", "Value": "true"},
                {"Key": "access_logs.s3.enabled", "Value": "true"},
                {"Key": "access_logs.s3.bucket", "Value": {"Ref": "Logs"}},
                {"Key": "access_logs.s3.prefix", "Value": "alb"},
                {"Key": "routing.http.desync_mitigation_mode", "Value": "strictest"},
            ],
            "Tags": TAGS,
        },
        changed={
            "LoadBalancerAttributes": [{"Key": "idle_timeout.timeout_seconds", "Value": "90"}],
            "Tags": NEW_TAGS,
        },
        read=balancer,
    ),
    Case(
        type="AWS::ElasticLoadBalancingV2::Listener",
        note="https",
        beside={**VPC, **SUBNETS, **BALANCER, **CERTIFICATE},
        properties={
            "LoadBalancerArn": {"Ref": "Balancer"},
            "Port": 443,
            "Protocol": "HTTPS",
            "SslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
            "Certificates": [{"CertificateArn": {"Ref": "Certificate"}}],
            "DefaultActions": [
                {
                    "Type": "fixed-response",
                    "FixedResponseConfig": {
                        "StatusCode": "404",
                        "ContentType": "text/plain",
                        "MessageBody": "none",
                    },
                }
            ],
            "ListenerAttributes": [{"Key": "routing.http.response.server.enabled", "Value": "false"}],
            "Tags": TAGS,
        },
        changed={
            "SslPolicy": "ELBSecurityPolicy-TLS13-1-3-2021-06",
            "ListenerAttributes": [{"Key": "routing.http.response.server.enabled", "Value": "true"}],
            "Tags": NEW_TAGS,
        },
        read=listener,
    ),
    Case(
        type="AWS::ElasticLoadBalancingV2::Listener",
        note="redirect",
        beside={**VPC, **SUBNETS, **BALANCER},
        properties={
            "LoadBalancerArn": {"Ref": "Balancer"},
            "Port": 80,
            "Protocol": "HTTP",
            "DefaultActions": [
                {
                    "Type": "redirect",
                    "RedirectConfig": {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"},
                }
            ],
        },
        read=listener,
    ),
    Case(
        type="AWS::ElasticLoadBalancingV2::ListenerRule",
        beside={**VPC, **SUBNETS, **BALANCER, **LISTENER, **TARGETS, "OtherTargets": TARGETS["Targets"]},
        properties={
            "ListenerArn": {"Ref": "Listener"},
            "Priority": 7,
            "Conditions": [
                {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/api/*"]}},
                {"Field": "host-header", "HostHeaderConfig": {"Values": ["api.example.com"]}},
            ],
            "Actions": [
                {
                    "Type": "forward",
                    "ForwardConfig": {
                        "TargetGroups": [
                            {"TargetGroupArn": {"Ref": "Targets"}, "Weight": 90},
                            {"TargetGroupArn": {"Ref": "OtherTargets"}, "Weight": 10},
                        ],
                        "TargetGroupStickinessConfig": {"Enabled": False},
                    },
                }
            ],
            "Tags": TAGS,
        },
        changed={
            "Priority": 9,
            "Conditions": [{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/v2/*"]}}],
            "Tags": NEW_TAGS,
        },
        read=rule,
    ),
    Case(
        type="AWS::ElasticLoadBalancingV2::TargetGroup",
        beside=VPC,
        properties={
            "Name": "it",
            "VpcId": {"Ref": "Vpc"},
            "Port": 8080,
            "Protocol": "HTTP",
            "ProtocolVersion": "HTTP1",
            "TargetType": "ip",
            "IpAddressType": "ipv4",
            "HealthCheckEnabled": True,
            "HealthCheckPath": "/health",
            "HealthCheckPort": "traffic-port",
            "HealthCheckProtocol": "HTTP",
            "HealthCheckIntervalSeconds": 15,
            "HealthCheckTimeoutSeconds": 4,
            "HealthyThresholdCount": 2,
            "UnhealthyThresholdCount": 4,
            "Matcher": {"HttpCode": "200-299"},
            "TargetGroupAttributes": [
                {"Key": "deregistration_delay.timeout_seconds", "Value": "20"},
                {"Key": "stickiness.enabled", "Value": "false"},
                {"Key": "load_balancing.algorithm.type", "Value": "least_outstanding_requests"},
            ],
            "Tags": TAGS,
        },
        changed={
            "HealthCheckPath": "/live",
            "HealthCheckIntervalSeconds": 30,
            "Matcher": {"HttpCode": "200"},
            "TargetGroupAttributes": [{"Key": "deregistration_delay.timeout_seconds", "Value": "60"}],
            "Tags": NEW_TAGS,
        },
        read=target_group,
    ),
)
