"""The pipelines: one validates, then publishes to one environment after the other; one checks pull requests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from awacs import codebuild, s3, sns
from awacs.aws import Statement
from troposphere import GetAtt, Ref, Sub, Template
from troposphere.codepipeline import (
    Actions,
    GitBranchFilterCriteria,
    GitFilePathFilterCriteria,
    GitPullRequestFilter,
    GitPushFilter,
    PipelineTriggerDeclaration,
    Stages,
)
from troposphere.codepipeline import Pipeline as PipelineResource

from factory.authoring.pipelines import (
    SOURCE,
    Check,
    approval_action,
    build_action,
    source_action,
    stage,
    trigger,
    use_connection,
)
from factory.authoring.pipelines import pipeline as pipeline_resource
from factory.authoring.policy import allow, service_trust
from factory.catalog.environments import Environment, EnvironmentClass
from factory.catalog.pipeline import Pipeline
from factory.synthesis.account.names import TAGS
from factory.synthesis.pipeline import names
from factory.synthesis.pipeline.projects import Build, bounded_role, project_arn, use_key

APPROVED = frozenset({EnvironmentClass.STAGING, EnvironmentClass.PROD, EnvironmentClass.DR})
"""The classes of environments to which nothing is published that nobody has approved."""


def add_pipelines(
    template: Template, pipeline: Pipeline, environments: Iterable[Environment], builds: Iterable[Build]
) -> None:
    """Add the pipeline that publishes and, where the manifests ask for it, the one that checks pull requests."""
    template.add_resource(_role([build.name for build in builds]))
    stages = [_source(pipeline), stage("Validate", [_build("Validate", "Validate", output=names.REPORTS)])]
    for environment in environments:
        stages += _publication(environment)
    branches = GitBranchFilterCriteria(Includes=[pipeline.branch])
    template.add_resource(
        _pipeline(
            "Pipeline",
            names.PIPELINE,
            # What counts is the newest commit. One that waits behind an approval gives way to it; one that is inside a
            # stage is never interrupted.
            mode="SUPERSEDED",
            stages=stages,
            started=trigger(Push=[GitPushFilter(Branches=branches, **_paths(pipeline))]),
        )
    )
    if pipeline.pull_requests:
        checks = stage(
            "Check",
            [
                _build("Validate", "CheckValidate", output=names.REPORTS),
                _build("Plan", "CheckPlan", output=names.PLAN, order=2),
            ],
        )
        request = GitPullRequestFilter(Events=["OPEN", "UPDATED"], Branches=branches, **_paths(pipeline))
        template.add_resource(
            _pipeline(
                "Check",
                names.CHECK,
                # Each pull request gets its check, and all of them together have one build at a time.
                mode="QUEUED",
                stages=[_source(pipeline), checks],
                started=trigger(PullRequest=[request]),
            )
        )


def _pipeline(
    title: str, name: str, *, mode: str, stages: list[Stages], started: PipelineTriggerDeclaration
) -> PipelineResource:
    return pipeline_resource(
        title,
        name=name,
        stages=stages,
        mode=mode,
        role=GetAtt("PipelineRole", "Arn"),
        bucket=Ref(names.ARTIFACTS),
        key=GetAtt(names.KEY, "Arn"),
        Triggers=[started],
        Tags=TAGS,
    )


def _paths(pipeline: Pipeline) -> dict[str, GitFilePathFilterCriteria]:
    return {"FilePaths": GitFilePathFilterCriteria(Includes=list(pipeline.paths))} if pipeline.paths else {}


def _source(pipeline: Pipeline) -> Stages:
    return stage(SOURCE, [source_action(Ref(names.CONNECTION), pipeline.repository, pipeline.branch)])


def _publication(environment: Environment) -> Iterator[Stages]:
    """The stages of an environment.

    It is planned and published in one stage, which holds one execution: no other one publishes to the environment
    between the plan and what is made of it. What failed half-way is tried again by a person, with all actions of the
    stage: they make a new plan, as the old one no longer holds.
    """
    name = environment.name
    plan = names.artifact(names.PLAN, name)
    planned = _build("Plan", "Plan", output=plan, namespace=f"plan-{name}", ENVIRONMENT=name)
    published = _build(
        "Publish",
        "Publish",
        inputs=(SOURCE, plan),
        output=names.artifact(names.PUBLISHED, name),
        order=3,
        PLAN=plan,
    )
    if environment.sizing not in APPROVED:
        yield stage(name, [planned, published])
        return
    # Nobody is asked to approve nothing: the stage is entered only where this one has found changes.
    look = f"changes-{name}"
    yield stage(look, [_build("Look", "Plan", namespace=look, ENVIRONMENT=name, STAGE=name)])
    changes = Check(name="HasChanges", variable=f"#{{{look}.PLAN_CHANGES}}", operator="EQ", value="yes")
    yield stage(name, [planned, _approval(name), published], only_if=changes)


def _approval(environment: str) -> Actions:
    log = "https://${AWS::Region}.console.aws.amazon.com/codesuite/codebuild/${AWS::AccountId}/projects/${Plan}/build/"
    return approval_action(
        "Approve",
        says=f"{environment}: #{{plan-{environment}.PLAN_SUMMARY}}",
        link=Sub(f"{log}#{{plan-{environment}.PLAN_BUILD}}/log?region=${{AWS::Region}}"),
        topic=Ref(names.TOPIC),
        order=2,
    )


def _build(action: str, project: str, **more: Any) -> Actions:
    """An action that builds a project, given by its logical name."""
    # By reference, for the order: a pipeline begins to run as soon as it is made.
    return build_action(action, Ref(project), **more)


def _role(projects: Iterable[str]) -> Any:
    """The role of the pipelines themselves: it moves artifacts, starts builds, and tells of approvals."""
    allowed: list[Statement] = [
        use_connection(Ref(names.CONNECTION)),
        allow(
            "FindBucket",
            [s3.GetBucketAcl, s3.GetBucketLocation, s3.GetBucketVersioning],
            GetAtt(names.ARTIFACTS, "Arn"),
        ),
        allow(
            "MoveArtifacts",
            [s3.GetObject, s3.GetObjectVersion, s3.PutObject],
            [Sub(f"${{{names.ARTIFACTS}.Arn}}/{name}/*") for name in (names.PIPELINE, names.CHECK)],
        ),
        use_key(),
        allow(
            "Build",
            [codebuild.BatchGetBuilds, codebuild.StartBuild],
            [Sub(project_arn(name)) for name in projects],
        ),
        allow("AskForApproval", [sns.Publish], Ref(names.TOPIC)),
    ]
    return bounded_role(
        "PipelineRole",
        names.ROLE,
        "Runs the factory's pipelines",
        trust=service_trust("codepipeline"),
        allowed=allowed,
    )
