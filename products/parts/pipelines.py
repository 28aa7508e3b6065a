"""Stages and actions of CodePipeline, version 2."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from troposphere.codebuild import Project
from troposphere.codepipeline import (
    Actions,
    ActionTypeId,
    BeforeEntryConditions,
    Condition,
    FailureConditions,
    InputArtifacts,
    OutputArtifacts,
    RuleDeclaration,
    RuleTypeId,
    Stages,
)

SOURCE = "Source"
"""Name of the source action, of its artifact and of the namespace of what it knows about the commit."""
BRANCH = f"#{{{SOURCE}.BranchName}}"
COMMIT = f"#{{{SOURCE}.CommitId}}"


def source_action(connection: Any, repository: Any, branch: Any) -> Actions:
    """Fetches a commit from a repository; which pushes start the pipeline, its triggers say."""
    return Actions(
        Name=SOURCE,
        ActionTypeId=ActionTypeId(Category="Source", Owner="AWS", Provider="CodeStarSourceConnection", Version="1"),
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


def build_action(
    name: str, project: Project, *, order: int = 1, namespace: str | None = None, **variables: str
) -> Actions:
    """Runs a project on the source; `variables` may hold variables of earlier actions, `#{namespace.NAME}`."""
    action = Actions(
        Name=name,
        ActionTypeId=ActionTypeId(Category="Build", Owner="AWS", Provider="CodeBuild", Version="1"),
        Configuration={"ProjectName": project.ref()},
        InputArtifacts=[InputArtifacts(Name=SOURCE)],
        RunOrder=order,
    )
    if variables:
        given = [{"name": key, "value": value, "type": "PLAINTEXT"} for key, value in variables.items()]
        action.Configuration["EnvironmentVariables"] = json.dumps(given, separators=(",", ":"))
    if namespace:
        action.Namespace = namespace
    return action


def approval_action(name: str, *, says: Any, link: Any, order: int) -> Actions:
    """Waits until somebody has approved, for seven days at most."""
    return Actions(
        Name=name,
        ActionTypeId=ActionTypeId(Category="Approval", Owner="AWS", Provider="Manual", Version="1"),
        Configuration={"CustomData": says, "ExternalEntityLink": link},
        RunOrder=order,
    )


def stage(
    name: str, actions: Sequence[Actions], *, for_branches: str | None = None, rolls_back: bool = False
) -> Stages:
    """A stage; runs of branches that do not match `for_branches` (a regular expression of Java) skip it.

    One that rolls back repeats the last run that it was successful in, as far as the pipeline has not changed since.
    """
    made = Stages(Name=name, Actions=list(actions))
    if for_branches is not None:
        rule = RuleDeclaration(
            Name="Branch",
            RuleTypeId=RuleTypeId(Category="Rule", Owner="AWS", Provider="VariableCheck", Version="1"),
            Configuration={"Variable": BRANCH, "Value": for_branches, "Operator": "MATCHES"},
        )
        made.BeforeEntry = BeforeEntryConditions(Conditions=[Condition(Result="SKIP", Rules=[rule])])
    if rolls_back:
        made.OnFailure = FailureConditions(Result="ROLLBACK")
    return made
