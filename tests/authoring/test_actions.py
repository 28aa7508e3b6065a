"""What handlers name, and what IAM knows."""

from __future__ import annotations

import pytest

from factory.authoring.actions import Handler, arn_formats, handler_actions, has_reason, tagging_actions
from factory.synthesis.artifact import Artifact


def test_handlers_name_actions_in_their_order() -> None:
    assert handler_actions("AWS::KMS::Key", Handler.DELETE) == ("kms:DescribeKey", "kms:ScheduleKeyDeletion")


def test_actions_that_iam_does_not_know_are_left_out() -> None:
    from factory.authoring.schemas import schema

    named = schema("AWS::S3::Bucket")["handlers"]["create"]["permissions"]
    assert set(handler_actions("AWS::S3::Bucket", Handler.CREATE)) < set(named)


def test_a_custom_resource_has_no_handler() -> None:
    assert handler_actions("Custom::Number", Handler.CREATE) == ()


def test_what_schemas_leave_out_is_known() -> None:
    assert handler_actions("AWS::CodeBuild::Project", Handler.DELETE) == ("codebuild:DeleteProject",)
    made = handler_actions("AWS::CodePipeline::Pipeline", Handler.CREATE)
    assert {"codepipeline:CreatePipeline", "codeconnections:PassConnection"} <= set(made)


def test_a_prefix_with_capitals_is_known() -> None:
    assert "cloudtrail:CreateTrail" in handler_actions("AWS::CloudTrail::Trail", Handler.CREATE)


def test_every_type_of_the_shipped_products_is_made_by_something(artifacts: dict[str, Artifact]) -> None:
    types = {body["Type"] for artifact in artifacts.values() for body in artifact.template["Resources"].values()}
    assert [
        name for name in sorted(types) if not (name.startswith("Custom::") or handler_actions(name, Handler.CREATE))
    ] == []


def test_an_unknown_type_is_an_error() -> None:
    with pytest.raises(KeyError):
        handler_actions("AWS::KMS::Lock", Handler.CREATE)


def test_tags_need_actions_where_there_are_tags() -> None:
    assert "kms:TagResource" in tagging_actions("AWS::KMS::Key")
    assert tagging_actions("AWS::KMS::Alias") == ()


def test_what_a_property_names_is_read_where_it_is_there() -> None:
    machine = "AWS::StepFunctions::StateMachine"
    assert "s3:GetObject" in handler_actions(machine, Handler.CREATE)
    assert not has_reason("s3:GetObject", machine, {"DefinitionString": "{}"})
    assert has_reason("s3:GetObject", machine, {"DefinitionS3Location": {"Bucket": "b", "Key": "k"}})
    assert has_reason("states:CreateStateMachine", machine, {})
    assert has_reason("s3:GetObject", "AWS::Lambda::Function", {})


def test_a_policy_is_attached_to_what_it_names_alone() -> None:
    policy = "AWS::IAM::ManagedPolicy"
    assert "iam:AttachRolePolicy" in handler_actions(policy, Handler.CREATE)
    assert not has_reason("iam:AttachRolePolicy", policy, {"Groups": ["people"]})
    assert has_reason("iam:AttachGroupPolicy", policy, {"Groups": ["people"]})
    assert has_reason("iam:AttachRolePolicy", "AWS::IAM::Role", {})


def test_an_action_is_allowed_on_kinds_of_resources() -> None:
    assert arn_formats("iam:CreateRole") == {"role": ("arn:${Partition}:iam::${Account}:role/*",)}
    assert arn_formats("kms:CreateKey") == {}
