"""The build projects of the pipelines, each with its log and its role: who only checks has no way into the catalog."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from awacs import codepipeline, logs, s3, sts
from awacs.aws import Statement, StringLike
from troposphere import GetAtt, If, NoValue, Ref, Sub, Template
from troposphere.codebuild import Project, ProjectCache
from troposphere.iam import Policy, Role
from troposphere.logs import LogGroup

from factory.authoring.builds import REPORT, USE_KEY, project, report_groups
from factory.authoring.pipelines import SOURCE
from factory.authoring.policy import allow, document, only_for, service_trust
from factory.synthesis.account.names import (
    PIPELINE_CHECKER,
    PIPELINE_PUBLISHER,
    PIPELINE_READER,
    PUBLISHER_ROLE,
    READER_ROLE,
    TAGS,
)
from factory.synthesis.pipeline import names

_LOG_DAYS = 365


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """A build project: what it runs, as whom, and how long at most."""

    title: str
    name: str
    buildspec: str
    role: str
    """The logical name of its role."""
    minutes: int
    alone: bool = False
    """Whether one build runs at a time. An account may have a quota of one, and no project may have a higher limit."""


def builds(*, pull_requests: bool) -> Iterator[Build]:
    """The projects. How many builds there are at once is bounded by the stages, each of which holds one execution."""
    validate, plan = "buildspecs/validate.yml", "buildspecs/plan.yml"
    yield Build(
        title="Validate",
        name=f"{names.PIPELINE}-validate",
        buildspec=validate,
        role="ValidateRole",
        minutes=60,
        alone=True,
    )
    yield Build(title="Plan", name=f"{names.PIPELINE}-plan", buildspec=plan, role="PlanRole", minutes=30)
    yield Build(
        title="Publish",
        name=f"{names.PIPELINE}-publish",
        buildspec="buildspecs/publish.yml",
        role="PublishRole",
        # Service Catalog carries out one share with an organization after the other.
        minutes=120,
    )
    if pull_requests:
        yield Build(
            title="CheckValidate",
            name=f"{names.CHECK}-validate",
            buildspec=validate,
            role="CheckRole",
            minutes=60,
            alone=True,
        )
        yield Build(
            title="CheckPlan", name=f"{names.CHECK}-plan", buildspec=plan, role="CheckRole", minutes=30, alone=True
        )


def add_projects(template: Template, found: list[Build]) -> None:
    """Add the projects with their logs and roles."""
    for build in found:
        template.add_resource(_log(build))
        template.add_resource(_project(build))
    for role in _roles(found):
        template.add_resource(role)


def project_arn(name: str) -> str:
    """The ARN of a project, as a `Fn::Sub` text."""
    return f"arn:${{AWS::Partition}}:codebuild:${{AWS::Region}}:${{AWS::AccountId}}:project/{name}"


def bounded_role(title: str, name: str, description: str, *, trust: object, allowed: list[Statement]) -> Role:
    """A role with one policy, and with the boundary of this stack if it has one."""
    return Role(
        title,
        RoleName=name,
        Description=description,
        AssumeRolePolicyDocument=trust,
        PermissionsBoundary=If(names.BOUNDED, Ref("PermissionsBoundary"), NoValue),
        Policies=[Policy(PolicyName="build", PolicyDocument=document(*allowed))],
        Tags=TAGS,
    )


def use_key() -> Statement:
    """What reading and writing in the bucket takes of its key, and publishing to the topic."""
    return allow("UseKey", USE_KEY, GetAtt(names.KEY, "Arn"))


def _log(build: Build) -> LogGroup:
    # Without a name of its own, as it stays when the stack goes, and would be in the way of the next one.
    return LogGroup(
        f"{build.title}Log",
        RetentionInDays=_LOG_DAYS,
        KmsKeyId=GetAtt(names.KEY, "Arn"),
        Tags=TAGS,
        DeletionPolicy="RetainExceptOnCreate",
        UpdateReplacePolicy="Retain",
    )


def _project(build: Build) -> Project:
    made = project(
        build.title,
        name=build.name,
        description=f"Runs {build.buildspec} of the catalog's repository",
        buildspec=build.buildspec,
        role=GetAtt(build.role, "Arn"),
        key=GetAtt(names.KEY, "Arn"),
        log=Ref(f"{build.title}Log"),
        minutes=build.minutes,
        # Each project has a cache of its own: what a pull request leaves there must not reach who publishes.
        Cache=ProjectCache(Type="S3", Location=Sub(f"${{{names.ARTIFACTS}}}/cache/{build.name}")),
        Tags=TAGS,
    )
    if build.alone:
        made.ConcurrentBuildLimit = 1
    return made


def _roles(found: list[Build]) -> Iterator[Role]:
    pipeline = f"arn:${{AWS::Partition}}:codepipeline:${{AWS::Region}}:${{AWS::AccountId}}:{names.PIPELINE}"
    look = allow("LookAtStages", [codepipeline.GetPipelineState], Sub(pipeline))
    described = {
        "ValidateRole": (
            names.VALIDATE_ROLE,
            "Checks the catalog's repository",
            [*_artifacts(names.PIPELINE, reads=[SOURCE], writes=[names.REPORTS])],
        ),
        "PlanRole": (
            PIPELINE_READER,
            "Plans what would be published",
            [*_artifacts(names.PIPELINE, reads=[SOURCE], writes=[names.PLAN]), _become(READER_ROLE), look],
        ),
        "PublishRole": (
            PIPELINE_PUBLISHER,
            "Publishes plans",
            [
                *_artifacts(names.PIPELINE, reads=[SOURCE, names.PLAN], writes=[names.PUBLISHED]),
                _become(PUBLISHER_ROLE),
            ],
        ),
        "CheckRole": (
            PIPELINE_CHECKER,
            "Checks and plans pull requests",
            [
                *_artifacts(names.CHECK, reads=[SOURCE], writes=[names.REPORTS, names.PLAN]),
                _become(READER_ROLE),
            ],
        ),
    }
    for title, (name, description, allowed) in described.items():
        if own := [build for build in found if build.role == title]:
            trust = service_trust("codebuild", only_for(*(project_arn(build.name) for build in own)))
            yield bounded_role(title, name, description, trust=trust, allowed=[*_building(own), *allowed])


def _building(own: list[Build]) -> Iterator[Statement]:
    """What every build does: it logs, keeps what it downloaded, and shows test reports."""
    yield allow(
        "WriteLog",
        [logs.CreateLogStream, logs.PutLogEvents],
        [Sub(f"${{{build.title}Log.Arn}}") for build in own],
    )
    yield use_key()
    yield allow("FindBucket", [s3.GetBucketAcl, s3.GetBucketLocation], GetAtt(names.ARTIFACTS, "Arn"))
    yield allow(
        "KeepDownloads",
        [s3.GetObject, s3.PutObject],
        [Sub(f"${{{names.ARTIFACTS}.Arn}}/cache/{build.name}/*") for build in own],
    )
    # Of keys that no longer fit it takes the one that begins alike, which it has to look for.
    yield allow(
        "LookForDownloads",
        [s3.ListBucket],
        GetAtt(names.ARTIFACTS, "Arn"),
        when=[StringLike({"s3:prefix": [f"cache/{build.name}/*" for build in own]})],
    )
    if reporting := [build for build in own if build.buildspec.endswith("validate.yml")]:
        yield allow("ReportTests", REPORT, [Sub(report_groups(build.name)) for build in reporting])


def _artifacts(pipeline: str, *, reads: list[str], writes: list[str]) -> Iterator[Statement]:
    def objects(kinds: list[str]) -> list[Sub]:
        return [Sub(f"${{{names.ARTIFACTS}.Arn}}/{names.objects(pipeline, kind)}") for kind in kinds]

    yield allow("ReadArtifacts", [s3.GetObject, s3.GetObjectVersion], objects(reads))
    yield allow("WriteArtifacts", [s3.PutObject], objects(writes))


def _become(role: str) -> Statement:
    return allow("Become", [sts.AssumeRole], Sub(f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:role/{role}"))
