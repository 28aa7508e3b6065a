"""The pipelines: one validates, then publishes to one environment after the other; one checks pull requests."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from awacs import codebuild, codeconnections, codestar_connections, s3, sns
from awacs.aws import Statement
from troposphere import GetAtt, Ref, Sub, Template
from troposphere.codepipeline import (
    Actions,
    ActionTypeId,
    ArtifactStore,
    BeforeEntryConditions,
    Condition,
    EncryptionKey,
    GitBranchFilterCriteria,
    GitConfiguration,
    GitFilePathFilterCriteria,
    GitPullRequestFilter,
    GitPushFilter,
    InputArtifacts,
    OutputArtifacts,
    PipelineTriggerDeclaration,
    RuleDeclaration,
    RuleTypeId,
    Stages,
)
from troposphere.codepipeline import Pipeline as PipelineResource

from factory.authoring.policy import allow, service_trust
from factory.catalog.environments import Environment, EnvironmentClass
from factory.catalog.pipeline import Pipeline
from factory.synthesis.account.names import TAGS
from factory.synthesis.pipeline import names
from factory.synthesis.pipeline.projects import Build, bounded_role, project_arn, use_key

APPROVED = frozenset({EnvironmentClass.STAGING, EnvironmentClass.PROD, EnvironmentClass.DR})
"""The classes of environments to which nothing is published that nobody has approved."""

_SOURCE_ACTION = "Source"


def add_pipelines(
    template: Template, pipeline: Pipeline, environments: Iterable[Environment], builds: Iterable[Build]
) -> None:
    """Add the pipeline that publishes and, where the manifests ask for it, the one that checks pull requests."""
    template.add_resource(_role(pipeline, [build.name for build in builds]))
    stages = [_source(pipeline), _stage("Validate", _build("Validate", "Validate", output=names.REPORTS))]
    for environment in environments:
        stages += _publication(environment)
    template.add_resource(
        _pipeline(
            "Pipeline",
            names.PIPELINE,
            # What counts is the newest commit. One that waits behind an approval gives way to it; one that is inside a
            # stage is never interrupted.
            mode="SUPERSEDED",
            stages=stages,
            trigger=GitConfiguration(
                SourceActionName=_SOURCE_ACTION,
                Push=[GitPushFilter(Branches=GitBranchFilterCriteria(Includes=[pipeline.branch]), **_paths(pipeline))],
            ),
        )
    )
    if pipeline.pull_requests:
        checks = _stage(
            "Check",
            _build("Validate", "CheckValidate", output=names.REPORTS),
            _build("Plan", "CheckPlan", output=names.PLAN, order=2),
        )
        template.add_resource(
            _pipeline(
                "Check",
                names.CHECK,
                # Each pull request gets its check, and all of them together have one build at a time.
                mode="QUEUED",
                stages=[_source(pipeline), checks],
                trigger=GitConfiguration(
                    SourceActionName=_SOURCE_ACTION,
                    PullRequest=[
                        GitPullRequestFilter(
                            Events=["OPEN", "UPDATED"],
                            Branches=GitBranchFilterCriteria(Includes=[pipeline.branch]),
                            **_paths(pipeline),
                        )
                    ],
                ),
            )
        )


def _pipeline(title: str, name: str, *, mode: str, stages: list[Stages], trigger: GitConfiguration) -> PipelineResource:
    return PipelineResource(
        title,
        Name=name,
        PipelineType="V2",
        ExecutionMode=mode,
        RoleArn=GetAtt("PipelineRole", "Arn"),
        ArtifactStore=ArtifactStore(
            Type="S3",
            Location=Ref(names.ARTIFACTS),
            EncryptionKey=EncryptionKey(Type="KMS", Id=GetAtt(names.KEY, "Arn")),
        ),
        Stages=stages,
        # With a trigger, CodePipeline looks for no other changes.
        Triggers=[PipelineTriggerDeclaration(ProviderType="CodeStarSourceConnection", GitConfiguration=trigger)],
        Tags=TAGS,
    )


def _paths(pipeline: Pipeline) -> dict[str, GitFilePathFilterCriteria]:
    return {"FilePaths": GitFilePathFilterCriteria(Includes=list(pipeline.paths))} if pipeline.paths else {}


def _source(pipeline: Pipeline) -> Stages:
    configuration = {
        "ConnectionArn": Ref(names.CONNECTION),
        "FullRepositoryId": pipeline.repository,
        "BranchName": pipeline.branch,
        # Builds get the files alone, and so need no way to the repository.
        "OutputArtifactFormat": "CODE_ZIP",
    }
    action = _action(_SOURCE_ACTION, "Source", "CodeStarSourceConnection", configuration, output=names.SOURCE)
    return _stage("Source", action)


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
        inputs=(names.SOURCE, plan),
        output=names.artifact(names.PUBLISHED, name),
        order=3,
        PLAN=plan,
    )
    if environment.sizing not in APPROVED:
        yield _stage(name, planned, published)
        return
    # Nobody is asked to approve nothing: the stage is entered only where this one has found changes.
    look = f"changes-{name}"
    yield _stage(look, _build("Look", "Plan", namespace=look, ENVIRONMENT=name, STAGE=name))
    entered = _stage(name, planned, _approval(name), published)
    entered.BeforeEntry = BeforeEntryConditions(
        Conditions=[
            Condition(
                Result="SKIP",
                Rules=[
                    RuleDeclaration(
                        Name="HasChanges",
                        RuleTypeId=RuleTypeId(Category="Rule", Owner="AWS", Provider="VariableCheck", Version="1"),
                        Configuration={"Variable": f"#{{{look}.PLAN_CHANGES}}", "Value": "yes", "Operator": "EQ"},
                    )
                ],
            )
        ]
    )
    yield entered


def _approval(environment: str) -> Actions:
    log = "https://${AWS::Region}.console.aws.amazon.com/codesuite/codebuild/${AWS::AccountId}/projects/${Plan}/build/"
    configuration = {
        "CustomData": f"{environment}: #{{plan-{environment}.PLAN_SUMMARY}}",
        "ExternalEntityLink": Sub(f"{log}#{{plan-{environment}.PLAN_BUILD}}/log?region=${{AWS::Region}}"),
        "NotificationArn": Ref(names.TOPIC),
    }
    return _action("Approve", "Approval", "Manual", configuration, order=2)


def _build(
    action: str,
    project: str,
    *,
    inputs: tuple[str, ...] = (names.SOURCE,),
    output: str | None = None,
    namespace: str | None = None,
    order: int = 1,
    **variables: str,
) -> Actions:
    """An action that builds a project, given by its logical name, with these variables in the build's environment."""
    # The name, and the order: a pipeline begins to run as soon as it is made.
    configuration: dict[str, Any] = {"ProjectName": Ref(project)}
    if len(inputs) > 1:
        configuration["PrimarySource"] = inputs[0]
    if variables:
        given = [{"name": name, "value": value, "type": "PLAINTEXT"} for name, value in variables.items()]
        configuration["EnvironmentVariables"] = json.dumps(given, separators=(",", ":"))
    return _action(
        action, "Build", "CodeBuild", configuration, inputs=inputs, output=output, namespace=namespace, order=order
    )


def _action(
    name: str,
    category: str,
    provider: str,
    configuration: Mapping[str, Any],
    *,
    inputs: tuple[str, ...] = (),
    output: str | None = None,
    namespace: str | None = None,
    order: int = 1,
) -> Actions:
    more: dict[str, Any] = {"Namespace": namespace} if namespace else {}
    if inputs:
        more["InputArtifacts"] = [InputArtifacts(Name=artifact) for artifact in inputs]
    if output:
        more["OutputArtifacts"] = [OutputArtifacts(Name=output)]
    return Actions(
        Name=name,
        ActionTypeId=ActionTypeId(Category=category, Owner="AWS", Provider=provider, Version="1"),
        Configuration=configuration,
        RunOrder=order,
        **more,
    )


def _stage(name: str, *actions: Actions) -> Stages:
    return Stages(Name=name, Actions=list(actions))


def _role(pipeline: Pipeline, projects: Iterable[str]) -> Any:
    """The role of the pipelines themselves: it moves artifacts, starts builds, and tells of approvals."""
    service = codeconnections if ":codeconnections:" in pipeline.connection else codestar_connections
    allowed: list[Statement] = [
        allow("UseConnection", [service.UseConnection], Ref(names.CONNECTION)),
        allow("FindBucket", [s3.GetBucketLocation, s3.GetBucketVersioning], GetAtt(names.ARTIFACTS, "Arn")),
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
        # That CodePipeline names the pipeline when it takes on the role is not documented, so that none is asked for.
        trust=service_trust("codepipeline"),
        allowed=allowed,
    )
