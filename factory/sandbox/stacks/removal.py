"""Tells why a resource cannot be removed, where the emulator would remove it: it is protected, full or in use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError

from factory.sandbox.emulator import Resource
from factory.sandbox.stacks.account import Account


def obstacle(resource: Resource, account: Account) -> str | None:
    """Give the service's message when a resource cannot be removed; None when it can, or is gone already."""
    check = _TYPES.get(resource.type)
    if check is None:
        return None
    try:
        return check(account, resource.physical_id or "", resource.properties)
    except ClientError:
        return None


def _bucket(account: Account, name: str, _properties: Mapping[str, Any]) -> str | None:
    found = account.client("s3").list_object_versions(Bucket=name, MaxKeys=1)
    if found.get("Versions") or found.get("DeleteMarkers"):
        return "The bucket you tried to delete is not empty. You must delete all versions in the bucket."
    return None


def _repository(account: Account, name: str, properties: Mapping[str, Any]) -> str | None:
    emptied = str(properties.get("EmptyOnDelete", "false")).lower() == "true"
    if not emptied and account.client("ecr").list_images(repositoryName=name, maxResults=1)["imageIds"]:
        return (
            f"The repository with name '{name}' in registry with id '{account.id}' cannot be deleted because it "
            "still contains images"
        )
    return None


def _load_balancer(account: Account, arn: str, _properties: Mapping[str, Any]) -> str | None:
    found = account.client("elbv2").describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"]
    if {"Key": "deletion_protection.enabled", "Value": "true"} in found:
        return f"Load balancer '{arn}' cannot be deleted because deletion protection is enabled"
    return None


def _database(account: Account, name: str, _properties: Mapping[str, Any]) -> str | None:
    found = account.client("rds").describe_db_instances(DBInstanceIdentifier=name)["DBInstances"]
    if any(database.get("DeletionProtection") for database in found):
        return "Cannot delete protected DB Instance, please disable deletion protection and try again."
    return None


def _database_cluster(account: Account, name: str, _properties: Mapping[str, Any]) -> str | None:
    found = account.client("rds").describe_db_clusters(DBClusterIdentifier=name)["DBClusters"]
    if any(cluster.get("DeletionProtection") for cluster in found):
        return "Cannot delete protected Cluster, please disable deletion protection and try again."
    return None


def _table(account: Account, name: str, _properties: Mapping[str, Any]) -> str | None:
    if account.client("dynamodb").describe_table(TableName=name)["Table"].get("DeletionProtectionEnabled"):
        return (
            "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection "
            "first."
        )
    return None


def _vpc(account: Account, identifier: str, _properties: Mapping[str, Any]) -> str | None:
    ec2 = account.client("ec2")
    inside = [{"Name": "vpc-id", "Values": [identifier]}]
    groups = ec2.describe_security_groups(Filters=inside)["SecurityGroups"]
    if ec2.describe_subnets(Filters=inside)["Subnets"] or any(group["GroupName"] != "default" for group in groups):
        return f"The vpc '{identifier}' has dependencies and cannot be deleted."
    return None


def _subnet(account: Account, identifier: str, _properties: Mapping[str, Any]) -> str | None:
    used = {
        zone["SubnetId"]
        for balancer in _load_balancers(account)
        for zone in balancer["AvailabilityZones"]
        if "SubnetId" in zone
    }
    if identifier in used:
        return f"The subnet '{identifier}' has dependencies and cannot be deleted."
    return None


def _security_group(account: Account, identifier: str, _properties: Mapping[str, Any]) -> str | None:
    used = {group for balancer in _load_balancers(account) for group in balancer.get("SecurityGroups", ())}
    for other in account.client("ec2").describe_security_groups()["SecurityGroups"]:
        if other["GroupId"] != identifier:
            rules = [*other["IpPermissions"], *other["IpPermissionsEgress"]]
            used |= {pair["GroupId"] for rule in rules for pair in rule.get("UserIdGroupPairs", ())}
    return f"resource {identifier} has a dependent object" if identifier in used else None


def _load_balancers(account: Account) -> list[dict[str, Any]]:
    pages = account.client("elbv2").get_paginator("describe_load_balancers").paginate()
    return [balancer for page in pages for balancer in page["LoadBalancers"]]


def _cluster(account: Account, name: str, _properties: Mapping[str, Any]) -> str | None:
    if account.client("ecs").list_services(cluster=name, maxResults=1)["serviceArns"]:
        return "The Cluster cannot be deleted while Services are active."
    return None


_TYPES: Mapping[str, Callable[[Account, str, Mapping[str, Any]], str | None]] = {
    "AWS::DynamoDB::Table": _table,
    "AWS::EC2::SecurityGroup": _security_group,
    "AWS::EC2::Subnet": _subnet,
    "AWS::EC2::VPC": _vpc,
    "AWS::ECR::Repository": _repository,
    "AWS::ECS::Cluster": _cluster,
    "AWS::ElasticLoadBalancingV2::LoadBalancer": _load_balancer,
    "AWS::RDS::DBCluster": _database_cluster,
    "AWS::RDS::DBInstance": _database,
    "AWS::S3::Bucket": _bucket,
}
