"""The workflow around a job: it runs the task, waits for its end, tries again, and stops what takes too long.

ECS itself does none of it: RunTask has no time limit, and nobody looks at the exit code of what it started.
"""

from __future__ import annotations

import json
from typing import Any

from awacs import ecs, events, iam, kms, logs, states, xray
from awacs.aws import ArnEquals, Statement, StringEquals
from troposphere import If, Join, Sub
from troposphere.ec2 import SecurityGroup
from troposphere.iam import Role
from troposphere.stepfunctions import (
    CloudWatchLogsLogGroup,
    EncryptionConfiguration,
    LogDestination,
    LoggingConfiguration,
    StateMachine,
    TracingConfiguration,
)

from factory.authoring import Stack
from factory.authoring.policy import allow, only_for
from products.parts.encryption import log_delivery_context
from products.parts.environment_rules import only_outside_prod
from products.parts.job_questions import JobQuestions
from products.parts.logs import log_group
from products.parts.names import of_this_stack
from products.parts.roles import service_role
from products.parts.tasks import CONTAINER, Container

JOB = "${Project}-${Environment}-job-${Instance}-${ServiceName}"
"""The name of a job's workflow and tasks, a `Fn::Sub` text. The longest is as long as Step Functions admits."""
SCHEDULED_TIME = '{"scheduledTime": "<aws.scheduler.scheduled-time>"}'
"""What the schedule tells a run: the time for which it is."""

_ARN = f"arn:${{AWS::Partition}}:states:${{AWS::Region}}:${{AWS::AccountId}}:stateMachine:{JOB}"
_IN_CLUSTER = "arn:${AWS::Partition}:ecs:${AWS::Region}:${AWS::AccountId}:%s/${Cluster}"
# A run is known by the group of its task.
_RUN = "$states.context.Execution.Name"
_SDK = "arn:${AWS::Partition}:states:::aws-sdk:"
_SOME_TRIES = [{"ErrorEquals": ["States.TaskFailed"], "IntervalSeconds": 5, "BackoffRate": 2, "MaxAttempts": 3}]
# Answers of the form that the definition needs as they are, not as texts.
_NUMBERS = ("Retries", "TimeoutSeconds", "ShellAccess")


def job_runs(stack: Stack, questions: JobQuestions, made: Container, group: SecurityGroup) -> StateMachine:
    """The workflow, an execution of which is a run of the job."""
    only_outside_prod(
        stack, "NoSpotInProd", JobQuestions.on_spot, ["auto", "false"], "Jobs of prod and dr do not run on Spot."
    )
    on_spot = stack.condition("RunsOnSpot", JobQuestions.on_spot.equals("true"))
    history = log_group(
        stack,
        "RunLogs",
        key=questions.key_arn,
        retention=questions.log_retention,
        # All groups of this prefix share one line of the resource policy that lets logs in, which is short (Step
        # Functions Developer Guide, "Using CloudWatch Logs to log execution history").
        name=Sub("/aws/vendedlogs/states/${AWS::StackName}-${Unique}", Unique=of_this_stack()),
    )
    definition = json.dumps(_definition())
    for name in _NUMBERS:
        definition = definition.replace(f'"${{{name}}}"', f"${{{name}}}")
    return stack.add(
        StateMachine(
            "Runs",
            StateMachineName=Sub(JOB),
            StateMachineType="STANDARD",
            RoleArn=_role(stack, questions, made).get_att("Arn"),
            DefinitionString=Sub(
                definition,
                Capacity=If(on_spot, "FARGATE_SPOT", "FARGATE"),
                Cluster=questions.cluster_name,
                Family=Sub(JOB),
                Group=group.get_att("GroupId"),
                ServiceGroup=questions.service_group,
                ShellAccess=questions.shell_access,
                Subnets=Join('", "', questions.private_subnets),
                Task=made.task.ref(),
            ),
            EncryptionConfiguration=EncryptionConfiguration(
                Type="CUSTOMER_MANAGED_KMS_KEY", KmsKeyId=questions.key_arn, KmsDataKeyReusePeriodSeconds=900
            ),
            LoggingConfiguration=LoggingConfiguration(
                Level="ERROR",
                IncludeExecutionData=True,
                Destinations=[
                    LogDestination(CloudWatchLogsLogGroup=CloudWatchLogsLogGroup(LogGroupArn=history.get_att("Arn")))
                ],
            ),
            TracingConfiguration=TracingConfiguration(Enabled=True),
        )
    )


def _definition() -> dict[str, Any]:
    """The workflow in Amazon States Language.

    Step Functions promises to stop a task whose execution is stopped, and nothing about one that times out (Step
    Functions Developer Guide, "Run a Job (.sync)"): that is done here, by the group of the task.
    """
    return {
        "Comment": "A run of a job",
        "QueryLanguage": "JSONata",
        "StartAt": "Look for other runs",
        "States": {
            "Look for other runs": {
                "Type": "Task",
                "Resource": f"{_SDK}sfn:listExecutions",
                "Arguments": {
                    "StateMachineArn": "{% $states.context.StateMachine.Id %}",
                    "StatusFilter": "RUNNING",
                    "MaxResults": 2,
                },
                "Output": {"runs": "{% $count($states.result.Executions) %}"},
                "Retry": _SOME_TRIES,
                "Next": "Is another under way?",
            },
            "Is another under way?": {
                "Type": "Choice",
                "Choices": [{"Condition": "{% '${Overlap}' = 'skip' and $states.input.runs > 1 %}", "Next": "Skipped"}],
                "Default": "Run",
            },
            "Skipped": {"Type": "Succeed"},
            "Run": _run(),
            "Find the task": {
                "Type": "Task",
                "Resource": f"{_SDK}ecs:listTasks",
                "Arguments": {"Cluster": "${Cluster}", "Family": "${Family}", "DesiredStatus": "RUNNING"},
                "Output": {"tasks": "{% [$states.result.TaskArns] %}"},
                "Retry": _SOME_TRIES,
                "Next": "Does any run?",
            },
            "Does any run?": {
                "Type": "Choice",
                "Choices": [
                    {"Condition": "{% $count($states.input.tasks) > 0 %}", "Next": "Tell the task from others"}
                ],
                "Default": "Took too long",
            },
            "Tell the task from others": {
                "Type": "Task",
                "Resource": f"{_SDK}ecs:describeTasks",
                "Arguments": {"Cluster": "${Cluster}", "Tasks": "{% $states.input.tasks %}"},
                "Output": {"tasks": f"{{% [$states.result.Tasks[Group = {_RUN}].TaskArn] %}}"},
                "Retry": _SOME_TRIES,
                "Next": "Stop",
            },
            "Stop": {
                "Type": "Map",
                "Items": "{% $states.input.tasks %}",
                "ItemProcessor": {
                    "StartAt": "Stop the task",
                    "States": {
                        "Stop the task": {
                            "Type": "Task",
                            "Resource": f"{_SDK}ecs:stopTask",
                            "Arguments": {
                                "Cluster": "${Cluster}",
                                "Task": "{% $states.input %}",
                                "Reason": "It took longer than its timeout",
                            },
                            "Retry": _SOME_TRIES,
                            "End": True,
                        }
                    },
                },
                "Next": "Took too long",
            },
            "Took too long": {
                "Type": "Fail",
                "Error": "Timeout",
                "Cause": "The job took longer than ${TimeoutSeconds} seconds.",
            },
        },
    }


def _run() -> dict[str, Any]:
    """The task itself. What fails is tried again; what times out is not."""
    given = "$states.context.Execution.Input.scheduledTime"
    time = f"{{% $exists({given}) ? {given} : $states.context.Execution.StartTime %}}"
    variables = [
        {"Name": "SCHEDULED_TIME", "Value": time},
        {"Name": "ATTEMPT", "Value": "{% $string($states.context.State.RetryCount) %}"},
    ]
    return {
        "Type": "Task",
        "Resource": "arn:${AWS::Partition}:states:::ecs:runTask.sync",
        "TimeoutSeconds": "${TimeoutSeconds}",
        "Arguments": {
            "Cluster": "${Cluster}",
            "TaskDefinition": "${Task}",
            "Group": f"{{% {_RUN} %}}",
            "CapacityProviderStrategy": [{"CapacityProvider": "${Capacity}", "Weight": 1}],
            "PlatformVersion": "LATEST",
            "NetworkConfiguration": {
                "AwsvpcConfiguration": {
                    "Subnets": ["${Subnets}"],
                    "SecurityGroups": ["${Group}", "${ServiceGroup}"],
                    "AssignPublicIp": "DISABLED",
                }
            },
            "PropagateTags": "TASK_DEFINITION",
            "EnableExecuteCommand": "${ShellAccess}",
            "Overrides": {"ContainerOverrides": [{"Name": CONTAINER, "Environment": variables}]},
        },
        "Retry": [
            {
                "ErrorEquals": ["States.TaskFailed"],
                "IntervalSeconds": 30,
                "BackoffRate": 2,
                "MaxDelaySeconds": 900,
                "JitterStrategy": "FULL",
                "MaxAttempts": "${Retries}",
            }
        ],
        "Catch": [{"ErrorEquals": ["States.Timeout"], "Next": "Find the task"}],
        "End": True,
    }


def _role(stack: Stack, questions: JobQuestions, made: Container) -> Role:
    statements = [
        *_tasks(questions, made),
        allow("LookForOtherRuns", [states.ListExecutions], Sub(_ARN)),
        # By this rule of its own, Step Functions hears of the task's end.
        allow(
            "HearOfTheEnd",
            [events.DescribeRule, events.PutRule, events.PutTargets],
            Sub(
                "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/StepFunctionsGetEventsForECSTaskRule"
            ),
        ),
        *_history(questions),
    ]
    return service_role(stack, "RunsRole", "states", statements, trust_conditions=[only_for(_ARN)])


def _tasks(questions: JobQuestions, made: Container) -> list[Statement]:
    """What it does with tasks: it runs and stops its own alone, which carry its name."""
    cluster = Sub(_IN_CLUSTER % "cluster", Cluster=questions.cluster_name)
    tasks = Sub(f"{_IN_CLUSTER % 'task'}/*", Cluster=questions.cluster_name)
    family = Sub(f"arn:${{AWS::Partition}}:ecs:${{AWS::Region}}:${{AWS::AccountId}}:task-definition/{JOB}:*")
    in_cluster = ArnEquals({"ecs:cluster": cluster})
    own = StringEquals({"aws:ResourceTag/Name": Sub(JOB)})
    roles = [made.roles.starting.get_att("Arn"), made.roles.working.get_att("Arn")]
    to_tasks = StringEquals({"iam:PassedToService": "ecs-tasks.amazonaws.com"})
    return [
        allow("RunTask", [ecs.RunTask], family, when=[in_cluster]),
        allow("TagTask", [ecs.TagResource], tasks, when=[StringEquals({"ecs:CreateAction": "RunTask"})]),
        # A task that has stopped has no tags any more.
        allow("WatchTask", [ecs.DescribeTasks], tasks),
        allow("StopTask", [ecs.StopTask], tasks, when=[own]),
        # Listing has no resource level but the instances of a cluster.
        allow("FindTask", [ecs.ListTasks], "*", when=[in_cluster]),
        allow("PassRoles", [iam.PassRole], roles, when=[to_tasks]),
    ]


def _history(questions: JobQuestions) -> list[Statement]:
    """What is kept of a run: its history under the environment's key, its log, its trace.

    Step Functions Developer Guide, "Data at rest encryption" and "Using CloudWatch Logs to log execution history".
    """
    deliveries = [
        logs.CreateLogDelivery,
        logs.DeleteLogDelivery,
        logs.DescribeLogGroups,
        logs.DescribeResourcePolicies,
        logs.GetLogDelivery,
        logs.ListLogDeliveries,
        logs.PutResourcePolicy,
        logs.UpdateLogDelivery,
    ]
    traces = [xray.GetSamplingRules, xray.GetSamplingTargets, xray.PutTelemetryRecords, xray.PutTraceSegments]
    own = StringEquals({"kms:EncryptionContext:aws:states:stateMachineArn": Sub(_ARN)})
    delivered = StringEquals({"kms:EncryptionContext:SourceArn": log_delivery_context()})
    return [
        allow("EncryptHistory", [kms.Decrypt, kms.GenerateDataKey], questions.key_arn, when=[own]),
        allow("EncryptLogs", [kms.GenerateDataKey], questions.key_arn, when=[delivered]),
        # Neither deliveries nor traces have permissions on single resources.
        allow("DeliverLogs", deliveries, "*"),
        allow("SendTraces", traces, "*"),
    ]
