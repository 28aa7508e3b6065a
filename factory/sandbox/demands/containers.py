"""Amazon ECS and Amazon ECR: task definitions that can run, services whose parts go together, rules for old images.

Sources: Amazon ECS API Reference, RegisterTaskDefinition, CreateService and "AwsVpcConfiguration"; Amazon ECS Developer
Guide, "Amazon ECS task definition parameters for Fargate" and "Amazon ECS task execution IAM role"; Amazon ECR User
Guide, "Lifecycle policy properties in Amazon ECR".
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from factory.sandbox.demands import policies
from factory.sandbox.emulator import Resource
from factory.sandbox.stacks.account import Account
from factory.sandbox.types.arguments import truth
from factory.sandbox.types.refusal import RefusedError

_FARGATE = "FARGATE"
_TASKS = "ecs-tasks.amazonaws.com"
_EPHEMERAL_GIB = range(21, 201)
_MAX_GROUPS = 5


def _task_definition(resource: Resource, _account: Account) -> None:
    properties = resource.properties
    containers = properties.get("ContainerDefinitions") or []
    for container in containers:
        _check_container(container, properties)
    if containers and not any(truth(container.get("Essential", True)) for container in containers):
        raise _refused("TaskDefinition must have at least one essential container.")
    for size in ("Cpu", "Memory"):
        _check_size(size, containers, properties)
    if _FARGATE in (properties.get("RequiresCompatibilities") or ()):
        _check_fargate(containers, properties)


def _check_container(container: Mapping[str, Any], properties: Mapping[str, Any]) -> None:
    names = {other["Name"] for other in properties["ContainerDefinitions"]}
    volumes = {volume["Name"] for volume in properties.get("Volumes") or ()}
    for mount in container.get("MountPoints") or ():
        if mount.get("SourceVolume") not in volumes:
            raise _refused(f"Unknown volume '{mount.get('SourceVolume')}'.")
    for other in container.get("DependsOn") or ():
        if other["ContainerName"] not in names:
            raise _refused(f"Container '{other['ContainerName']}' that '{container['Name']}' depends on doesn't exist.")
    for mapping in container.get("PortMappings") or ():
        host = int(mapping.get("HostPort", 0))
        if properties.get("NetworkMode") == "awsvpc" and host and host != int(mapping["ContainerPort"]):
            raise _refused("When networkMode=awsvpc, the host ports and container ports in port mappings must match.")
    if container.get("Secrets") and not properties.get("ExecutionRoleArn"):
        raise _refused(
            "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'."
        )


def _check_size(size: str, containers: Any, properties: Mapping[str, Any]) -> None:
    whole = str(properties.get(size, ""))
    reserved = sum(
        int(item.get("MemoryReservation", item.get(size, 0)) if size == "Memory" else item.get(size, 0))
        for item in containers
    )
    largest = max((int(item.get(size, 0)) for item in containers), default=0)
    if whole.isdigit() and max(reserved, largest) > int(whole):
        raise _refused(f"Invalid '{size.lower()}' setting: containers need more than the task has.")


def _check_fargate(containers: Any, properties: Mapping[str, Any]) -> None:
    if properties.get("NetworkMode") != "awsvpc":
        raise _refused("Fargate only supports network mode 'awsvpc'.")
    if any(truth(container.get("Privileged", False)) for container in containers):
        raise _refused("Fargate does not support privileged containers.")
    drivers = {(container.get("LogConfiguration") or {}).get("LogDriver") for container in containers}
    if "awslogs" in drivers and not properties.get("ExecutionRoleArn"):
        raise _refused("Fargate requires task definition to have execution role ARN to support log driver awslogs.")
    storage = (properties.get("EphemeralStorage") or {}).get("SizeInGiB")
    if storage is not None and int(storage) not in _EPHEMERAL_GIB:
        raise _refused("EphemeralStorage sizeInGiB must be between 21 and 200.")


def _service(resource: Resource, account: Account) -> None:
    """Also refuses roles that tasks could not assume, as a deployment of them would never come to rest."""
    properties = resource.properties
    try:
        found = account.client("ecs").describe_task_definition(taskDefinition=properties["TaskDefinition"])
    except (ClientError, KeyError):
        return
    task = found["taskDefinition"]
    launch_type = properties.get("LaunchType")
    if (
        launch_type == _FARGATE
        and task.get("requiresCompatibilities")
        and _FARGATE not in task["requiresCompatibilities"]
    ):
        raise _invalid("Task definition does not support launch_type FARGATE.")
    if int(properties.get("HealthCheckGracePeriodSeconds", 0)) and not properties.get("LoadBalancers"):
        raise _invalid("Health check grace period is only valid for services configured to use load balancers")
    for role in filter(None, (task.get("taskRoleArn"), task.get("executionRoleArn"))):
        _check_role(role, account)
    network = (properties.get("NetworkConfiguration") or {}).get("AwsvpcConfiguration") or {}
    if launch_type == "EC2" and network.get("AssignPublicIp") == "ENABLED":
        raise _invalid("Assign public IP is not supported for this launch type.")
    _check_groups(network, account)
    if task.get("networkMode") == "awsvpc":
        _check_targets(properties, account)
    _check_namespaces(properties, account)


def _check_role(arn: str, account: Account) -> None:
    if f"::{account.id}:" not in arn:
        return
    try:
        role = account.client("iam").get_role(RoleName=arn.rpartition("/")[2])["Role"]
    except ClientError:
        role = None
    if role is None or not policies.trusts(role, _TASKS):
        raise _invalid(
            f"ECS was unable to assume the role '{arn}' that was provided for this task. Please verify that the role "
            "being passed has the proper trust relationship and permissions"
        )


def _check_groups(network: Mapping[str, Any], account: Account) -> None:
    groups, subnets = network.get("SecurityGroups") or [], network.get("Subnets") or []
    if len(groups) > _MAX_GROUPS:
        raise _invalid(f"securityGroups can have at most {_MAX_GROUPS} items.")
    if not groups or not subnets:
        return
    ec2 = account.client("ec2")
    placed = {subnet["VpcId"] for subnet in ec2.describe_subnets(SubnetIds=subnets)["Subnets"]}
    for group in ec2.describe_security_groups(GroupIds=groups)["SecurityGroups"]:
        if placed != {group["VpcId"]}:
            raise _invalid(f"The security group {group['GroupId']} and the subnets belong to different networks")


def _check_targets(properties: Mapping[str, Any], account: Account) -> None:
    elb = account.client("elbv2")
    for balancer in properties.get("LoadBalancers") or ():
        if arn := balancer.get("TargetGroupArn"):
            group = elb.describe_target_groups(TargetGroupArns=[arn])["TargetGroups"][0]
            if group.get("TargetType") != "ip":
                raise _invalid(
                    f"The provided target group {arn} has target type {group.get('TargetType')}, which is incompatible "
                    "with the awsvpc network mode specified in the task definition."
                )


def _check_namespaces(properties: Mapping[str, Any], account: Account) -> None:
    discovery = account.client("servicediscovery")
    connect = properties.get("ServiceConnectConfiguration") or {}
    if truth(connect.get("Enabled", False)) and (wanted := connect.get("Namespace")):
        found = discovery.get_paginator("list_namespaces").paginate().search("Namespaces[].[Id, Arn, Name]")
        if wanted not in {name for names in found for name in names}:
            raise RefusedError(f"Namespace {wanted} does not exist.", code="NamespaceNotFoundException")
    registries = [item["RegistryArn"] for item in properties.get("ServiceRegistries") or ()]
    if registries:
        known = set(discovery.get_paginator("list_services").paginate().search("Services[].Arn"))
        for arn in registries:
            if arn not in known:
                raise _invalid(f"Service registry {arn} does not exist.")


def _repository(resource: Resource, _account: Account) -> None:
    policy = (resource.properties.get("LifecyclePolicy") or {}).get("LifecyclePolicyText")
    if policy is None:
        return
    try:
        rules = json.loads(policy)["rules"]
    except (ValueError, KeyError, TypeError):
        raise _unfit("the policy is no JSON with rules") from None
    priorities = [rule.get("rulePriority") for rule in rules]
    if len(set(priorities)) < len(priorities):
        raise _unfit("each rule must have a priority of its own")
    for rule in rules:
        selection = rule.get("selection", {})
        if selection.get("tagStatus") == "tagged" and not {"tagPrefixList", "tagPatternList"} & selection.keys():
            raise _unfit("tagged images need a tagPrefixList or a tagPatternList")
        if selection.get("tagStatus") == "any" and rule.get("rulePriority") != max(priorities):
            raise _unfit("a rule about any image must come last")


def _unfit(reason: str) -> RefusedError:
    return RefusedError(
        f"Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: 'Lifecycle policy validation "
        f"failure: {reason}'",
        code="InvalidParameterException",
    )


def _refused(message: str) -> RefusedError:
    return RefusedError(message, code="ClientException")


def _invalid(message: str) -> RefusedError:
    return RefusedError(message, code="InvalidParameterException")


DEMANDS = {
    "AWS::ECR::Repository": _repository,
    "AWS::ECS::Service": _service,
    "AWS::ECS::TaskDefinition": _task_definition,
}
