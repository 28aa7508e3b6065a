"""Pipelines are recorded; what CodePipeline refuses when one is made is refused."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

ROLE = {
    "Role": {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "codepipeline.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                    }
                ],
            }
        },
    }
}


def action(name: str, category: str = "Build", provider: str = "CodeBuild", **more: Any) -> dict[str, Any]:
    kind = {"Category": category, "Owner": "AWS", "Provider": provider, "Version": "1"}
    return {"Name": name, "ActionTypeId": kind, "Configuration": {"ProjectName": "it"}, **more}


PIPELINE: dict[str, Any] = {
    "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
    "PipelineType": "V2",
    "ArtifactStore": {"Type": "S3", "Location": "artifacts"},
    "Triggers": [
        {
            "ProviderType": "CodeStarSourceConnection",
            "GitConfiguration": {"SourceActionName": "Source", "Push": [{"Branches": {"Includes": ["prod/*"]}}]},
        }
    ],
    "Stages": [
        {
            "Name": "Source",
            "Actions": [
                action(
                    "Source",
                    "Source",
                    "CodeStarSourceConnection",
                    OutputArtifacts=[{"Name": "Source"}],
                    Namespace="Source",
                )
            ],
        },
        {
            "Name": "Build",
            "Actions": [
                action("Image", InputArtifacts=[{"Name": "Source"}], Namespace="Build"),
                action("Deploy", InputArtifacts=[{"Name": "Source"}], RunOrder=2),
            ],
        },
    ],
}


def resources(**more: Any) -> dict[str, Any]:
    return {**ROLE, "Pipeline": {"Type": "AWS::CodePipeline::Pipeline", "Properties": {**PIPELINE, **more}}}


def test_a_pipeline_has_a_name_and_keeps_it(stacks: Any) -> None:
    assert stacks.put("it", resources()) == "CREATE_COMPLETE", stacks.reasons("it")
    name = stacks.resource("it", "Pipeline")
    assert name.startswith("it-Pipeline-")
    assert stacks.put("it", resources(ExecutionMode="QUEUED")) == "UPDATE_COMPLETE", stacks.reasons("it")
    assert stacks.resource("it", "Pipeline") == name


def spoilt(change: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """The resources with a change to the pipeline's properties."""
    made = copy.deepcopy(resources())
    change(made["Pipeline"]["Properties"])
    return made


def second(properties: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = properties["Stages"][1]
    return found


CHECK = {"Variable": "#{Source.BranchName}", "Value": "^prod/.+$", "Operator": "MATCHES"}


def pushed(properties: dict[str, Any]) -> dict[str, Any]:
    """The filter of the pushes that start the pipeline."""
    found: dict[str, Any] = properties["Triggers"][0]["GitConfiguration"]["Push"][0]
    return found


def on_requests(source: str) -> dict[str, Any]:
    """A trigger on pull requests."""
    git = {"SourceActionName": source, "PullRequest": [{"Branches": {"Includes": ["main"]}}]}
    return {"ProviderType": "CodeStarSourceConnection", "GitConfiguration": git}


def entered(properties: dict[str, Any], result: str, settings: dict[str, str], provider: str = "VariableCheck") -> None:
    """Let a rule decide whether the second stage is entered."""
    kind = {"Category": "Rule", "Owner": "AWS", "Provider": provider, "Version": "1"}
    rule = {"Name": "Check", "RuleTypeId": kind, "Configuration": settings}
    second(properties)["BeforeEntry"] = {"Conditions": [{"Result": result, "Rules": [rule]}]}


def test_conditions_as_the_guide_has_them_are_taken(stacks: Any) -> None:
    made = spoilt(lambda it: entered(it, "SKIP", CHECK))
    made["Pipeline"]["Properties"]["Stages"][1]["OnFailure"] = {"Result": "ROLLBACK"}
    assert stacks.put("it", made) == "CREATE_COMPLETE", stacks.reasons("it")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda it: it.update(PipelineType="V1"), "Triggers is supported for pipelines of type V2 only"),
        (
            lambda it: second(it)["Actions"].append(action("Late", "Source", "S3")),
            "Only the first stage has source actions",
        ),
        (
            lambda it: second(it)["Actions"][0].update(InputArtifacts=[{"Name": "Built"}]),
            "Input artifact Built of action Image of stage Build is not produced by an earlier action",
        ),
        (
            lambda it: second(it)["Actions"][0].update(OutputArtifacts=[{"Name": "Source"}]),
            "is produced by an earlier action already",
        ),
        (lambda it: second(it)["Actions"][0].update(Namespace="Source"), "Namespace Source of action Image"),
        (
            lambda it: second(it)["Actions"][0].update(Configuration={"ProjectName": "#{Later.NAME}"}),
            "Variable namespace Later in action Image of stage Build is not that of an earlier action",
        ),
        (
            lambda it: second(it)["Actions"][0].update(Configuration={"ProjectName": "x" * 1001}),
            "is longer than 1000 characters",
        ),
        (
            lambda it: it["Triggers"][0]["GitConfiguration"].update(SourceActionName="Elsewhere"),
            "must reference a CodeStarSourceConnection action, one trigger for each: Elsewhere",
        ),
        (lambda it: it["Triggers"].append(on_requests("Source")), "one trigger for each: Source"),
        (lambda it: pushed(it).update(Tags={"Includes": ["v*"]}), "mixes tags with branches"),
        (
            lambda it: it["Triggers"][0]["GitConfiguration"].update(Push=[{"FilePaths": {"Includes": ["a/**"]}}]),
            "has file paths without branches",
        ),
        (lambda it: entered(it, "ROLLBACK", CHECK), "ROLLBACK is no result of a condition BeforeEntry of stage Build"),
        (lambda it: entered(it, "SKIP", {}, "CloudWatchAlarm"), "A rule CloudWatchAlarm can't skip"),
        (
            lambda it: entered(it, "SKIP", {**CHECK, "Operator": "GT"}),
            "Rule Check of BeforeEntry of stage Build has an",
        ),
        (lambda it: entered(it, "SKIP", {"Variable": "#{Source.BranchName}"}), "has no Value"),
        (lambda it: it.update(RoleArn="arn:aws:iam::123456789012:role/absent"), "absent"),
    ],
)
def test_what_codepipeline_refuses_is_refused(
    change: Callable[[dict[str, Any]], None], reason: str, stacks: Any
) -> None:
    assert stacks.put("it", spoilt(change)) == "ROLLBACK_COMPLETE"
    assert reason in stacks.reasons("it")
