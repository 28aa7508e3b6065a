"""Pieces of pipelines, and what pipelines tell."""

from __future__ import annotations

import json

from troposphere.codepipeline import GitBranchFilterCriteria, GitPushFilter

from factory.authoring.pipeline_notices import RUN_LINK, approvals, message, runs
from factory.authoring.pipelines import COMMIT, Check, approval_action, build_action, source_action, stage, trigger


def test_a_build_knows_its_first_artifact_where_it_gets_several() -> None:
    one = build_action("Test", "project").to_dict()
    assert one["Configuration"] == {"ProjectName": "project"}
    assert one["InputArtifacts"] == [{"Name": "Source"}]
    two = build_action("Publish", "project", inputs=("Source", "Plan"), output="Done", COMMIT=COMMIT).to_dict()
    assert two["Configuration"]["PrimarySource"] == "Source"
    assert two["OutputArtifacts"] == [{"Name": "Done"}]
    (variable,) = json.loads(two["Configuration"]["EnvironmentVariables"])
    assert variable == {"name": "COMMIT", "value": "#{Source.CommitId}", "type": "PLAINTEXT"}


def test_only_filters_start_a_pipeline() -> None:
    action = source_action("arn", "shop/orders", "main").to_dict()
    assert action["Configuration"]["DetectChanges"] == "false"
    started = trigger(Push=[GitPushFilter(Branches=GitBranchFilterCriteria(Includes=["main"]))]).to_dict()
    assert started["GitConfiguration"]["SourceActionName"] == action["Name"]


def test_a_stage_is_skipped_unless_its_check_holds() -> None:
    check = Check(name="Changes", variable="#{plan.CHANGES}", operator="EQ", value="yes")
    made = stage("prod", [build_action("Deploy", "project")], only_if=check, rolls_back=True).to_dict()
    (condition,) = made["BeforeEntry"]["Conditions"]
    (rule,) = condition["Rules"]
    assert (condition["Result"], rule["RuleTypeId"]["Provider"]) == ("SKIP", "VariableCheck")
    assert rule["Configuration"] == {"Variable": "#{plan.CHANGES}", "Value": "yes", "Operator": "EQ"}
    assert made["OnFailure"] == {"Result": "ROLLBACK"}
    assert not {"BeforeEntry", "OnFailure"} & stage("dev", []).to_dict().keys()


def test_an_approval_tells_a_topic_where_it_has_one() -> None:
    given = approval_action("Approve", says="change", link="https://example.com", order=2).to_dict()
    assert "NotificationArn" not in given["Configuration"]
    told = approval_action("Approve", says="change", link="https://example.com", order=2, topic="arn").to_dict()
    assert told["Configuration"]["NotificationArn"] == "arn"


def test_a_message_takes_from_the_event_what_it_names() -> None:
    says = message("arn", f"<state>: {RUN_LINK}").to_dict()["InputTransformer"]
    assert says["InputPathsMap"].keys() == {"pipeline", "run", "state"}
    assert message("arn", "<pipeline> waits").to_dict()["InputTransformer"]["InputPathsMap"].keys() == {"pipeline"}
    assert runs("orders", ["FAILED"])["detail"] == {"pipeline": ["orders"], "state": ["FAILED"]}
    assert approvals("orders")["detail"]["type"] == {"category": ["Approval"]}
