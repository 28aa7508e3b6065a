"""House rule E9720: builds are current, logged, and privileged only where they build images."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, NOTHING, ask, resource

STANDARD = "aws/codebuild/standard:7.0"
LOGS = {"CloudWatchLogs": {"Status": "ENABLED"}}
BUILDS = {"BuildSpec": "phases: {build: {commands: [docker build .]}}"}


def project(image: Any = STANDARD, logs: Any = LOGS, source: Any = None, **environment: Any) -> dict[str, Any]:
    environment = {"Image": image, **environment}
    return resource("AWS::CodeBuild::Project", Environment=environment, LogsConfig=logs, Source=source or {})


@pytest.mark.parametrize(
    "good",
    [
        project(),
        project(PrivilegedMode=False),
        project(source=BUILDS, PrivilegedMode=True),
        project("aws/codebuild/amazonlinux-x86_64-standard:5.0"),
        project("aws/codebuild/windows-base:2019-3.0"),
        project({"Fn::GetAtt": ["Repository", "RepositoryUri"]}),
        project(logs={"S3Logs": {"Status": "ENABLED"}}),
    ],
)
def test_a_careful_one_is_kept(good: dict[str, Any]) -> None:
    assert ask("E9720", good, **IF_WANTED) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (project(PrivilegedMode=True), "privileged and builds no image"),
        (project(PrivilegedMode="true", source={"BuildSpec": "buildspec.yml"}), "privileged and builds no image"),
        (
            project(PrivilegedMode={"Fn::If": ["IsWanted", False, True]}),
            "privileged and builds no image when Wanted=false",
        ),
        (project(logs={}), "writes no log"),
        (project(logs={"Fn::If": ["IsWanted", LOGS, NOTHING]}), "writes no log when Wanted=false"),
        (project("aws/codebuild/standard:5.0"), "standard:5.0 is no longer current"),
        (project("aws/codebuild/amazonlinux2-x86_64-standard:4.0"), "is no longer current"),
        (project({"Fn::If": ["IsWanted", STANDARD, "aws/codebuild/standard:4.0"]}), "current when Wanted=false"),
    ],
)
def test_a_careless_one_is_found(bad: dict[str, Any], message: str) -> None:
    (found,) = ask("E9720", bad, **IF_WANTED)
    assert message in found
