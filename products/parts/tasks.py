"""Fargate tasks as every product runs them: one container of the team's own, and beside it what was asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from troposphere import Equals, If, Not, NoValue, Ref, Select, Split, Tags
from troposphere.ecs import (
    ContainerDefinition,
    Environment,
    HealthCheck,
    MountPoint,
    PortMapping,
    RuntimePlatform,
    Secret,
    TaskDefinition,
    Ulimit,
    Volume,
)
from troposphere.logs import LogGroup

from factory.authoring import Stack
from products.parts import placeholder
from products.parts.answers import item
from products.parts.confinement import confined
from products.parts.container_questions import VARIABLES, ContainerQuestions
from products.parts.log_router import LOGS_LEAVE, log_router, routed
from products.parts.logs import log_group, log_to
from products.parts.secrets import SECRETS, given_secrets
from products.parts.task_roles import SHELLS, TRACES, TaskRoles, task_roles

CONTAINER = "app"
"""Name of the team's container in every task."""
PLACEHOLDER = "RunsPlaceholder"
"""Condition that the service has no image of its own yet."""

_OPEN_FILES = 65536
# What is written to /tmp counts as memory of the task; the limit itself takes nothing.
_SCRATCH_MIB = 256
_COLLECTOR = "public.ecr.aws/aws-observability/aws-otel-collector:v0.48.0"
_COLLECTOR_SCRATCH_MIB = 16
# The agent of ECS Exec writes there, as root; it can't on a read-only filesystem without them (containers-roadmap
# issue 1359: AWS documents no support for the two together).
_SHELL_DIRECTORIES = {
    "managed-agents": "/managed-agents",
    "ssm-state": "/var/lib/amazon/ssm",
    "ssm-log": "/var/log/amazon/ssm",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """A team's container, ready to run: its log, what it may do, and the task that it runs in."""

    logs: LogGroup
    roles: TaskRoles
    task: TaskDefinition


def container(
    stack: Stack,
    questions: ContainerQuestions,
    *,
    port: PortMapping | None = None,
    variables: Mapping[str, Any] | None = None,
    health_check: Any | None = None,
    stand_in: Sequence[str],
    stop_seconds: Any = 30,
    family: Any | None = None,
) -> Container:
    """The container of a launch, in a task of its own: user 1000, read-only filesystem but for /tmp in memory, no
    capabilities, an init process.

    `variables` are the product's own beside those of the launch form, `stand_in` is what the placeholder runs, and
    `stop_seconds` how long the container may take to finish its work before it is killed, 120 at most. Under a name of
    its `family`, a task definition is followed by revisions of itself, and says by its Name whose task it is.
    """
    logs = log_group(stack, "Logs", key=questions.key_arn, retention=questions.log_retention)
    roles = task_roles(stack, questions, logs)
    stack.condition(PLACEHOLDER, ContainerQuestions.image.equals(placeholder.IMAGE))
    own = ContainerDefinition(
        Name=CONTAINER,
        Image=questions.image,
        Command=If(PLACEHOLDER, list(stand_in), NoValue),
        Essential=True,
        Environment=_environment(stack, questions, variables or {}),
        Secrets=[_secret(condition, value) for condition, value in given_secrets(ContainerQuestions.secrets, SECRETS)],
        MountPoints=If(
            SHELLS,
            [MountPoint(SourceVolume=name, ContainerPath=path) for name, path in _SHELL_DIRECTORIES.items()],
            NoValue,
        ),
        StopTimeout=stop_seconds,
        Ulimits=[Ulimit(Name="nofile", SoftLimit=_OPEN_FILES, HardLimit=_OPEN_FILES)],
        LogConfiguration=routed(ContainerQuestions.log_destination, questions.runtime, log_to(logs, CONTAINER)),
        **confined(_SCRATCH_MIB),
    )
    if port is not None:
        own.PortMappings = [port]
    if health_check is not None:
        own.HealthCheck = health_check
    size = Split("/", questions.size)
    task = TaskDefinition(
        "TaskDefinition",
        RequiresCompatibilities=["FARGATE"],
        NetworkMode="awsvpc",
        Cpu=Select(0, size),
        Memory=Select(1, size),
        RuntimePlatform=RuntimePlatform(CpuArchitecture=questions.architecture, OperatingSystemFamily="LINUX"),
        ExecutionRoleArn=roles.starting.get_att("Arn"),
        TaskRoleArn=roles.working.get_att("Arn"),
        ContainerDefinitions=[own, If(TRACES, _collector(logs), NoValue), If(LOGS_LEAVE, log_router(logs), NoValue)],
        Volumes=If(SHELLS, [Volume(Name=name) for name in _SHELL_DIRECTORIES], NoValue),
    )
    if family is not None:
        task.Family = family
        task.Tags = Tags(Name=family)
    return Container(logs=logs, roles=roles, task=stack.add(task))


def _environment(stack: Stack, questions: ContainerQuestions, variables: Mapping[str, Any]) -> list[Any]:
    nodejs = stack.condition("RunsNodejs", ContainerQuestions.runtime.equals("nodejs"))
    python = stack.condition("RunsPython", ContainerQuestions.runtime.equals("python"))
    fixed = {"SERVICE_NAME": questions.service_name, "ENVIRONMENT": Ref("Environment"), **variables}
    found: list[Any] = [Environment(Name=name, Value=value) for name, value in fixed.items()]
    for condition, name, value in (
        (nodejs, "NODE_ENV", "production"),
        # Output reaches the log at once, and no byte code is written to a read-only filesystem.
        (python, "PYTHONUNBUFFERED", "1"),
        (python, "PYTHONDONTWRITEBYTECODE", "1"),
        (TRACES, "OTEL_SERVICE_NAME", questions.service_name),
        (TRACES, "OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
        (TRACES, "OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4318"),
    ):
        found.append(If(condition, Environment(Name=name, Value=value), NoValue))
    for number in range(1, VARIABLES + 1):
        value = item(ContainerQuestions.variables, number - 1)
        given = stack.condition(f"HasVariable{number}", Not(Equals(value, "")))
        pair = Split("=", value)
        found.append(If(given, Environment(Name=Select(0, pair), Value=Select(1, pair)), NoValue))
    return found


def _secret(condition: str, value: Any) -> If:
    pair = Split("=", value)
    return If(condition, Secret(Name=Select(0, pair), ValueFrom=Select(1, pair)), NoValue)


def _collector(logs: LogGroup) -> ContainerDefinition:
    """The AWS OpenTelemetry collector, in the arrangement that its image brings for X-Ray alone."""
    return ContainerDefinition(
        Name="collector",
        Image=_COLLECTOR,
        Command=["--config=/etc/ecs/ecs-xray.yaml"],
        # A task serves on without its traces.
        Essential=False,
        HealthCheck=HealthCheck(Command=["CMD", "/healthcheck"], Interval=10, Timeout=5, Retries=3, StartPeriod=10),
        LogConfiguration=log_to(logs, "collector"),
        **confined(_COLLECTOR_SCRATCH_MIB),
    )
