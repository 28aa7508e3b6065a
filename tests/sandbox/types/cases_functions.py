"""Rich settings of what stands around Lambda functions: versions, aliases, event sources and schedules."""

from __future__ import annotations

import json
from datetime import UTC
from typing import Any

from tests.sandbox.types.cases_identity import FUNCTION, ROLE
from tests.sandbox.types.cases_network import NEW_TAGS, TAGS
from tests.sandbox.types.cases_storage import KEY, QUEUE, asked
from tests.sandbox.types.readback import Aws, Case, Properties

TABLE = {
    "Table": {
        "Type": "AWS::DynamoDB::Table",
        "Properties": {
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            "BillingMode": "PAY_PER_REQUEST",
            "StreamSpecification": {"StreamViewType": "NEW_IMAGE"},
        },
    }
}
VERSION = {"Version": {"Type": "AWS::Lambda::Version", "Properties": {"FunctionName": {"Ref": "Function"}}}}


def version(aws: Aws, physical_id: str, _: Properties) -> Properties | None:
    return asked(aws("lambda").get_function_configuration, FunctionName=physical_id)


def alias(aws: Aws, physical_id: str, _: Properties) -> Properties | None:
    function, _sep, name = physical_id.rpartition(":")
    client = aws("lambda")
    found = asked(client.get_alias, FunctionName=function, Name=name)
    if found is None:
        return None
    warm = asked(client.get_provisioned_concurrency_config, FunctionName=function, Qualifier=name) or {}
    weights = found.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})
    return {
        **found,
        "FunctionName": function.rpartition(":")[2],
        "ProvisionedConcurrencyConfig": {
            "ProvisionedConcurrentExecutions": warm.get("RequestedProvisionedConcurrentExecutions")
        },
        "RoutingConfig": {
            "AdditionalVersionWeights": [
                {"FunctionVersion": other, "FunctionWeight": weight} for other, weight in weights.items()
            ]
        },
    }


def mapping(aws: Aws, physical_id: str, _: Properties) -> Properties | None:
    client = aws("lambda")
    found = asked(client.get_event_source_mapping, UUID=physical_id)
    if found is None or found["State"] == "Deleting":
        return None
    tags = asked(client.list_tags, Resource=found.get("EventSourceMappingArn", "")) or {}
    return {
        **found,
        "FunctionName": found["FunctionArn"].rpartition(":")[2],
        "Enabled": found["State"] == "Enabled",
        "Tags": [{"Key": key, "Value": value} for key, value in tags.get("Tags", {}).items()],
    }


def schedule(aws: Aws, physical_id: str, _: Properties) -> Properties | None:
    found = asked(aws("scheduler").get_schedule, Name=physical_id)
    dates = {key: value.astimezone(UTC) for key, value in (found or {}).items() if key in ("StartDate", "EndDate")}
    return found and {**found, **{key: f"{value:%Y-%m-%dT%H:%M:%SZ}" for key, value in dates.items()}}


DEFINITION = {
    "StartAt": "Wait",
    "States": {"Wait": {"Type": "Wait", "Seconds": 5, "Next": "End"}, "End": {"Type": "Succeed"}},
}


def role_of(title: str, service: str) -> dict[str, Any]:
    """A role that a service takes on."""
    statement = {"Effect": "Allow", "Principal": {"Service": f"{service}.amazonaws.com"}, "Action": "sts:AssumeRole"}
    trust = {"Version": "2012-10-17", "Statement": [statement]}
    return {title: {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": trust}}}


SCHEDULE_ROLE = role_of("ScheduleRole", "scheduler")
WORKFLOW_ROLE = role_of("WorkflowRole", "states")
WORKFLOW_LOGS = {"WorkflowLogs": {"Type": "AWS::Logs::LogGroup"}}


def workflow(aws: Aws, physical_id: str, given: Properties) -> Properties | None:
    client = aws("stepfunctions")
    try:
        found = client.describe_state_machine(stateMachineArn=physical_id)
    except client.exceptions.StateMachineDoesNotExist:
        return None
    tags = client.list_tags_for_resource(resourceArn=physical_id)
    if "DefinitionString" in given:
        written = {
            "DefinitionString": found["definition"].replace("5", "${Seconds}"),
            "DefinitionSubstitutions": {"Seconds": found["definition"].partition('"Seconds": ')[2][0]},
        }
    else:
        written = {"Definition": found["definition"]}
    return {
        **found,
        **written,
        "StateMachineName": found["name"],
        "StateMachineType": found["type"],
        "Tags": [{"Key": tag["key"], "Value": tag["value"]} for tag in tags["tags"]],
    }


CASES = (
    Case(
        type="AWS::StepFunctions::StateMachine",
        beside={**WORKFLOW_ROLE, **WORKFLOW_LOGS, **KEY},
        properties={
            "StateMachineName": "it",
            "StateMachineType": "STANDARD",
            "RoleArn": {"Fn::GetAtt": ["WorkflowRole", "Arn"]},
            "Definition": DEFINITION,
            "EncryptionConfiguration": {
                "Type": "CUSTOMER_MANAGED_KMS_KEY",
                "KmsKeyId": {"Fn::GetAtt": ["Key", "Arn"]},
                "KmsDataKeyReusePeriodSeconds": 900,
            },
            "LoggingConfiguration": {
                "Level": "ERROR",
                "IncludeExecutionData": True,
                "Destinations": [{"CloudWatchLogsLogGroup": {"LogGroupArn": {"Fn::GetAtt": ["WorkflowLogs", "Arn"]}}}],
            },
            "TracingConfiguration": {"Enabled": True},
            "Tags": TAGS,
        },
        changed={
            "Definition": {**DEFINITION, "Comment": "changed"},
            "Tags": NEW_TAGS,
        },
        read=workflow,
    ),
    Case(
        type="AWS::StepFunctions::StateMachine",
        note="text",
        beside={**WORKFLOW_ROLE, **WORKFLOW_LOGS},
        properties={
            "RoleArn": {"Fn::GetAtt": ["WorkflowRole", "Arn"]},
            "DefinitionString": json.dumps(DEFINITION).replace("5", "${Seconds}"),
            "DefinitionSubstitutions": {"Seconds": "5"},
            "LoggingConfiguration": {
                "Level": "ALL",
                "Destinations": [{"CloudWatchLogsLogGroup": {"LogGroupArn": {"Fn::GetAtt": ["WorkflowLogs", "Arn"]}}}],
            },
        },
        changed={"LoggingConfiguration": None},
        read=workflow,
    ),
    Case(
        type="AWS::Lambda::Version",
        beside={**ROLE, **FUNCTION},
        properties={
            "FunctionName": {"Ref": "Function"},
            "Description": "first",
        },
        read=version,
    ),
    Case(
        type="AWS::Lambda::Alias",
        beside={**ROLE, **FUNCTION, **VERSION},
        properties={
            "Name": "live",
            "FunctionName": {"Ref": "Function"},
            "FunctionVersion": {"Fn::GetAtt": ["Version", "Version"]},
            "Description": "what callers use",
            "ProvisionedConcurrencyConfig": {"ProvisionedConcurrentExecutions": 2},
        },
        changed={"Description": "what everybody uses", "ProvisionedConcurrencyConfig": None},
        read=alias,
    ),
    Case(
        type="AWS::Lambda::EventSourceMapping",
        note="queue",
        beside={**ROLE, **FUNCTION, **QUEUE, **KEY},
        properties={
            "EventSourceArn": {"Fn::GetAtt": ["Queue", "Arn"]},
            "FunctionName": {"Ref": "Function"},
            "Enabled": False,
            "BatchSize": 5,
            "MaximumBatchingWindowInSeconds": 3,
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
            "ScalingConfig": {"MaximumConcurrency": 2},
            "FilterCriteria": {"Filters": [{"Pattern": '{"body": {"kind": ["order"]}}'}]},
            "KmsKeyArn": {"Fn::GetAtt": ["Key", "Arn"]},
            "MetricsConfig": {"Metrics": ["EventCount"]},
            "Tags": TAGS,
        },
        changed={"BatchSize": 10, "Enabled": True, "Tags": NEW_TAGS},
        read=mapping,
    ),
    Case(
        type="AWS::Lambda::EventSourceMapping",
        note="stream",
        beside={**ROLE, **FUNCTION, **TABLE, **QUEUE},
        properties={
            "EventSourceArn": {"Fn::GetAtt": ["Table", "StreamArn"]},
            "FunctionName": {"Ref": "Function"},
            "StartingPosition": "LATEST",
            "BisectBatchOnFunctionError": True,
            "MaximumRetryAttempts": 3,
            "MaximumRecordAgeInSeconds": 3600,
            "ParallelizationFactor": 2,
            "TumblingWindowInSeconds": 30,
            "DestinationConfig": {"OnFailure": {"Destination": {"Fn::GetAtt": ["Queue", "Arn"]}}},
        },
        changed={"MaximumRetryAttempts": 0},
        read=mapping,
    ),
    Case(
        type="AWS::Scheduler::Schedule",
        beside={**ROLE, **SCHEDULE_ROLE, **FUNCTION, **QUEUE, **KEY},
        properties={
            "Name": "it",
            "GroupName": "default",
            "Description": "every morning",
            "ScheduleExpression": "cron(0 8 * * ? *)",
            "ScheduleExpressionTimezone": "America/New_York",
            "FlexibleTimeWindow": {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 5},
            "StartDate": "2030-01-01T00:00:00Z",
            "EndDate": "2031-01-01T00:00:00Z",
            "KmsKeyArn": {"Fn::GetAtt": ["Key", "Arn"]},
            "State": "DISABLED",
            "Target": {
                "Arn": {"Fn::GetAtt": ["Function", "Arn"]},
                "RoleArn": {"Fn::GetAtt": ["ScheduleRole", "Arn"]},
                "Input": '{"morning": true}',
                "RetryPolicy": {"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 3600},
                "DeadLetterConfig": {"Arn": {"Fn::GetAtt": ["Queue", "Arn"]}},
            },
        },
        changed={
            "ScheduleExpressionTimezone": "Europe/Berlin",
            "State": "ENABLED",
            "Description": None,
            "StartDate": None,
            "EndDate": None,
        },
        read=schedule,
    ),
)
