"""Tells what the properties of a resource name that does not exist, where the emulator would not mind."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from factory.sandbox.stacks.account import Account

Properties = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Described:
    """How ids of one kind are looked up, and how EC2 says that one isn't there."""

    operation: str
    argument: str
    members: str
    absent: str


_IDS = {
    "vpc": _Described("describe_vpcs", "VpcIds", "Vpcs", "The vpc ID '{}' does not exist"),
    "subnet": _Described("describe_subnets", "SubnetIds", "Subnets", "The subnet ID '{}' does not exist"),
    "sg": _Described(
        "describe_security_groups", "GroupIds", "SecurityGroups", "The security group '{}' does not exist"
    ),
    "rtb": _Described("describe_route_tables", "RouteTableIds", "RouteTables", "The routeTable ID '{}' does not exist"),
    "igw": _Described(
        "describe_internet_gateways",
        "InternetGatewayIds",
        "InternetGateways",
        "The internetGateway ID '{}' does not exist",
    ),
    "nat": _Described("describe_nat_gateways", "NatGatewayIds", "NatGateways", "NatGateway {} was not found"),
    "eipalloc": _Described("describe_addresses", "AllocationIds", "Addresses", "The allocation ID '{}' does not exist"),
    "acl": _Described("describe_network_acls", "NetworkAclIds", "NetworkAcls", "The networkAcl ID '{}' does not exist"),
}
_ID = re.compile(rf"({'|'.join(_IDS)})-[0-9a-f]{{8,17}}")
# An id under these keys is text to its service, or belongs to another account.
_FREE = frozenset({"Tags", "Environment", "Metadata", "PeerVpcId"})
_FREE_TYPES = frozenset({"AWS::SSM::Parameter", "AWS::CloudWatch::Dashboard", "AWS::CloudFormation::Stack"})


def problems(kind: str, properties: Properties, account: Account) -> Iterator[str]:
    """Give a message for everything that a resource's properties name and that isn't in the account.

    Ids of EC2 are looked for in every property; for the rest a line in `_REFERENCES` says what to look for.
    """
    if kind not in _FREE_TYPES and not kind.startswith("Custom::"):
        yield from _absent_ids(sorted(set(_ids(properties))), account)
    for path, find in _REFERENCES.get(kind, {}).items():
        for value in _at(properties, path.split("/")):
            if problem := _look(find, account, value):
                yield problem


def _look(find: Callable[[Account, Any], str | None], account: Account, value: Any) -> str | None:
    try:
        return find(account, value)
    except ClientError as error:
        return str(error.response["Error"]["Message"])


def _ids(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        if _ID.fullmatch(node):
            yield node
    elif isinstance(node, list):
        for item in node:
            yield from _ids(item)
    elif isinstance(node, Mapping):
        for key, value in node.items():
            if key not in _FREE:
                yield from _ids(value)


def _absent_ids(ids: list[str], account: Account) -> Iterator[str]:
    for identifier in ids:
        described = _IDS[identifier.partition("-")[0]]
        try:
            answer = getattr(account.client("ec2"), described.operation)(**{described.argument: [identifier]})
        except ClientError:
            found = []
        else:
            found = [member for member in answer[described.members] if member.get("State") != "deleted"]
        if not found:
            yield described.absent.format(identifier)


def _at(node: Any, path: list[str]) -> Iterator[Any]:
    """Give what stands at a path, `*` meaning every item of a list."""
    if not path:
        if node is not None:
            yield node
    elif path[0] == "*" and isinstance(node, list):
        for item in node:
            yield from _at(item, path[1:])
    elif isinstance(node, Mapping):
        yield from _at(node.get(path[0]), path[1:])


def _bucket(account: Account, name: str) -> None:
    account.client("s3").list_objects_v2(Bucket=name, MaxKeys=1)


def _object(account: Account, code: Mapping[str, Any]) -> str | None:
    if "S3Bucket" not in code:
        return None
    version = {"VersionId": code["S3ObjectVersion"]} if "S3ObjectVersion" in code else {}
    try:
        account.client("s3").get_object(Bucket=code["S3Bucket"], Key=code["S3Key"], Range="bytes=0-0", **version)
    except ClientError as error:
        found = error.response["Error"]
        return f"Error occurred while GetObject. S3 Error Code: {found['Code']}. S3 Error Message: {found['Message']}"
    return None


def _role(account: Account, arn: str) -> None:
    if f"::{account.id}:" in arn:
        account.client("iam").get_role(RoleName=arn.rpartition("/")[2])


def _role_name(account: Account, name: str) -> None:
    account.client("iam").get_role(RoleName=name)


def _managed_policy(account: Account, arn: str) -> str | None:
    """Policies that AWS keeps can't be looked up: the emulator has no list of them."""
    if f"::{account.id}:" in arn:
        account.client("iam").get_policy(PolicyArn=arn)
    return None


def _key(account: Account, key: str) -> None:
    account.client("kms").describe_key(KeyId=key)


def _cluster(account: Account, name: str) -> str | None:
    found = account.client("ecs").describe_clusters(clusters=[name])["clusters"]
    return None if any(cluster["status"] == "ACTIVE" for cluster in found) else "Cluster not found."


def _task_definition(account: Account, name: str) -> None:
    account.client("ecs").describe_task_definition(taskDefinition=name)


def _target_group(account: Account, arn: str) -> str | None:
    found = account.client("elbv2").describe_target_groups(TargetGroupArns=[arn])["TargetGroups"]
    return None if found else f"Target groups '{arn}' not found"


def _load_balancer(account: Account, arn: str) -> str | None:
    found = account.client("elbv2").describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"]
    return None if found else f"Load balancers '[{arn}]' not found"


def _certificate(account: Account, arn: str) -> str | None:
    try:
        account.client("acm").describe_certificate(CertificateArn=arn)
    except ClientError:
        return f"Certificate ARN '{arn}' is not valid"
    return None


def _topic(account: Account, arn: str) -> None:
    account.client("sns").get_topic_attributes(TopicArn=arn)


def _function(account: Account, name: str) -> None:
    account.client("lambda").get_function(FunctionName=name)


def _actions(name: str) -> dict[str, Callable[[Account, Any], str | None]]:
    return {
        f"{name}/*/TargetGroupArn": _target_group,
        f"{name}/*/ForwardConfig/TargetGroups/*/TargetGroupArn": _target_group,
    }


_REFERENCES: Mapping[str, Mapping[str, Callable[[Account, Any], str | None]]] = {
    "AWS::EC2::FlowLog": {"DeliverLogsPermissionArn": _role},
    "AWS::ECS::Service": {
        "Cluster": _cluster,
        "TaskDefinition": _task_definition,
        "LoadBalancers/*/TargetGroupArn": _target_group,
    },
    "AWS::ElasticLoadBalancingV2::Listener": {
        "LoadBalancerArn": _load_balancer,
        "Certificates/*/CertificateArn": _certificate,
        **_actions("DefaultActions"),
    },
    "AWS::ElasticLoadBalancingV2::ListenerRule": _actions("Actions"),
    "AWS::IAM::InstanceProfile": {"Roles/*": _role_name},
    "AWS::IAM::Role": {"ManagedPolicyArns/*": _managed_policy},
    "AWS::KMS::Alias": {"TargetKeyId": _key},
    "AWS::Lambda::Function": {"Code": _object, "Role": _role, "KmsKeyArn": _key},
    "AWS::Lambda::LayerVersion": {"Content": _object},
    "AWS::Lambda::Permission": {"FunctionName": _function},
    "AWS::Logs::LogGroup": {"KmsKeyId": _key},
    "AWS::RDS::DBInstance": {"KmsKeyId": _key, "MonitoringRoleArn": _role},
    "AWS::S3::BucketPolicy": {"Bucket": _bucket},
    "AWS::SNS::Subscription": {"TopicArn": _topic},
    "AWS::SNS::TopicPolicy": {"Topics/*": _topic},
}
