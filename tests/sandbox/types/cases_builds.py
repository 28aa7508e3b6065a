"""Rich settings of CodeBuild, and of who else may come in: identity providers."""

from __future__ import annotations

from tests.sandbox.types.cases_functions import role_of
from tests.sandbox.types.cases_network import NEW_TAGS, TAGS
from tests.sandbox.types.cases_storage import KEY, asked
from tests.sandbox.types.readback import Aws, Case, Properties


def project(aws: Aws, physical_id: str, _: Properties) -> Properties | None:
    found = aws("codebuild").batch_get_projects(names=[physical_id])["projects"]
    return dict(found[0]) if found else None


def provider(aws: Aws, physical_id: str, _: Properties) -> Properties | None:
    found = asked(aws("iam").get_open_id_connect_provider, OpenIDConnectProviderArn=physical_id)
    return found and {**found, "Url": f"https://{found['Url'].removeprefix('https://')}"}


def environment(compute: str) -> Properties:
    return {
        "Type": "LINUX_CONTAINER",
        "ComputeType": compute,
        "Image": "aws/codebuild/amazonlinux-x86_64-standard:5.0",
        "PrivilegedMode": True,
        "EnvironmentVariables": [{"Name": "SERVICE", "Value": "orders"}],
    }


ROLE = role_of("Role", "codebuild")

CASES = (
    Case(
        type="AWS::CodeBuild::Project",
        beside={**ROLE, **KEY},
        properties={
            "Name": "it",
            "Description": "builds images",
            "ServiceRole": {"Fn::GetAtt": ["Role", "Arn"]},
            "Source": {"Type": "CODEPIPELINE", "BuildSpec": "version: 0.2"},
            "Artifacts": {"Type": "CODEPIPELINE"},
            "Environment": environment("BUILD_GENERAL1_SMALL"),
            "EncryptionKey": {"Fn::GetAtt": ["Key", "Arn"]},
            "SourceVersion": "main",
            "TimeoutInMinutes": 30,
            "Tags": TAGS,
        },
        changed={
            "Description": None,
            "Source": {"Type": "CODEPIPELINE", "BuildSpec": "version: 0.2\nphases: {}"},
            "Environment": environment("BUILD_GENERAL1_LARGE"),
            "EncryptionKey": "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555",
            "SourceVersion": "release",
            "TimeoutInMinutes": 60,
            "Tags": NEW_TAGS,
        },
        read=project,
    ),
    Case(
        type="AWS::CodeBuild::Project",
        note="logs and cache",
        beside=ROLE,
        properties={
            "Name": "it",
            "ServiceRole": {"Fn::GetAtt": ["Role", "Arn"]},
            "Source": {"Type": "NO_SOURCE", "BuildSpec": "version: 0.2"},
            "Artifacts": {"Type": "NO_ARTIFACTS"},
            "Environment": environment("BUILD_GENERAL1_SMALL"),
            "LogsConfig": {"CloudWatchLogs": {"Status": "ENABLED", "GroupName": "builds"}},
            "Cache": {"Type": "LOCAL", "Modes": ["LOCAL_DOCKER_LAYER_CACHE"]},
            "ConcurrentBuildLimit": 2,
        },
        read=project,
    ),
    Case(
        type="AWS::IAM::OIDCProvider",
        properties={
            "Url": "https://token.actions.githubusercontent.com",
            "ClientIdList": ["sts.amazonaws.com"],
            "ThumbprintList": ["6938fd4d98bab03faadb97b34396831e3780aea1"],
            "Tags": TAGS,
        },
        changed={"ClientIdList": ["sts.amazonaws.com", "other"], "ThumbprintList": None, "Tags": NEW_TAGS},
        read=provider,
    ),
)
