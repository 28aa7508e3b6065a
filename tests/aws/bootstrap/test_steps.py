"""What a step says of itself: its outcome, and what becomes of the resources that are there in its place."""

from __future__ import annotations

import json
from typing import Any

import pytest

from factory.aws.bootstrap.stacks import wanted_parameters
from factory.aws.bootstrap.steps import Outcome, StackStep, State
from factory.aws.bootstrap.targets import Target
from factory.catalog.model import AccountId, Region

HUB = AccountId("111111111111")
TEMPLATE: dict[str, Any] = {
    "Parameters": {"HubAccount": {"Type": "String"}, "Readers": {"Type": "CommaDelimitedList"}},
    "Conditions": {"IsHub": {"Fn::Equals": [{"Ref": "AWS::AccountId"}, {"Ref": "HubAccount"}]}},
    "Resources": {
        "Bucket": {"Type": "AWS::S3::Bucket", "Condition": "IsHub"},
        "Topic": {
            "Type": "AWS::SNS::TopicInlinePolicy",
            "Properties": {
                "TopicArn": {"Fn::Sub": "arn:aws:sns:${AWS::Region}:${HubAccount}:topic"},
                "PolicyDocument": {"Statement": [{"Effect": "Allow", "Principal": {"AWS": {"Ref": "Readers"}}}]},
            },
        },
    },
}


def at(account: str = HUB) -> Target:
    return Target(owner="any", account=AccountId(account), region=Region("us-east-1"), first=True)


def step(before: State | None, readers: str, account: str = HUB) -> StackStep:
    return StackStep(
        stack="any",
        target=at(account),
        body=json.dumps(TEMPLATE),
        parameters={"HubAccount": HUB, "Readers": readers},
        before=before,
    )


def test_a_new_stack_names_the_resources_that_its_place_gets() -> None:
    assert step(None, "1").outcome is Outcome.CREATED
    assert step(None, "1").lines == ("Bucket (AWS::S3::Bucket)", "Topic (AWS::SNS::TopicInlinePolicy)")
    assert step(None, "1", "222222222222").lines == ("Topic (AWS::SNS::TopicInlinePolicy)",)


def test_another_value_of_a_parameter_changes_what_it_stands_in() -> None:
    changed = step(step(None, "1").after, "1,2")
    assert changed.outcome is Outcome.UPDATED
    assert changed.lines[:2] == ("resources", "  Topic (AWS::SNS::TopicInlinePolicy) updated in place")


def test_the_same_template_with_the_same_parameters_is_no_change() -> None:
    same = step(step(None, "1").after, "1")
    assert (same.outcome, same.lines) == (Outcome.UNCHANGED, ())


def test_texts_hold_what_is_known_and_lists_are_lists() -> None:
    filled = step(None, "1,2").after.at(at())["Resources"]["Topic"]["Properties"]
    assert filled["TopicArn"] == "arn:aws:sns:us-east-1:111111111111:topic"
    assert filled["PolicyDocument"]["Statement"][0]["Principal"] == {"AWS": ["1", "2"]}


@pytest.mark.parametrize(
    ("held", "wanted"),
    [
        ({}, {"Given": "new", "Boundary": ""}),
        ({"Given": "old", "Boundary": "arn"}, {"Given": "new", "Boundary": "arn"}),
        ({"Gone": "x"}, {"Given": "new", "Boundary": ""}),
    ],
)
def test_parameters_are_as_given_else_as_they_were_else_their_defaults(
    held: dict[str, str], wanted: dict[str, str]
) -> None:
    declared = {"Parameters": {"Given": {"Type": "String"}, "Boundary": {"Type": "String", "Default": ""}}}
    assert wanted_parameters(json.dumps(declared), held, {"Given": "new"}) == wanted
