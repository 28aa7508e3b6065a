"""House rule E9302: every policy document can be read."""

from __future__ import annotations

import json
from typing import Any

import pytest

from factory.authoring.schemas import schema
from factory.gates.policies import PLACES
from tests.gates.rules.asking import IF_WANTED, ask, resource

STATEMENT = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::x/*"}
POLICY = "AWS::IAM::ManagedPolicy"


@pytest.mark.parametrize(
    "good",
    [
        resource(POLICY, PolicyDocument={"Statement": [STATEMENT]}),
        resource(
            POLICY,
            PolicyDocument={"Statement": [{"Fn::If": ["IsWanted", STATEMENT, {"Ref": "AWS::NoValue"}]}, STATEMENT]},
        ),
        resource("AWS::Logs::ResourcePolicy", PolicyDocument=json.dumps({"Statement": [STATEMENT]})),
        resource("AWS::Logs::ResourcePolicy", PolicyDocument={"Fn::Sub": json.dumps({"Statement": STATEMENT})}),
    ],
)
def test_a_written_policy_is_kept(good: dict[str, Any]) -> None:
    assert ask("E9302", good, **IF_WANTED) == []


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"Ref": "Free"}, "PolicyDocument of It is no policy document"),
        ({"Fn::Join": ["", ['{"Statement": [', {"Ref": "Free"}, "]}"]]}, "PolicyDocument of It is no policy document"),
        ({"Fn::Transform": {"Name": "AWS::Include"}}, "PolicyDocument of It is no policy document"),
        ({"Version": "2012-10-17"}, "PolicyDocument of It is no policy document"),
        ({"Statement": []}, "PolicyDocument of It is no policy document"),
        ({"Statement": [STATEMENT, {"Fn::GetAtt": ["Maker", "Statement"]}]}, "statement 2 can't be read"),
        ({"Statement": [{"Ref": "Free"}]}, "statement 1 can't be read"),
        ({"Statement": [{**STATEMENT, "Effect": {"Ref": "Free"}}]}, "statement 1 has no effect"),
        ({"Statement": [{**STATEMENT, "Action": []}]}, "statement 1 names no actions"),
        (
            {"Fn::If": ["IsWanted", {"Statement": [STATEMENT]}, {"Ref": "Free"}]},
            "PolicyDocument of It is no policy document",
        ),
    ],
)
def test_anything_else_is_found(document: Any, message: str) -> None:
    sections = {**IF_WANTED, "Parameters": {**IF_WANTED["Parameters"], "Free": {"Type": "String"}}}
    found = ask("E9302", resource(POLICY, PolicyDocument=document), **sections)
    assert found
    assert all(message in line for line in found)


@pytest.mark.parametrize("kind", PLACES)
def test_a_place_of_policies_is_in_the_provider_schema(kind: str) -> None:
    properties = schema(kind)["properties"]
    assert {path.partition(".")[0] for path in PLACES[kind]} <= set(properties)
