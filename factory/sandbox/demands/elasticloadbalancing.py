"""Elastic Load Balancing: where balancers stand, what listeners need, and which target groups they may have.

Sources: Elastic Load Balancing API Reference (2015-12-01), CreateLoadBalancer, CreateListener, CreateTargetGroup and
CreateRule; Application Load Balancers guide, "Quotas" and "Access logs".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from factory.sandbox.demands import policies
from factory.sandbox.emulator import Resource
from factory.sandbox.stacks.account import Account
from factory.sandbox.types.elasticloadbalancing import forwarded, named_groups
from factory.sandbox.types.refusal import RefusedError

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,30}[A-Za-z0-9])?")
_PROTOCOLS = {
    "application": ("HTTP", "HTTPS"),
    "network": ("TCP", "TLS", "UDP", "TCP_UDP", "QUIC", "TCP_QUIC"),
}
_SECURE = ("HTTPS", "TLS")
_MAX_CONDITION_VALUES = 5
# Services that deliver access logs; the accounts that did so before are named by the policies of older Regions only.
_DELIVERY = ("logdelivery.elasticloadbalancing.amazonaws.com", "delivery.logs.amazonaws.com")


def _load_balancer(resource: Resource, account: Account) -> None:
    properties = resource.properties
    _check_name(str(properties.get("Name", "a")))
    mapped = [item["SubnetId"] for item in properties.get("SubnetMappings") or ()]
    subnets = [*(properties.get("Subnets") or ()), *mapped]
    if properties.get("Type", "application") == "application" and subnets:
        _check_subnets(properties, subnets, account)
    attributes = {item["Key"]: item["Value"] for item in properties.get("LoadBalancerAttributes") or ()}
    if attributes.get("access_logs.s3.enabled") == "true":
        _check_access_logs(attributes, account)


def _check_name(name: str) -> None:
    if len(name) > 32:
        raise _invalid(f"The load balancer name '{name}' cannot be longer than '32' characters")
    if name.startswith("internal-"):
        raise _invalid(f"The load balancer name '{name}' cannot begin with 'internal-'")
    if not _NAME.fullmatch(name):
        raise _invalid(
            f"The load balancer name '{name}' can only contain characters that are alphanumeric characters and "
            "hyphens(-), and cannot begin or end with a hyphen"
        )


def _check_subnets(properties: Mapping[str, Any], subnets: list[str], account: Account) -> None:
    ec2 = account.client("ec2")
    found = ec2.describe_subnets(SubnetIds=subnets)["Subnets"]
    zones = [subnet["AvailabilityZone"] for subnet in found]
    if len(set(zones)) < len(zones):
        raise RefusedError(
            "A load balancer cannot be attached to multiple subnets in the same Availability Zone",
            code="InvalidConfigurationRequest",
        )
    if len(zones) < 2:
        raise _invalid("At least two subnets in two different Availability Zones must be specified")
    vpc = found[0]["VpcId"]
    gateways = ec2.describe_internet_gateways(Filters=[{"Name": "attachment.vpc-id", "Values": [vpc]}])
    if properties.get("Scheme", "internet-facing") == "internet-facing" and not gateways["InternetGateways"]:
        raise RefusedError(f"VPC {vpc} has no internet gateway", code="InvalidSubnet")
    groups = properties.get("SecurityGroups") or []
    for group in ec2.describe_security_groups(GroupIds=groups)["SecurityGroups"] if groups else ():
        if group["VpcId"] != vpc:
            raise RefusedError(
                f"One or more security groups are invalid: {group['GroupId']} is not in {vpc}",
                code="InvalidConfigurationRequest",
            )


def _check_access_logs(attributes: Mapping[str, str], account: Account) -> None:
    """Refuse a bucket whose policy does not let the logs in: balancers write a test file when they are told."""
    bucket = attributes.get("access_logs.s3.bucket", "")
    try:
        document = account.client("s3").get_bucket_policy(Bucket=bucket)["Policy"]
    except ClientError:
        document = None
    keys = {"aws:sourceaccount": account.id, "s3:x-amz-acl": "bucket-owner-full-control"}
    accounts = any(
        re.fullmatch(r"arn:aws:iam::\d{12}:root|\d{12}", principal)
        for statement in policies.statements(document)
        if statement.get("Effect") == "Allow"
        for principal in policies.principals(statement, "AWS")
    )
    if not accounts and not any(
        policies.lets(document, service=service, action="s3:PutObject", keys=keys) for service in _DELIVERY
    ):
        raise RefusedError(
            f"Access Denied for bucket: {bucket}. Please check S3bucket permission", code="InvalidConfigurationRequest"
        )


def _target_group(resource: Resource, _account: Account) -> None:
    properties = resource.properties
    if properties.get("TargetType") != "lambda":
        for needed in ("Protocol", "Port"):
            if needed not in properties:
                raise _invalid(f"A {needed.lower()} must be specified")
    timeout = int(properties.get("HealthCheckTimeoutSeconds", 5))
    interval = int(properties.get("HealthCheckIntervalSeconds", 30))
    if properties.get("Protocol") in _PROTOCOLS["application"] and timeout >= interval:
        raise _invalid("Health check interval must be greater than the timeout.")


def _listener(resource: Resource, account: Account) -> None:
    properties, elb = resource.properties, account.client("elbv2")
    balancer = elb.describe_load_balancers(LoadBalancerArns=[properties["LoadBalancerArn"]])["LoadBalancers"][0]
    protocol = properties.get("Protocol", "HTTP")
    allowed = _PROTOCOLS.get(balancer["Type"])
    if allowed and protocol not in allowed:
        raise _invalid(f"Listener protocol '{protocol}' must be one of '{', '.join(allowed)}'")
    if protocol in _SECURE and not properties.get("Certificates"):
        raise _invalid(f"A certificate must be specified for {protocol} listeners")
    if resource.physical_id is None:
        for other in elb.describe_listeners(LoadBalancerArn=properties["LoadBalancerArn"])["Listeners"]:
            if str(other.get("Port")) == str(properties.get("Port")):
                raise RefusedError(
                    "A listener already exists on this port for this load balancer", code="DuplicateListener"
                )
    _check_groups(properties.get("DefaultActions") or (), balancer, account)


def _rule(resource: Resource, account: Account) -> None:
    properties, elb = resource.properties, account.client("elbv2")
    values = sum(len(list(_values(condition))) for condition in properties.get("Conditions") or ())
    if values > _MAX_CONDITION_VALUES:
        raise _invalid(f"A rule can only have '{_MAX_CONDITION_VALUES}' condition values")
    listener = elb.describe_listeners(ListenerArns=[properties["ListenerArn"]])["Listeners"][0]
    balancer = elb.describe_load_balancers(LoadBalancerArns=[listener["LoadBalancerArn"]])["LoadBalancers"][0]
    _check_groups(properties.get("Actions") or (), balancer, account)


def _values(condition: Mapping[str, Any]) -> Iterator[Any]:
    yield from condition.get("Values") or ()
    for name, config in condition.items():
        if name.endswith("Config") and isinstance(config, Mapping):
            yield from config.get("Values") or ()


def _check_groups(actions: Any, balancer: Mapping[str, Any], account: Account) -> None:
    elb = account.client("elbv2")
    subnets = [zone["SubnetId"] for zone in balancer["AvailabilityZones"]]
    found = account.client("ec2").describe_subnets(SubnetIds=subnets)["Subnets"]
    networks = {subnet["VpcId"] for subnet in found}
    for arn in dict.fromkeys(named_groups(actions)):
        group = elb.describe_target_groups(TargetGroupArns=[arn])["TargetGroups"][0]
        if group.get("VpcId") and group["VpcId"] not in networks:
            raise _invalid(f"The following target groups are not in the load balancer's VPC: {arn}")
        if any(other == arn and owner != balancer["LoadBalancerArn"] for owner, other in forwarded(elb)):
            raise RefusedError(
                f"The following target groups cannot be associated with more than one load balancer: {arn}",
                code="TargetGroupAssociationLimit",
            )


def _invalid(message: str) -> RefusedError:
    return RefusedError(message, code="ValidationError")


DEMANDS = {
    "AWS::ElasticLoadBalancingV2::Listener": _listener,
    "AWS::ElasticLoadBalancingV2::ListenerRule": _rule,
    "AWS::ElasticLoadBalancingV2::LoadBalancer": _load_balancer,
    "AWS::ElasticLoadBalancingV2::TargetGroup": _target_group,
}
