"""CodeBuild projects as steps of a pipeline: each with a role of its own, logged, in a current image."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from awacs import kms, s3
from awacs.aws import Statement
from troposphere import If, Sub, Tags
from troposphere.codebuild import (
    Artifacts,
    CloudWatchLogs,
    Environment,
    EnvironmentVariable,
    LogsConfig,
    Project,
    ProjectCache,
    Source,
)
from troposphere.logs import LogGroup
from troposphere.s3 import Bucket

from factory.authoring import Stack
from factory.authoring.policy import allow
from products.parts.buckets import objects_of
from products.parts.delivery import SERVICE_TAG, WHY_KNOWN
from products.parts.logs import write_to
from products.parts.roles import known_name, service_role

_X86 = ("LINUX_CONTAINER", "aws/codebuild/amazonlinux-x86_64-standard:5.0")
_ARM = ("ARM_CONTAINER", "aws/codebuild/amazonlinux-aarch64-standard:3.0")
_QUEUED_MINUTES = 60


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
        allow("UseKey", [kms.Decrypt, kms.DescribeKey, kms.Encrypt, kms.GenerateDataKey], workshop.key),
    ]


def build_project(
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
    kind, image = (If(arm, *pair) if arm else pair[1] for pair in zip(_ARM, _X86, strict=True))
    project = Project(
        title,
        Name=project_name(stack, title),
        Description=description,
        ServiceRole=role.get_att("Arn"),
        Source=Source(Type="CODEPIPELINE", BuildSpec=buildspec),
        Artifacts=Artifacts(Type="CODEPIPELINE"),
        Environment=Environment(
            Type=kind,
            Image=image,
            ComputeType="BUILD_GENERAL1_SMALL",
            EnvironmentVariables=[
                EnvironmentVariable(Name=name, Value=value) for name, value in (variables or {}).items()
            ],
        ),
        EncryptionKey=workshop.key,
        LogsConfig=LogsConfig(
            CloudWatchLogs=CloudWatchLogs(Status="ENABLED", GroupName=workshop.logs.ref(), StreamName=title)
        ),
        TimeoutInMinutes=timeout_minutes,
        QueuedTimeoutInMinutes=_QUEUED_MINUTES,
    )
    if builds_images:
        # The engine that builds images needs it.
        project.Environment.PrivilegedMode = True
    if cache:
        project.Cache = ProjectCache(Type="LOCAL", Modes=[cache])
    if condition:
        project.Condition = condition
    return stack.add(project)
