"""House rule E9301: no policy grants actions by wildcard."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, ask, resource

ROOT = {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}


def policy(action: Any, **more: Any) -> dict[str, Any]:
    statement = {"Sid": "Work", "Effect": "Allow", "Action": action, "Resource": "arn:aws:s3:::x/*", **more}
    return resource("AWS::IAM::ManagedPolicy", PolicyDocument={"Statement": [statement]})


@pytest.mark.parametrize(
    "good",
    [
        policy("s3:GetObject"),
        policy(["s3:GetObject", {"Fn::If": ["IsWanted", "s3:PutObject", "s3:ListBucket"]}]),
        policy("s3:*", Effect="Deny"),
        resource("AWS::KMS::Key", KeyPolicy={"Statement": {"Effect": "Allow", "Principal": ROOT, "Action": "kms:*"}}),
    ],
)
def test_named_actions_are_kept(good: dict[str, Any]) -> None:
    assert ask("E9301", good, **IF_WANTED) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (policy("s3:*"), "statement Work allows s3:*"),
        (policy(["s3:GetObject", "s3:Put*"]), "allows s3:Put*"),
        (policy("*"), "allows *"),
        (policy(None, NotAction="iam:*"), "allows all actions but some"),
        (policy({"Fn::Join": [":", ["s3", "*"]]}), "allows s3:*"),
        (policy({"Fn::Sub": ["s3:${What}", {"What": "*"}]}), "allows s3:*"),
        (policy({"Fn::Select": [1, {"Fn::Split": [",", "s3:GetObject,s3:*"]}]}), "allows s3:*"),
        (policy({"Fn::FindInMap": ["Grants", "all", "action"]}), "allows s3:*"),
        (policy({"Fn::If": ["IsWanted", "s3:GetObject", "s3:*"]}), "allows s3:* when Wanted=false"),
        (policy({"Ref": "Free"}), "allows s3:*"),
        (policy({"Fn::Sub": "s3:${Free}"}), "allows s3:⟦Free⟧"),
        (
            resource("AWS::Logs::ResourcePolicy", PolicyDocument=json.dumps({"Statement": [{"Action": "logs:*"}]})),
            "allows logs:*",
        ),
        (
            resource(
                "AWS::IAM::Role",
                Policies=[{"Fn::If": ["IsWanted", {"PolicyDocument": {"Statement": {"Action": "*"}}}, {}]}],
            ),
            "allows *",
        ),
    ],
)
def test_a_wildcard_is_found(bad: dict[str, Any], message: str) -> None:
    sections = {**IF_WANTED, "Mappings": {"Grants": {"all": {"action": "s3:*"}}}}
    sections["Parameters"] = {**IF_WANTED["Parameters"], "Free": {"Type": "String", "Default": "s3:*"}}
    assert any(message in found for found in ask("E9301", bad, **sections))
