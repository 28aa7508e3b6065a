"""The two roles of a task: the one that starts it, and the one that it works with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from awacs import ecr, kms, logs, s3, secretsmanager, ssmmessages, xray
from awacs.aws import StringEquals
from troposphere import Equals, If, Join, Not, NoValue, Select, Split, Sub
from troposphere.iam import Role
from troposphere.logs import LogGroup

from factory.authoring import Stack
from factory.authoring.parameters import Parameter
from factory.authoring.policy import allow, only_for
from products.parts.container_questions import SECRETS, ContainerQuestions
from products.parts.logs import write_to
from products.parts.roles import grant, service_role

SHELLS = "ShellsAreOpen"
"""Condition that people may open a shell in a container."""
TRACES = "Traces"
"""Condition that the collector runs beside the container."""
HAS_ENVIRONMENT_FILE = "HasEnvironmentFile"

# What stands between account and region in the address of a private registry.
_PRIVATE = ".dkr.ecr."
_TASKS = "arn:${AWS::Partition}:ecs:${AWS::Region}:${AWS::AccountId}:*"
# The parts of a secret's ARN; what may follow them names a key or a version of it.
_SECRET_ARN_PARTS = 7


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
        HAS_ENVIRONMENT_FILE: Not(ContainerQuestions.environment_file.equals("")),
        "HasTaskPolicy": Not(ContainerQuestions.task_policy_arn.equals("")),
    }.items():
        stack.condition(name, expression)
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
    working.ManagedPolicyArns = If("HasTaskPolicy", [questions.task_policy_arn], NoValue)
    _pull_image(stack, starting, ContainerQuestions.image)
    _pull_image(stack, starting, ContainerQuestions.collector_image)
    _read_secrets(stack, questions, starting)
    _read_environment_file(questions, starting)
    _open_shells(questions, working)
    _send_traces(working)
    return TaskRoles(starting=starting, working=working)


def secret_slots(questions: ContainerQuestions) -> list[tuple[str, Any]]:
    """For each secret of the form, the condition that it is given and its value."""
    return [(f"HasSecret{number}", getattr(questions, f"secret_{number}")) for number in range(1, SECRETS + 1)]


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


def _read_secrets(stack: Stack, questions: ContainerQuestions, role: Role) -> None:
    for number, (condition, value) in enumerate(secret_slots(questions), start=1):
        stack.condition(condition, Not(Equals(value, "")))
        parts = Split(":", Select(1, Split("=", value)))
        arn = Join(":", [Select(index, parts) for index in range(_SECRET_ARN_PARTS)])
        statements = [
            allow("ReadSecret", [secretsmanager.GetSecretValue], arn),
            _decrypt(questions, "DecryptSecret", "secretsmanager"),
        ]
        grant(role, f"ReadSecret{number}", statements, condition=condition)


def _read_environment_file(questions: ContainerQuestions, role: Role) -> None:
    bucket = Select(0, Split("/", questions.environment_file))
    statements = [
        allow("ReadEnvironmentFile", [s3.GetObject], questions.environment_file),
        allow("FindItsBucket", [s3.GetBucketLocation], bucket),
        _decrypt(questions, "DecryptEnvironmentFile", "s3"),
    ]
    grant(role, "ReadEnvironmentFile", statements, condition=HAS_ENVIRONMENT_FILE)


def _decrypt(questions: ContainerQuestions, sid: str, service: str) -> Any:
    through = Sub(f"{service}.${{AWS::Region}}.${{AWS::URLSuffix}}")
    return allow(sid, [kms.Decrypt], questions.key_arn, when=[StringEquals({"kms:ViaService": through})])


def _open_shells(questions: ContainerQuestions, role: Role) -> None:
    """ECS Developer Guide, "ECS Exec permissions"."""
    channels = [
        ssmmessages.CreateControlChannel,
        ssmmessages.CreateDataChannel,
        ssmmessages.OpenControlChannel,
        ssmmessages.OpenDataChannel,
    ]
    group = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${ExecLogGroup}:*"
    statements = [
        # Neither of these two has permissions on single resources.
        allow("OpenChannels", channels, "*"),
        allow("FindRecord", [logs.DescribeLogGroups], "*"),
        allow("WriteRecord", [logs.CreateLogStream, logs.DescribeLogStreams, logs.PutLogEvents], Sub(group)),
        allow("EncryptChannels", [kms.Decrypt], questions.key_arn),
    ]
    grant(role, "OpenShells", statements, condition=SHELLS)


def _send_traces(role: Role) -> None:
    actions = [xray.PutTraceSegments, xray.PutTelemetryRecords, xray.GetSamplingRules, xray.GetSamplingTargets]
    # X-Ray has no permissions on single resources for these.
    grant(role, "SendTraces", [allow("SendTraces", actions, "*")], condition=TRACES)
