"""What services refuse, one line a behaviour: functions, containers, images and builds."""

from __future__ import annotations

import json
from typing import Any

from tests.sandbox.demands.case import Case, of
from tests.sandbox.demands.standing import WEB, arn, ref


def _function(**more: Any) -> dict[str, Any]:
    return {"Role": arn("Role"), "Runtime": "python3.12", "Handler": "index.handler", **more}


def _variables(**values: str) -> dict[str, Any]:
    return {"Environment": {"Variables": values}}


FUNCTIONS = (
    Case(
        "Function", "a role that does not trust Lambda", _function(Role=arn("Machine")), "cannot be assumed by Lambda"
    ),
    Case("Function", "variables that Lambda sets", _function(**_variables(AWS_REGION="a")), "reserved keys"),
    Case("Function", "more than 4 KB of variables", _function(**_variables(TEXT="a" * 5000)), "4KB limit"),
    Case("Function", "more than 900 seconds", _function(Timeout=901), "less than or equal to 900"),
    Case(
        "Function",
        "all of the account's concurrency",
        _function(ReservedConcurrentExecutions=901),
        "minimum value of [100]",
    ),
    Case(
        "Function",
        "a VPC without the permission",
        _function(VpcConfig={"SubnetIds": [ref("A")]}),
        "CreateNetworkInterface",
    ),
    Case(
        "Function",
        "a dead-letter queue without the permission",
        _function(DeadLetterConfig={"TargetArn": arn("Queue")}),
        "SendMessage on SQS",
    ),
    Case(
        "EventSourceMapping",
        "a source without the permission",
        {"EventSourceArn": arn("Stream"), "FunctionName": ref("Function")},
        "GetRecords on Kinesis",
    ),
    Case(
        "EventSourceMapping",
        "messages that come back before the function ends",
        {"EventSourceArn": arn("Queue"), "FunctionName": ref("Function")},
        "less than Function timeout",
    ),
)


def _task(*containers: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "RequiresCompatibilities": ["FARGATE"],
        "NetworkMode": "awsvpc",
        "Cpu": "256",
        "Memory": "512",
        "ContainerDefinitions": list(containers or [WEB]),
        **more,
    }


_LOGGED = {"LogDriver": "awslogs", "Options": {"awslogs-group": "/it"}}


def _service(task: str = "Task", **more: Any) -> dict[str, Any]:
    network = {"AwsvpcConfiguration": {"Subnets": [ref("A")], "SecurityGroups": [ref("Group")]}}
    return {"Cluster": ref("Cluster"), "TaskDefinition": ref(task), "NetworkConfiguration": network, **more}


def _placed(**more: Any) -> dict[str, Any]:
    return {"NetworkConfiguration": {"AwsvpcConfiguration": {"Subnets": [ref("A")], **more}}}


_MACHINES = [{"ContainerName": "web", "ContainerPort": 80, "TargetGroupArn": ref("Machines")}]

CONTAINERS = (
    *(
        Case("TaskDefinition", what, _task({**WEB, **container}), says)
        for what, container, says in (
            (
                "secrets without an execution role",
                {"Secrets": [{"Name": "A", "ValueFrom": "/a"}]},
                "'executionRoleArn'",
            ),
            ("logs without an execution role", {"LogConfiguration": _LOGGED}, "support log driver awslogs"),
            ("no essential container", {"Essential": False}, "at least one essential container"),
            ("more memory than the task has", {"Memory": 1024}, "'memory' setting"),
            ("more CPU than the task has", {"Cpu": 512}, "'cpu' setting"),
            ("another port on the host", {"PortMappings": [{"ContainerPort": 80, "HostPort": 81}]}, "must match"),
            ("privileges on Fargate", {"Privileged": True}, "privileged"),
            ("volumes that are not there", {"MountPoints": [{"SourceVolume": "a"}]}, "Unknown volume"),
            ("containers to wait for that are not there", {"DependsOn": [{"ContainerName": "a"}]}, "doesn't exist"),
        )
    ),
    Case("TaskDefinition", "other network modes on Fargate", _task(NetworkMode="bridge"), "only supports network mode"),
    Case(
        "TaskDefinition", "less than 21 GiB of storage", _task(EphemeralStorage={"SizeInGiB": 20}), "between 21 and 200"
    ),
    Case(
        "Service", "Fargate for tasks for machines", _service("OnMachines", LaunchType="FARGATE"), "launch_type FARGATE"
    ),
    Case("Service", "roles that tasks can't assume", _service("Unassumable"), "unable to assume the role"),
    Case("Service", "a grace period without a balancer", _service(HealthCheckGracePeriodSeconds=9), "grace period"),
    Case(
        "Service",
        "public addresses on machines",
        _service("OnMachines", LaunchType="EC2", **_placed(AssignPublicIp="ENABLED")),
        "Assign public IP",
    ),
    Case("Service", "more than five groups", _service(**_placed(SecurityGroups=[ref("Group")] * 6)), "at most 5"),
    Case(
        "Service",
        "groups of another VPC",
        _service(**_placed(SecurityGroups=[ref("OtherGroup")])),
        "different networks",
    ),
    Case("Service", "targets that are machines", _service(LoadBalancers=_MACHINES), "incompatible with the awsvpc"),
    Case(
        "Service",
        "a namespace that is not there",
        _service(ServiceConnectConfiguration={"Enabled": True, "Namespace": "gone"}),
        "NamespaceNotFound",
    ),
    Case("Service", "a registry that is not there", _service(ServiceRegistries=[{"RegistryArn": "arn:a"}]), "registry"),
)


def _images(*rules: dict[str, Any]) -> dict[str, Any]:
    numbered = [{"rulePriority": 1, "action": {"type": "expire"}, **rule} for rule in rules]
    return {"LifecyclePolicy": {"LifecyclePolicyText": json.dumps({"rules": numbered})}}


IMAGES = (
    Case("Repository", "tagged images without a pattern", _images({"selection": {"tagStatus": "tagged"}}), "tagged"),
    Case("Repository", "two rules of one priority", _images({}, {}), "a priority of its own"),
    Case(
        "Repository",
        "any image before others",
        _images({"selection": {"tagStatus": "any"}}, {"rulePriority": 2}),
        "must come last",
    ),
)

BUILDS = (
    Case(
        "Project", "a role that does not trust CodeBuild", {"ServiceRole": arn("Machine")}, "not authorized to perform"
    ),
    Case(
        "Project",
        "neither a source nor a specification",
        {"ServiceRole": arn("Machine"), "Source": {"Type": "NO_SOURCE"}},
        "inline build specification",
    ),
)

CASES = (
    *of("Lambda", FUNCTIONS),
    *of("ECS", CONTAINERS),
    *of("ECR", IMAGES),
    *of("CodeBuild", BUILDS),
)
