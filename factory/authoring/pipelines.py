"""Pipelines of CodePipeline, version 2: their stages and actions, and what starts them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from awacs import codeconnections, codestar_connections
from awacs.aws import Statement
from troposphere.codepipeline import (
    Actions,
    ActionTypeId,
    ArtifactStore,
    BeforeEntryConditions,
    Condition,
    EncryptionKey,
    FailureConditions,
    GitConfiguration,
    InputArtifacts,
    OutputArtifacts,
    Pipeline,
    PipelineTriggerDeclaration,
    RuleDeclaration,
    RuleTypeId,
    Stages,
)

from factory.authoring.policy import allow

SOURCE = "Source"
"""Name of the source action, of its artifact and of the namespace of what it knows about the commit."""
BRANCH = f"#{{{SOURCE}.BranchName}}"
COMMIT = f"#{{{SOURCE}.CommitId}}"

_CONNECTION = "CodeStarSourceConnection"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A comparison of a variable with a value (CodePipeline User Guide, "VariableCheck").

    The operator is EQ, NE, CONTAINS, or MATCHES for a value that is a regular expression of Java.
    """

    name: str
    variable: str
    operator: str
    value: str


def source_action(connection: Any, repository: Any, branch: Any) -> Actions:
    """Fetches a commit from a repository; which pushes start the pipeline, its triggers say.

    Builds get the files alone, and so need no way to the repository.
    """
    return Actions(
        Name=SOURCE,
        ActionTypeId=_kind("Source", _CONNECTION),
        Configuration={
            "ConnectionArn": connection,
            "FullRepositoryId": repository,
            "BranchName": branch,
            "OutputArtifactFormat": "CODE_ZIP",
            "DetectChanges": "false",
        },
        Namespace=SOURCE,
        OutputArtifacts=[OutputArtifacts(Name=SOURCE)],
    )


def use_connection(connection: Any) -> Statement:
    """What a pipeline's role needs to fetch through a connection.

    The service was renamed: connections are called by either name, and which one permissions have to be called by,
    documents leave open (Developer Tools console User Guide, "Connections rename").
    """
    actions = [codeconnections.UseConnection, codestar_connections.UseConnection]
    return allow("UseConnection", actions, connection)


def build_action(
    name: str,
    project: Any,
    *,
    inputs: Sequence[str] = (SOURCE,),
    output: str | None = None,
    namespace: str | None = None,
    order: int = 1,
    **variables: str,
) -> Actions:
    """Builds a project, given by its name, on artifacts, the first of which is its source.

    `variables` are in the build's environment, and may hold variables of earlier actions, `#{namespace.NAME}`.
    """
    action = Actions(
        Name=name,
        ActionTypeId=_kind("Build", "CodeBuild"),
        Configuration={"ProjectName": project},
        InputArtifacts=[InputArtifacts(Name=artifact) for artifact in inputs],
        RunOrder=order,
    )
    if len(inputs) > 1:
        action.Configuration["PrimarySource"] = inputs[0]
    if variables:
        given = [{"name": key, "value": value, "type": "PLAINTEXT"} for key, value in variables.items()]
        action.Configuration["EnvironmentVariables"] = json.dumps(given, separators=(",", ":"))
    if namespace:
        action.Namespace = namespace
    if output:
        action.OutputArtifacts = [OutputArtifacts(Name=output)]
    return action


def approval_action(name: str, *, says: Any, link: Any, order: int, topic: Any | None = None) -> Actions:
    """Waits until somebody has approved, for seven days at most; `topic` hears of it from CodePipeline itself."""
    action = Actions(
        Name=name,
        ActionTypeId=_kind("Approval", "Manual"),
        Configuration={"CustomData": says, "ExternalEntityLink": link},
        RunOrder=order,
    )
    if topic is not None:
        action.Configuration["NotificationArn"] = topic
    return action


def stage(name: str, actions: Sequence[Actions], *, only_if: Check | None = None, rolls_back: bool = False) -> Stages:
    """A stage, which runs skip unless a variable is as it should be.

    One that rolls back repeats the last run that it was successful in, as far as the pipeline has not changed since.
    """
    made = Stages(Name=name, Actions=list(actions))
    if only_if is not None:
        rule = RuleDeclaration(
            Name=only_if.name,
            RuleTypeId=RuleTypeId(Category="Rule", Owner="AWS", Provider="VariableCheck", Version="1"),
            Configuration={"Variable": only_if.variable, "Value": only_if.value, "Operator": only_if.operator},
        )
        made.BeforeEntry = BeforeEntryConditions(Conditions=[Condition(Result="SKIP", Rules=[rule])])
    if rolls_back:
        made.OnFailure = FailureConditions(Result="ROLLBACK")
    return made


def trigger(**filters: Any) -> PipelineTriggerDeclaration:
    """Starts a pipeline on what the filters let in: `Push`, `PullRequest` or both, each a list."""
    return PipelineTriggerDeclaration(
        ProviderType=_CONNECTION, GitConfiguration=GitConfiguration(SourceActionName=SOURCE, **filters)
    )


def pipeline(
    title: str, *, name: Any, stages: Sequence[Any], mode: Any, role: Any, bucket: Any, key: Any, **more: Any
) -> Pipeline:
    """A pipeline whose artifacts are in a bucket under a customer-managed key.

    `mode` says what becomes of runs that overlap: SUPERSEDED, QUEUED or PARALLEL. `more` are further properties.
    """
    return Pipeline(
        title,
        Name=name,
        PipelineType="V2",
        ExecutionMode=mode,
        RoleArn=role,
        ArtifactStore=ArtifactStore(Type="S3", Location=bucket, EncryptionKey=EncryptionKey(Type="KMS", Id=key)),
        Stages=list(stages),
        **more,
    )


def _kind(category: str, provider: str) -> ActionTypeId:
    return ActionTypeId(Category=category, Owner="AWS", Provider=provider, Version="1")
