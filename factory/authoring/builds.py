"""Projects of CodeBuild that are steps of a pipeline: logged, encrypted, and in an image that AWS maintains."""

from __future__ import annotations

from typing import Any

from awacs import codebuild, kms
from troposphere.codebuild import Artifacts, CloudWatchLogs, Environment, LogsConfig, Project, Source

X86 = ("LINUX_CONTAINER", "aws/codebuild/amazonlinux-x86_64-standard:5.0")
"""Kind and image of builds on x86-64, on Amazon Linux 2023 (CodeBuild User Guide, "Docker images provided by
CodeBuild")."""
ARM = ("ARM_CONTAINER", "aws/codebuild/amazonlinux-aarch64-standard:3.0")

REPORT = (codebuild.BatchPutTestCases, codebuild.CreateReport, codebuild.CreateReportGroup, codebuild.UpdateReport)
"""What it takes to show test reports."""
USE_KEY = (kms.Decrypt, kms.DescribeKey, kms.Encrypt, kms.GenerateDataKey)
"""What reading and writing artifacts takes of their key."""

_QUEUED_MINUTES = 60


def report_groups(project: str) -> str:
    """The ARN pattern of a project's report groups, which are named after it, as `Fn::Sub` text."""
    return f"arn:${{AWS::Partition}}:codebuild:${{AWS::Region}}:${{AWS::AccountId}}:report-group/{project}-*"


def project(
    title: str,
    *,
    name: Any,
    description: Any,
    buildspec: Any,
    role: Any,
    key: Any,
    log: Any,
    minutes: int,
    platform: tuple[Any, Any] = X86,
    **more: Any,
) -> Project:
    """A project on what a pipeline hands it; `log` is the name of its log group, `more` are further properties."""
    kind, image = platform
    return Project(
        title,
        Name=name,
        Description=description,
        ServiceRole=role,
        Source=Source(Type="CODEPIPELINE", BuildSpec=buildspec),
        Artifacts=Artifacts(Type="CODEPIPELINE"),
        Environment=Environment(Type=kind, Image=image, ComputeType="BUILD_GENERAL1_SMALL"),
        EncryptionKey=key,
        LogsConfig=LogsConfig(CloudWatchLogs=CloudWatchLogs(Status="ENABLED", GroupName=log)),
        TimeoutInMinutes=minutes,
        QueuedTimeoutInMinutes=_QUEUED_MINUTES,
        **more,
    )
