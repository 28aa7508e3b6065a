"""Fargate tasks as every product runs them: one container of the team's own, closed in, and a collector if wished."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from troposphere import Equals, If, Not, NoValue, Ref, Select, Split
from troposphere.ecs import (
    ContainerDefinition,
    Environment,
    EnvironmentFile,
    HealthCheck,
    KernelCapabilities,
    LinuxParameters,
    LogConfiguration,
    MountPoint,
    PortMapping,
    RuntimePlatform,
    Secret,
    TaskDefinition,
    Tmpfs,
    Ulimit,
    Volume,
)
from troposphere.logs import LogGroup

from factory.authoring import Stack
from products.parts import placeholder
from products.parts.container_questions import VARIABLES, ContainerQuestions
from products.parts.task_roles import HAS_ENVIRONMENT_FILE, SHELLS, TRACES, TaskRoles, secret_slots
from products.parts.task_sizes import size_rules

CONTAINER = "app"
"""Name of the team's container in every task."""
PORT_NAME = "http"
"""Name of the port it serves on, by which Service Connect knows it."""
PLACEHOLDER = "RunsPlaceholder"
"""Condition that the service has no image of its own yet."""

_USER = "1000"
_OPEN_FILES = 65536
_COLLECTOR_SCRATCH_MIB = 16
_BUFFER = "25m"
# The agent of ECS Exec writes there, as root; it can't on a read-only filesystem without them (containers-roadmap
# issue 1359: AWS documents no support for the two together).
_SHELL_DIRECTORIES = {
    "managed-agents": "/managed-agents",
    "ssm-state": "/var/lib/amazon/ssm",
    "ssm-log": "/var/log/amazon/ssm",
}


def task_definition(
    stack: Stack,
    questions: ContainerQuestions,
    *,
    roles: TaskRoles,
    log_group: LogGroup,
    port: Any | None = None,
    variables: Mapping[str, Any] | None = None,
    health_check: Any = NoValue,
) -> TaskDefinition:
    """The task: user 1000, read-only filesystem but for /tmp in memory, no capabilities, an init process.

    `variables` are the product's own beside those of the launch form; `port` is what the container listens on.
    """
    size_rules(stack, ContainerQuestions.cpu, ContainerQuestions.memory)
    stack.condition(PLACEHOLDER, ContainerQuestions.image.equals(placeholder.IMAGE))
    container = ContainerDefinition(
        Name=CONTAINER,
        Image=questions.image,
        Command=If(PLACEHOLDER, placeholder.COMMAND, NoValue) if port is not None else NoValue,
        Essential=True,
        Environment=_environment(stack, questions, variables or {}),
        EnvironmentFiles=If(
            HAS_ENVIRONMENT_FILE, [EnvironmentFile(Type="s3", Value=questions.environment_file)], NoValue
        ),
        Secrets=[_secret(condition, value) for condition, value in secret_slots(questions)],
        HealthCheck=health_check,
        MountPoints=If(
            SHELLS,
            [MountPoint(SourceVolume=name, ContainerPath=path) for name, path in _SHELL_DIRECTORIES.items()],
            NoValue,
        ),
        StopTimeout=questions.stop_seconds,
        Ulimits=[Ulimit(Name="nofile", SoftLimit=_OPEN_FILES, HardLimit=_OPEN_FILES)],
        LogConfiguration=log_to(log_group, CONTAINER),
        **_confined(questions.scratch_mib),
    )
    if port is not None:
        container.PortMappings = [PortMapping(ContainerPort=port, Name=PORT_NAME, AppProtocol="http", Protocol="tcp")]
    return stack.add(
        TaskDefinition(
            "TaskDefinition",
            RequiresCompatibilities=["FARGATE"],
            NetworkMode="awsvpc",
            Cpu=questions.cpu,
            Memory=questions.memory,
            RuntimePlatform=RuntimePlatform(CpuArchitecture=questions.architecture, OperatingSystemFamily="LINUX"),
            ExecutionRoleArn=roles.starting.get_att("Arn"),
            TaskRoleArn=roles.working.get_att("Arn"),
            ContainerDefinitions=[container, If(TRACES, _collector(questions, log_group), NoValue)],
            Volumes=If(SHELLS, [Volume(Name=name) for name in _SHELL_DIRECTORIES], NoValue),
        )
    )


def log_to(log_group: LogGroup, prefix: str) -> LogConfiguration:
    """Where a container's output goes. A full buffer drops lines rather than holding up the application."""
    return LogConfiguration(
        LogDriver="awslogs",
        Options={
            "awslogs-group": log_group.ref(),
            "awslogs-region": Ref("AWS::Region"),
            "awslogs-stream-prefix": prefix,
            "mode": "non-blocking",
            "max-buffer-size": _BUFFER,
        },
    )


def _confined(scratch_mib: Any) -> dict[str, Any]:
    """What every container is held to.

    Fargate takes tmpfs since January 2026 (AWS What's New, "Amazon ECS now supports tmpfs mounts on AWS Fargate").
    A volume would not do for /tmp: it belongs to root, and the container's user could not write to it.
    """
    scratch = Tmpfs(ContainerPath="/tmp", Size=scratch_mib, MountOptions=["rw", "noexec", "nosuid", "nodev"])  # noqa: S108
    return {
        "User": _USER,
        "Privileged": False,
        "ReadonlyRootFilesystem": True,
        "LinuxParameters": LinuxParameters(
            Capabilities=KernelCapabilities(Drop=["ALL"]), InitProcessEnabled=True, Tmpfs=[scratch]
        ),
    }


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
        value = getattr(questions, f"variable_{number}")
        given = stack.condition(f"HasVariable{number}", Not(Equals(value, "")))
        pair = Split("=", value)
        found.append(If(given, Environment(Name=Select(0, pair), Value=Select(1, pair)), NoValue))
    return found


def _secret(condition: str, value: Any) -> If:
    pair = Split("=", value)
    return If(condition, Secret(Name=Select(0, pair), ValueFrom=Select(1, pair)), NoValue)


def _collector(questions: ContainerQuestions, log_group: LogGroup) -> ContainerDefinition:
    """The AWS OpenTelemetry collector, in the arrangement that its image brings for X-Ray alone."""
    return ContainerDefinition(
        Name="collector",
        Image=questions.collector_image,
        Command=["--config=/etc/ecs/ecs-xray.yaml"],
        # A task serves on without its traces.
        Essential=False,
        HealthCheck=HealthCheck(Command=["CMD", "/healthcheck"], Interval=10, Timeout=5, Retries=3, StartPeriod=10),
        LogConfiguration=log_to(log_group, "collector"),
        **_confined(_COLLECTOR_SCRATCH_MIB),
    )
