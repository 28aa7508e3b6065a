"""Tells why a resource cannot be removed, where the emulator would remove it: it is protected, full or in use."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from factory.sandbox.emulator import Resource
from factory.sandbox.stacks.account import Account
from factory.sandbox.types.elasticloadbalancing import forwarded


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
    tables = ec2.describe_route_tables(Filters=inside)["RouteTables"]
    left = (
        ec2.describe_subnets(Filters=inside)["Subnets"]
        or any(group["GroupName"] != "default" for group in groups)
        or any(not any(found.get("Main") for found in table["Associations"]) for table in tables)
        or not all(acl["IsDefault"] for acl in ec2.describe_network_acls(Filters=inside)["NetworkAcls"])
        or any(endpoint["VpcId"] == identifier for endpoint in _endpoints(account))
    )
    return f"The vpc '{identifier}' has dependencies and cannot be deleted." if left else None


def _subnet(account: Account, identifier: str, _properties: Mapping[str, Any]) -> str | None:
    if any(identifier in subnets for subnets, _groups in _interfaces(account)):
        return f"The subnet '{identifier}' has dependencies and cannot be deleted."
    return None


def _security_group(account: Account, identifier: str, _properties: Mapping[str, Any]) -> str | None:
    used = {group for _subnets, groups in _interfaces(account) for group in groups}
    for other in account.client("ec2").describe_security_groups()["SecurityGroups"]:
        if other["GroupId"] != identifier:
            rules = [*other["IpPermissions"], *other["IpPermissionsEgress"]]
            used |= {pair["GroupId"] for rule in rules for pair in rule.get("UserIdGroupPairs", ())}
    return f"resource {identifier} has a dependent object" if identifier in used else None


def _interfaces(account: Account) -> Iterator[tuple[Collection[str], Collection[str]]]:
    """Give subnets and security groups of all that has network interfaces, most of which the emulator doesn't make."""
    for balancer in _load_balancers(account):
        zones = balancer["AvailabilityZones"]
        yield [zone["SubnetId"] for zone in zones if "SubnetId" in zone], balancer.get("SecurityGroups", ())
    for endpoint in _endpoints(account):
        yield endpoint.get("SubnetIds") or (), [group["GroupId"] for group in endpoint.get("Groups") or ()]
    for gateway in account.client("ec2").describe_nat_gateways()["NatGateways"]:
        if gateway["State"] != "deleted":
            yield [gateway["SubnetId"]], ()
    functions = account.client("lambda").get_paginator("list_functions").paginate().search("Functions[].VpcConfig")
    for placed in filter(None, functions):
        yield placed.get("SubnetIds") or (), placed.get("SecurityGroupIds") or ()
    for service in _services(account):
        network = (service.get("networkConfiguration") or {}).get("awsvpcConfiguration") or {}
        yield network.get("subnets") or (), network.get("securityGroups") or ()
    for database in account.client("rds").describe_db_instances()["DBInstances"]:
        subnets = (database.get("DBSubnetGroup") or {}).get("Subnets") or ()
        groups = [group["VpcSecurityGroupId"] for group in database.get("VpcSecurityGroups") or ()]
        yield [subnet["SubnetIdentifier"] for subnet in subnets], groups


def _endpoints(account: Account) -> Iterator[dict[str, Any]]:
    for endpoint in account.client("ec2").describe_vpc_endpoints()["VpcEndpoints"]:
        if str(endpoint["State"]).lower() != "deleted":
            yield endpoint


def _services(account: Account) -> Iterator[dict[str, Any]]:
    ecs = account.client("ecs")
    for cluster in ecs.get_paginator("list_clusters").paginate().search("clusterArns[]"):
        for page in ecs.get_paginator("list_services").paginate(cluster=cluster, PaginationConfig={"PageSize": 10}):
            if page["serviceArns"]:
                found = ecs.describe_services(cluster=cluster, services=page["serviceArns"])["services"]
                yield from (service for service in found if service["status"] != "INACTIVE")


def _load_balancers(account: Account) -> list[dict[str, Any]]:
    pages = account.client("elbv2").get_paginator("describe_load_balancers").paginate()
    return [balancer for page in pages for balancer in page["LoadBalancers"]]


def _cluster(account: Account, name: str, _properties: Mapping[str, Any]) -> str | None:
    if account.client("ecs").list_services(cluster=name, maxResults=1)["serviceArns"]:
        return "The Cluster cannot be deleted while Services are active."
    return None


def _target_group(account: Account, arn: str, _properties: Mapping[str, Any]) -> str | None:
    if arn in {group for _balancer, group in forwarded(account.client("elbv2"))}:
        return f"Target group '{arn}' is currently in use by a listener or a rule"
    return None


def _certificate(account: Account, arn: str, _properties: Mapping[str, Any]) -> str | None:
    elb = account.client("elbv2")
    for balancer in _load_balancers(account):
        for listener in elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]:
            if any(shown.get("CertificateArn") == arn for shown in listener.get("Certificates") or ()):
                return f"Certificate {arn} in account {account.id} is in use."
    return None


def _role(account: Account, name: str, properties: Mapping[str, Any]) -> str | None:
    """What its template gave a role goes with it, what somebody else gave it does not."""
    iam = account.client("iam")
    if iam.list_instance_profiles_for_role(RoleName=name)["InstanceProfiles"]:
        return "Cannot delete entity, must remove roles from instance profile first."
    attached = {item["PolicyArn"] for item in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]}
    if attached - set(properties.get("ManagedPolicyArns") or ()):
        return "Cannot delete entity, must detach all policies first."
    embedded = {policy["PolicyName"] for policy in properties.get("Policies") or ()}
    if set(iam.list_role_policies(RoleName=name)["PolicyNames"]) - embedded:
        return "Cannot delete entity, must delete policies first."
    return None


def _managed_policy(account: Account, arn: str, properties: Mapping[str, Any]) -> str | None:
    found = account.client("iam").list_entities_for_policy(PolicyArn=arn)
    names = {
        *(item["RoleName"] for item in found["PolicyRoles"]),
        *(item["UserName"] for item in found["PolicyUsers"]),
        *(item["GroupName"] for item in found["PolicyGroups"]),
    }
    own = {name for kind in ("Roles", "Users", "Groups") for name in properties.get(kind) or ()}
    return "Cannot delete a policy attached to entities." if names - own else None


def _rule(account: Account, identifier: str, properties: Mapping[str, Any]) -> str | None:
    name = identifier.rpartition("/")[2].rpartition("|")[2]
    bus = {"EventBusName": properties["EventBusName"]} if "EventBusName" in properties else {}
    own = {target["Id"] for target in properties.get("Targets") or ()}
    found = account.client("events").list_targets_by_rule(Rule=name, **bus)["Targets"]
    return "Rule can't be deleted since it has targets." if {target["Id"] for target in found} - own else None


_TYPES: Mapping[str, Callable[[Account, str, Mapping[str, Any]], str | None]] = {
    "AWS::CertificateManager::Certificate": _certificate,
    "AWS::DynamoDB::Table": _table,
    "AWS::EC2::SecurityGroup": _security_group,
    "AWS::EC2::Subnet": _subnet,
    "AWS::EC2::VPC": _vpc,
    "AWS::ECR::Repository": _repository,
    "AWS::ECS::Cluster": _cluster,
    "AWS::ElasticLoadBalancingV2::LoadBalancer": _load_balancer,
    "AWS::ElasticLoadBalancingV2::TargetGroup": _target_group,
    "AWS::Events::Rule": _rule,
    "AWS::IAM::ManagedPolicy": _managed_policy,
    "AWS::IAM::Role": _role,
    "AWS::RDS::DBCluster": _database_cluster,
    "AWS::RDS::DBInstance": _database,
    "AWS::S3::Bucket": _bucket,
}
