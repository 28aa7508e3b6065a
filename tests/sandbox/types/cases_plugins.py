"""Rich settings of the types that the sandbox adds to the emulator."""

from __future__ import annotations

from typing import Any

from tests.sandbox.types.cases_balancing import BALANCER, SUBNETS
from tests.sandbox.types.cases_containers import cluster
from tests.sandbox.types.cases_edge import ZONE, visible
from tests.sandbox.types.cases_network import (
    GROUP,
    INTERNET,
    NEW_TAGS,
    SUBNET,
    TAGS,
    VPC,
    one,
    security_group,
)
from tests.sandbox.types.cases_storage import TOPIC
from tests.sandbox.types.cases_watching import ALARM
from tests.sandbox.types.readback import Aws, Case, Properties, same_tags

ADDRESS = {"Address": {"Type": "AWS::EC2::EIP", "Properties": {"Domain": "vpc"}}}
ACL = {"Acl": {"Type": "AWS::EC2::NetworkAcl", "Properties": {"VpcId": {"Ref": "Vpc"}}}}
CLOSED = {"IpProtocol": "-1", "CidrIp": "127.0.0.1/32"}


def address(aws: Aws, physical_id: str, _: Properties) -> Properties | None:
    return one(aws("ec2").describe_addresses()["Addresses"], "PublicIp", physical_id)


def nat_gateway(aws: Aws, physical_id: str, _: Properties) -> Properties | None:
    found = one(aws("ec2").describe_nat_gateways()["NatGateways"], "NatGatewayId", physical_id)
    if found is None or found["State"] == "deleted":
        return None
    held = found["NatGatewayAddresses"][0]
    return {**found, "AllocationId": held.get("AllocationId"), "PrivateIpAddress": held["PrivateIp"]}


def acl(aws: Aws, physical_id: str, _: Properties) -> Properties | None:
    return one(aws("ec2").describe_network_acls()["NetworkAcls"], "NetworkAclId", physical_id)


def entry(aws: Aws, _: str, properties: Properties) -> Properties | None:
    found = acl(aws, properties["NetworkAclId"], {}) or {"Entries": []}
    for item in found["Entries"]:
        if (item["RuleNumber"], item["Egress"]) == (properties["RuleNumber"], properties.get("Egress", False)):
            return {**item, "NetworkAclId": properties["NetworkAclId"], "Icmp": item.get("IcmpTypeCode")}
    return None


def association(aws: Aws, physical_id: str, _: Properties) -> Properties | None:
    for item in aws("ec2").describe_network_acls()["NetworkAcls"]:
        for used in item["Associations"]:
            if used["NetworkAclAssociationId"] == physical_id:
                return dict(used)
    return None


def flow_log(aws: Aws, physical_id: str, properties: Properties) -> Properties | None:
    found = one(aws("ec2").describe_flow_logs()["FlowLogs"], "FlowLogId", physical_id)
    # EC2 shows the kind of a resource in its id only.
    kind = {"vpc": "VPC", "subnet": "Subnet"}[str(properties["ResourceId"]).partition("-")[0]]
    return found and {**found, "ResourceType": kind}


def rule(aws: Aws, physical_id: str, properties: Properties) -> Properties | None:
    found = security_group(aws, properties["GroupId"], {})
    if found is None:
        return None
    for item in (*found["SecurityGroupIngress"], *found["SecurityGroupEgress"]):
        if item["SecurityGroupRuleId"] == physical_id:
            return dict(item)
    return None


def dhcp_options(aws: Aws, physical_id: str, _: Properties) -> Properties | None:
    found = one(aws("ec2").describe_dhcp_options()["DhcpOptions"], "DhcpOptionsId", physical_id)
    if found is None:
        return None
    values = {item["Key"]: [value["Value"] for value in item["Values"]] for item in found["DhcpConfigurations"]}
    singles = {"domain-name": "DomainName", "netbios-node-type": "NetbiosNodeType"}
    singles["ipv6-address-preferred-lease-time"] = "Ipv6AddressPreferredLeaseTime"
    return {
        **found,
        **{name: values.get(key, [None])[0] for key, name in singles.items()},
        "DomainNameServers": values.get("domain-name-servers"),
        "NetbiosNameServers": values.get("netbios-name-servers"),
        "NtpServers": values.get("ntp-servers"),
    }


def dhcp_use(aws: Aws, _: str, properties: Properties) -> Properties | None:
    found = one(aws("ec2").describe_vpcs()["Vpcs"], "VpcId", properties["VpcId"])
    used = found is not None and found["DhcpOptionsId"] == properties["DhcpOptionsId"]
    return found if used else None


def providers(aws: Aws, physical_id: str, _: Properties) -> Properties | None:
    found = cluster(aws, physical_id, {})
    return found and {**found, "Cluster": found["clusterName"]}


def provider(aws: Aws, physical_id: str, _: Properties) -> Properties | None:
    found = aws("ecs").describe_capacity_providers(capacityProviders=[physical_id], include=["TAGS"])
    for item in found["capacityProviders"]:
        return {**item, "Tags": same_tags(item.get("tags"), "key", "value")}
    return None


def protection(aws: Aws, _: str, properties: Properties) -> Properties | None:
    wafv2 = aws("wafv2")
    try:
        found = wafv2.get_web_acl_for_resource(ResourceArn=properties["ResourceArn"])["WebACL"]
    except wafv2.exceptions.WAFNonexistentItemException:
        return None
    return {"ResourceArn": properties["ResourceArn"], "WebACLArn": found["ARN"]}


def composite(aws: Aws, physical_id: str, _: Properties) -> Properties | None:
    cloudwatch = aws("cloudwatch")
    found = cloudwatch.describe_alarms(AlarmNames=[physical_id], AlarmTypes=["CompositeAlarm"])
    for item in found["CompositeAlarms"]:
        return {**item, "Tags": cloudwatch.list_tags_for_resource(ResourceARN=item["AlarmArn"])["Tags"]}
    return None


def records(aws: Aws, _: str, properties: Properties) -> Properties | None:
    route53 = aws("route53")
    zone = properties["HostedZoneId"]
    try:
        found = route53.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    except route53.exceptions.NoSuchHostedZone:
        return None
    flat = [
        {**item, "ResourceRecords": [value["Value"] for value in item.get("ResourceRecords", [])]}
        for item in found
        if item["Type"] == "A"
    ]
    return {"HostedZoneId": zone, "RecordSets": flat} if flat else None


def sg_rule(way: str, peer: str) -> tuple[Case, ...]:
    group = {
        "It2": {
            "Type": "AWS::EC2::SecurityGroup",
            "Properties": {
                "GroupDescription": "it",
                "VpcId": {"Ref": "Vpc"},
                "SecurityGroupEgress": [CLOSED],
            },
        }
    }
    fixed = {"GroupId": {"Ref": "It2"}, "IpProtocol": "tcp", "FromPort": 443, "ToPort": 444}
    peers: dict[str, dict[str, Any]] = {
        "group": {peer: {"Ref": "Group"}},
        "IPv4": {"CidrIp": "10.0.0.0/8"},
        "IPv6": {"CidrIpv6": "fd00::/8"},
    }
    return tuple(
        Case(
            type=f"AWS::EC2::SecurityGroup{way}",
            note=note,
            beside={**VPC, **GROUP, **group},
            properties={**fixed, **given, "Description": "one"},
            changed={"Description": "two"},
            read=rule,
        )
        for note, given in peers.items()
    )


CASES = (
    Case(
        type="AWS::EC2::EIP",
        properties={"Domain": "vpc", "Tags": TAGS},
        changed={"Tags": NEW_TAGS},
        read=address,
    ),
    Case(
        type="AWS::EC2::NatGateway",
        beside={**VPC, **SUBNET, **INTERNET, **ADDRESS},
        after=("Attachment",),
        properties={
            "SubnetId": {"Ref": "Subnet"},
            "AllocationId": {"Fn::GetAtt": ["Address", "AllocationId"]},
            "ConnectivityType": "public",
            "PrivateIpAddress": "10.0.9.77",
            "Tags": TAGS,
        },
        changed={"Tags": NEW_TAGS},
        read=nat_gateway,
    ),
    Case(
        type="AWS::EC2::NetworkAcl",
        beside=VPC,
        properties={"VpcId": {"Ref": "Vpc"}, "Tags": TAGS},
        changed={"Tags": NEW_TAGS},
        read=acl,
    ),
    Case(
        type="AWS::EC2::NetworkAclEntry",
        note="ports",
        beside={**VPC, **ACL},
        properties={
            "NetworkAclId": {"Ref": "Acl"},
            "RuleNumber": 100,
            "Egress": True,
            "Protocol": 6,
            "RuleAction": "allow",
            "CidrBlock": "10.0.0.0/8",
            "PortRange": {"From": 1024, "To": 65535},
        },
        changed={"RuleAction": "deny", "PortRange": {"From": 80, "To": 80}},
        read=entry,
    ),
    Case(
        type="AWS::EC2::NetworkAclEntry",
        note="ping",
        beside={**VPC, **ACL},
        properties={
            "NetworkAclId": {"Ref": "Acl"},
            "RuleNumber": 110,
            "Protocol": 58,
            "RuleAction": "allow",
            "Ipv6CidrBlock": "fd00::/8",
            "Icmp": {"Type": 128, "Code": 0},
        },
        read=entry,
    ),
    Case(
        type="AWS::EC2::SubnetNetworkAclAssociation",
        beside={**VPC, **SUBNET, **ACL},
        properties={"SubnetId": {"Ref": "Subnet"}, "NetworkAclId": {"Ref": "Acl"}},
        read=association,
    ),
    Case(
        type="AWS::EC2::FlowLog",
        note="log group",
        beside=VPC,
        properties={
            "ResourceId": {"Ref": "Vpc"},
            "ResourceType": "VPC",
            "TrafficType": "ALL",
            "LogDestinationType": "cloud-watch-logs",
            "LogGroupName": "/flow",
            "DeliverLogsPermissionArn": "arn:aws:iam::123456789012:role/flow",
            "LogFormat": "${srcaddr}",
            "MaxAggregationInterval": 60,
            "Tags": TAGS,
        },
        changed={"Tags": NEW_TAGS},
        read=flow_log,
    ),
    Case(
        type="AWS::EC2::FlowLog",
        note="bucket",
        beside={**VPC, **SUBNET},
        properties={
            "ResourceId": {"Ref": "Subnet"},
            "ResourceType": "Subnet",
            "LogDestinationType": "s3",
            "LogDestination": "arn:aws:s3:::flow",
            "DestinationOptions": {
                "FileFormat": "parquet",
                "HiveCompatiblePartitions": True,
                "PerHourPartition": True,
            },
        },
        read=flow_log,
    ),
    *sg_rule("Ingress", "SourceSecurityGroupId"),
    *sg_rule("Egress", "DestinationSecurityGroupId"),
    Case(
        type="AWS::EC2::DHCPOptions",
        properties={
            "DomainName": "corp.internal",
            "DomainNameServers": ["10.0.0.2"],
            "NtpServers": ["10.0.0.3"],
            "NetbiosNameServers": ["10.0.0.4"],
            "NetbiosNodeType": 2,
            "Ipv6AddressPreferredLeaseTime": 3600,
            "Tags": TAGS,
        },
        changed={"Tags": NEW_TAGS},
        read=dhcp_options,
    ),
    Case(
        type="AWS::EC2::VPCDHCPOptionsAssociation",
        beside={
            **VPC,
            "Options": {"Type": "AWS::EC2::DHCPOptions", "Properties": {"DomainName": "corp.internal"}},
        },
        properties={"VpcId": {"Ref": "Vpc"}, "DhcpOptionsId": {"Ref": "Options"}},
        read=dhcp_use,
    ),
    Case(
        type="AWS::ECS::ClusterCapacityProviderAssociations",
        beside={"Cluster": {"Type": "AWS::ECS::Cluster", "Properties": {"ClusterName": "it"}}},
        properties={
            "Cluster": {"Ref": "Cluster"},
            "CapacityProviders": ["FARGATE", "FARGATE_SPOT"],
            "DefaultCapacityProviderStrategy": [{"CapacityProvider": "FARGATE_SPOT", "Weight": 2, "Base": 0}],
        },
        changed={
            "CapacityProviders": ["FARGATE"],
            "DefaultCapacityProviderStrategy": [{"CapacityProvider": "FARGATE", "Weight": 1}],
        },
        read=providers,
    ),
    Case(
        type="AWS::ECS::CapacityProvider",
        properties={
            "Name": "it",
            "AutoScalingGroupProvider": {
                "AutoScalingGroupArn": "arn:aws:autoscaling:us-east-1:1:autoScalingGroup:1:autoScalingGroupName/g",
                "ManagedScaling": {"Status": "ENABLED", "TargetCapacity": 80},
                "ManagedTerminationProtection": "DISABLED",
                "ManagedDraining": "ENABLED",
            },
            "Tags": TAGS,
        },
        changed={"Tags": NEW_TAGS},
        read=provider,
    ),
    Case(
        type="AWS::WAFv2::WebACLAssociation",
        beside={
            **VPC,
            **SUBNETS,
            **BALANCER,
            "Acl": {
                "Type": "AWS::WAFv2::WebACL",
                "Properties": {
                    "Name": "it",
                    "Scope": "REGIONAL",
                    "DefaultAction": {"Allow": {}},
                    "VisibilityConfig": visible("it"),
                },
            },
        },
        properties={"ResourceArn": {"Ref": "Balancer"}, "WebACLArn": {"Fn::GetAtt": ["Acl", "Arn"]}},
        read=protection,
    ),
    Case(
        type="AWS::CloudWatch::CompositeAlarm",
        beside={
            **TOPIC,
            "Cpu": {
                "Type": "AWS::CloudWatch::Alarm",
                "Properties": {
                    **ALARM,
                    "AlarmName": "cpu",
                    "Namespace": "AWS/ECS",
                    "MetricName": "CPU",
                    "Statistic": "Sum",
                },
            },
        },
        after=("Cpu",),
        properties={
            "AlarmName": "it",
            "AlarmRule": "ALARM(cpu)",
            "AlarmDescription": "any",
            "ActionsEnabled": True,
            "AlarmActions": [{"Ref": "Topic"}],
            "OKActions": [{"Ref": "Topic"}],
            "InsufficientDataActions": [{"Ref": "Topic"}],
            "ActionsSuppressor": "cpu",
            "ActionsSuppressorExtensionPeriod": 60,
            "ActionsSuppressorWaitPeriod": 60,
            "Tags": TAGS,
        },
        changed={"AlarmRule": "NOT ALARM(cpu)", "OKActions": None, "Tags": NEW_TAGS},
        read=composite,
    ),
    Case(
        type="AWS::Route53::RecordSetGroup",
        beside=ZONE,
        properties={
            "HostedZoneId": {"Ref": "Zone"},
            "RecordSets": [
                {"Name": "a.example.com.", "Type": "A", "TTL": "60", "ResourceRecords": ["192.0.2.1"]},
                {"Name": "b.example.com.", "Type": "A", "TTL": "60", "ResourceRecords": ["192.0.2.2"]},
            ],
        },
        changed={
            "RecordSets": [{"Name": "a.example.com.", "Type": "A", "TTL": "30", "ResourceRecords": ["192.0.2.3"]}]
        },
        read=records,
    ),
)
