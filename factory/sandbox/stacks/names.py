"""Tells whether a resource's name is taken already, where the emulator would adopt or overwrite its owner.

One line a resource type: the property that names it, and the call that finds what has that name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from factory.sandbox.stacks.account import Account

Properties = Mapping[str, Any]
Find = Callable[[Any, Properties], Any]


@dataclass(frozen=True, slots=True)
class _Named:
    """`find` gives something true, or no error, for a name that is taken."""

    name: str
    service: str
    find: Find


def _exists(operation: str, argument: str, name: str, *, listed: bool = False) -> Find:
    def find(client: Any, properties: Properties) -> Any:
        wanted = properties[name]
        answer = getattr(client, operation)(**{argument: [wanted] if listed else wanted})
        return any(value for key, value in answer.items() if key != "ResponseMetadata")

    return find


def _log_group(client: Any, properties: Properties) -> Any:
    name = properties["LogGroupName"]
    return [
        group
        for group in client.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
        if group["logGroupName"] == name
    ]


def _policy(client: Any, properties: Properties) -> Any:
    listed = client.get_paginator("list_policies").paginate(Scope="Local").search("Policies[].PolicyName")
    return properties["ManagedPolicyName"] in set(listed)


def _web_acl(client: Any, properties: Properties) -> Any:
    listed = client.list_web_acls(Scope=properties["Scope"])["WebACLs"]
    return [acl for acl in listed if acl["Name"] == properties["Name"]]


def _security_group(client: Any, properties: Properties) -> Any:
    filters = [{"Name": "group-name", "Values": [properties["GroupName"]]}]
    if "VpcId" in properties:
        filters.append({"Name": "vpc-id", "Values": [properties["VpcId"]]})
    return client.describe_security_groups(Filters=filters)["SecurityGroups"]


def _topic(client: Any, properties: Properties) -> Any:
    listed = client.get_paginator("list_topics").paginate().search("Topics[].TopicArn")
    return [arn for arn in listed if arn.rpartition(":")[2] == properties["TopicName"]]


def _state_machine(client: Any, properties: Properties) -> Any:
    listed = client.get_paginator("list_state_machines").paginate().search("stateMachines[].name")
    return properties["StateMachineName"] in set(listed)


def _schedule(client: Any, properties: Properties) -> Any:
    group = {"GroupName": properties["GroupName"]} if "GroupName" in properties else {}
    return client.get_schedule(Name=properties["Name"], **group)


def _rule(client: Any, properties: Properties) -> Any:
    bus = {"EventBusName": properties["EventBusName"]} if "EventBusName" in properties else {}
    return client.describe_rule(Name=properties["Name"], **bus)


def _cluster(client: Any, properties: Properties) -> Any:
    found = client.describe_clusters(clusters=[properties["ClusterName"]])["clusters"]
    return [cluster for cluster in found if cluster["status"] != "INACTIVE"]


def _alarm(client: Any, properties: Properties) -> Any:
    found = client.describe_alarms(AlarmNames=[properties["AlarmName"]])
    return [*found.get("MetricAlarms", ()), *found.get("CompositeAlarms", ())]


TYPES = {
    "AWS::Backup::BackupVault": _Named(
        "BackupVaultName", "backup", _exists("describe_backup_vault", "BackupVaultName", "BackupVaultName")
    ),
    "AWS::CloudWatch::Alarm": _Named("AlarmName", "cloudwatch", _alarm),
    "AWS::CloudWatch::Dashboard": _Named(
        "DashboardName", "cloudwatch", _exists("get_dashboard", "DashboardName", "DashboardName")
    ),
    "AWS::DynamoDB::Table": _Named("TableName", "dynamodb", _exists("describe_table", "TableName", "TableName")),
    "AWS::EC2::SecurityGroup": _Named("GroupName", "ec2", _security_group),
    "AWS::ECR::Repository": _Named(
        "RepositoryName", "ecr", _exists("describe_repositories", "repositoryNames", "RepositoryName", listed=True)
    ),
    "AWS::ECS::Cluster": _Named("ClusterName", "ecs", _cluster),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": _Named(
        "Name", "elbv2", _exists("describe_load_balancers", "Names", "Name", listed=True)
    ),
    "AWS::ElasticLoadBalancingV2::TargetGroup": _Named(
        "Name", "elbv2", _exists("describe_target_groups", "Names", "Name", listed=True)
    ),
    "AWS::Events::Rule": _Named("Name", "events", _rule),
    "AWS::IAM::ManagedPolicy": _Named("ManagedPolicyName", "iam", _policy),
    "AWS::IAM::Role": _Named("RoleName", "iam", _exists("get_role", "RoleName", "RoleName")),
    "AWS::KMS::Alias": _Named("AliasName", "kms", _exists("describe_key", "KeyId", "AliasName")),
    "AWS::Kinesis::Stream": _Named("Name", "kinesis", _exists("describe_stream_summary", "StreamName", "Name")),
    "AWS::Lambda::Function": _Named("FunctionName", "lambda", _exists("get_function", "FunctionName", "FunctionName")),
    "AWS::Logs::LogGroup": _Named("LogGroupName", "logs", _log_group),
    "AWS::RDS::DBInstance": _Named(
        "DBInstanceIdentifier",
        "rds",
        _exists("describe_db_instances", "DBInstanceIdentifier", "DBInstanceIdentifier"),
    ),
    "AWS::RDS::DBSubnetGroup": _Named(
        "DBSubnetGroupName",
        "rds",
        _exists("describe_db_subnet_groups", "DBSubnetGroupName", "DBSubnetGroupName"),
    ),
    "AWS::S3::BucketPolicy": _Named("Bucket", "s3", _exists("get_bucket_policy", "Bucket", "Bucket")),
    "AWS::SNS::Topic": _Named("TopicName", "sns", _topic),
    "AWS::SQS::Queue": _Named("QueueName", "sqs", _exists("get_queue_url", "QueueName", "QueueName")),
    "AWS::Scheduler::Schedule": _Named("Name", "scheduler", _schedule),
    "AWS::Scheduler::ScheduleGroup": _Named("Name", "scheduler", _exists("get_schedule_group", "Name", "Name")),
    "AWS::SecretsManager::Secret": _Named("Name", "secretsmanager", _exists("describe_secret", "SecretId", "Name")),
    "AWS::StepFunctions::StateMachine": _Named("StateMachineName", "stepfunctions", _state_machine),
    "AWS::WAFv2::WebACL": _Named("Name", "wafv2", _web_acl),
}


def kept(kind: str, new: Properties, old: Properties) -> str | None:
    """Give the name that a resource was given and is to keep, None where it has none of its own."""
    named = TYPES.get(kind)
    if named is None or named.name not in new or old.get(named.name) != new[named.name]:
        return None
    return str(new[named.name])


def taken(kind: str, new: Properties, old: Properties | None, account: Account) -> str | None:
    """Give CloudFormation's message when the name that a resource is to get belongs to another one.

    `old` are the properties that the resource has so far, if it exists: its own name is no obstacle.
    """
    named = TYPES.get(kind)
    if named is None or named.name not in new or (old is not None and old.get(named.name) == new[named.name]):
        return None
    try:
        found = named.find(account.client(named.service), new)
    except ClientError:
        # Every service has an error code of its own for what isn't there.
        return None
    if not found:
        return None
    return f"Resource of type '{kind}' with identifier '{new[named.name]}' already exists."
