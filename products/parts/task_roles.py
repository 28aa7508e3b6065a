"""The two roles of a task: the one that starts it, and the one that it works with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from awacs import ecr, kms, logs, ssmmessages, xray
from troposphere import Equals, If, Not, NoValue, Select, Split, Sub
from troposphere.iam import Role
from troposphere.logs import LogGroup

from factory.authoring import Stack
from factory.authoring.parameters import Parameter
from factory.authoring.policy import allow, only_for
from products.parts import contract
from products.parts.container_questions import ContainerQuestions
from products.parts.kafka import broker_permissions, kafka_conditions
from products.parts.log_router import log_conditions, log_permissions
from products.parts.logs import write_to
from products.parts.roles import grant, service_role
from products.parts.secrets import SECRETS, arn_of, given_secrets, read_secrets, secret_conditions

SHELLS = "ShellsAreOpen"
"""Condition that people may open a shell in a container."""
TRACES = "Traces"
"""Condition that the collector runs beside the container."""

# What stands between account and region in the address of a private registry.
_PRIVATE = ".dkr.ecr."
_TASKS = "arn:${AWS::Partition}:ecs:${AWS::Region}:${AWS::AccountId}:*"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRoles:
    """`starting` pulls the image, reads the secrets and writes the log; `working` is what the application has."""

    starting: Role
    working: Role


def task_roles(stack: Stack, questions: ContainerQuestions, log_group: LogGroup) -> TaskRoles:
    """The roles of a task; each may do only what the launch asked for."""
    for name, expression in {
        SHELLS: ContainerQuestions.shell_access.equals("true"),
        TRACES: ContainerQuestions.tracing.equals("true"),
        "HasPolicy": Not(ContainerQuestions.policy_arn.equals("")),
    }.items():
        stack.condition(name, expression)
    secret_conditions(stack, ContainerQuestions.secrets, SECRETS)
    kafka_conditions(stack, ContainerQuestions.kafka)
    log_conditions(stack, ContainerQuestions.log_destination)
    trust = [only_for(_TASKS)]
    starting = service_role(
        stack,
        "TaskStartRole",
        "ecs-tasks",
        [
            write_to(log_group),
            # The API knows no permission on a single registry for this.
            allow("LogInToRegistry", [ecr.GetAuthorizationToken], "*"),
        ],
        trust_conditions=trust,
    )
    working = service_role(stack, "TaskRole", "ecs-tasks", [], trust_conditions=trust)
    working.ManagedPolicyArns = If("HasPolicy", [questions.policy_arn], NoValue)
    _pull_image(stack, starting, ContainerQuestions.image)
    read_secrets(starting, _secrets(), questions.key_arn)
    _open_shells(stack, questions, working)
    _send_traces(working)
    broker_permissions(working, questions.kafka)
    log_permissions(starting, working, ContainerQuestions.log_destination, questions.key_arn)
    return TaskRoles(starting=starting, working=working)


def _pull_image(stack: Stack, role: Role, image: Parameter) -> None:
    """Let a role pull from the ECR repository that an image comes from, and those whose names begin like its.

    Templates can't take off the tag of a name with any number of slashes: what counts is the name up to the first.
    """
    parts = Split(_PRIVATE, Sub(f"${{{image.name}}}{_PRIVATE}"))
    private = stack.condition(f"{image.name}IsPrivate", Not(Equals(Select(1, parts), "")))
    place = Select(1, parts)
    name = Select(0, Split("@", Select(0, Split(":", Select(1, Split("/", place))))))
    repositories = Sub(
        "arn:${AWS::Partition}:ecr:${Region}:${Account}:repository/${Name}*",
        Region=Select(0, Split(".", place)),
        Account=Select(0, parts),
        Name=name,
    )
    pull = allow(
        "PullImage", [ecr.BatchCheckLayerAvailability, ecr.BatchGetImage, ecr.GetDownloadUrlForLayer], repositories
    )
    grant(role, f"Pull{image.name}", [pull], condition=private)


def _secrets() -> list[tuple[str, Any]]:
    found = []
    for condition, value in given_secrets(ContainerQuestions.secrets, SECRETS):
        found.append((condition, arn_of(Select(1, Split("=", value)))))
    return found


def _open_shells(stack: Stack, questions: ContainerQuestions, role: Role) -> None:
    """ECS Developer Guide, "ECS Exec permissions"."""
    channels = [
        ssmmessages.CreateControlChannel,
        ssmmessages.CreateDataChannel,
        ssmmessages.OpenControlChannel,
        ssmmessages.OpenDataChannel,
    ]
    group = Sub(
        "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${Group}:*",
        Group=stack.find(contract.EXEC_LOG_GROUP),
    )
    statements = [
        # Neither of these two has permissions on single resources.
        allow("OpenChannels", channels, "*"),
        allow("FindRecord", [logs.DescribeLogGroups], "*"),
        allow("WriteRecord", [logs.CreateLogStream, logs.DescribeLogStreams, logs.PutLogEvents], group),
        allow("EncryptChannels", [kms.Decrypt], questions.key_arn),
    ]
    grant(role, "OpenShells", statements, condition=SHELLS)


def _send_traces(role: Role) -> None:
    actions = [xray.PutTraceSegments, xray.PutTelemetryRecords, xray.GetSamplingRules, xray.GetSamplingTargets]
    # X-Ray has no permissions on single resources for these.
    grant(role, "SendTraces", [allow("SendTraces", actions, "*")], condition=TRACES)
