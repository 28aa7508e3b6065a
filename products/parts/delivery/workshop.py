"""The steps of a service's pipeline, each a project of CodeBuild with a role of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from awacs import s3
from awacs.aws import Statement
from troposphere import If, Sub, Tags
from troposphere.codebuild import EnvironmentVariable, Project, ProjectCache
from troposphere.logs import LogGroup
from troposphere.s3 import Bucket

from factory.authoring import Stack
from factory.authoring.builds import ARM, USE_KEY, X86, project
from factory.authoring.policy import allow
from products.parts.buckets import objects_of
from products.parts.delivery.names import SERVICE_TAG, WHY_KNOWN
from products.parts.logs import write_to
from products.parts.roles import known_name, service_role


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """What the builds of one pipeline share."""

    artifacts: Bucket
    logs: LogGroup
    key: Any
    service: Any
    """Name of the service; the roles carry it as a tag."""


def project_name(stack: Stack, title: str) -> Sub:
    """The name of a project; its reports are named after it."""
    return stack.name("build", f"${{Instance}}-${{ServiceName}}-{title}")


def use_artifacts(workshop: Workshop) -> list[Statement]:
    """Permission to read and write what the steps of a pipeline hand to each other."""
    return [
        allow(
            "UseArtifacts",
            [s3.GetObject, s3.GetObjectVersion, s3.PutObject],
            objects_of(workshop.artifacts.title),
        ),
        allow(
            "LookAtBucket",
            [s3.GetBucketAcl, s3.GetBucketLocation, s3.GetBucketVersioning],
            workshop.artifacts.get_att("Arn"),
        ),
        allow("UseKey", USE_KEY, workshop.key),
    ]


def step(
    stack: Stack,
    title: str,
    workshop: Workshop,
    buildspec: Any,
    statements: Sequence[Statement] = (),
    *,
    description: Any,
    variables: Mapping[str, Any] | None = None,
    arm: str | None = None,
    builds_images: bool = False,
    cache: str | None = None,
    timeout_minutes: int = 60,
    role_name: Any | None = None,
    condition: str | None = None,
) -> Project:
    """A step of a pipeline, whose role may use the artifacts, write its log and do what the statements say.

    `arm` is the condition under which it runs on ARM64; `cache` a mode of the local cache; `role_name` a name by which
    others know the role.
    """
    role = service_role(
        stack,
        f"{title}Role",
        "codebuild",
        [write_to(workshop.logs), *use_artifacts(workshop), *statements],
        condition=condition,
    )
    # Kept beside the platform's tags.
    role.Tags = Tags(**{SERVICE_TAG: workshop.service}, **stack.tags())
    if role_name is not None:
        known_name(stack, role, role_name, WHY_KNOWN)
    made = project(
        title,
        name=project_name(stack, title),
        description=description,
        buildspec=buildspec,
        role=role.get_att("Arn"),
        key=workshop.key,
        log=workshop.logs.ref(),
        minutes=timeout_minutes,
        platform=(If(arm, ARM[0], X86[0]), If(arm, ARM[1], X86[1])) if arm else X86,
    )
    # All of them write to one log group.
    made.LogsConfig.CloudWatchLogs.StreamName = title
    made.Environment.EnvironmentVariables = [
        EnvironmentVariable(Name=name, Value=value) for name, value in (variables or {}).items()
    ]
    if builds_images:
        # The engine that builds images needs it.
        made.Environment.PrivilegedMode = True
    if cache:
        made.Cache = ProjectCache(Type="LOCAL", Modes=[cache])
    if condition:
        made.Condition = condition
    return stack.add(made)
