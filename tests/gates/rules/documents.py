"""Policy documents for the rules to look at, each in the resource that carries it."""

from __future__ import annotations

from typing import Any

from tests.gates.rules.asking import resource

ACCOUNT = {"Ref": "AWS::AccountId"}
OWN_ROOT = {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}
OTHER_ROOT = "arn:aws:iam::111122223333:root"


def granted(action: Any, on: Any = "*", **more: Any) -> dict[str, Any]:
    """A managed policy of one statement."""
    statement = {"Sid": "Work", "Effect": "Allow", "Action": action, "Resource": on, **more}
    return resource("AWS::IAM::ManagedPolicy", PolicyDocument={"Statement": [statement]})


def trusted(principal: Any, condition: Any = None, action: str = "sts:AssumeRole", **more: Any) -> dict[str, Any]:
    """A role that a principal takes on."""
    statement = {"Sid": "Trust", "Effect": "Allow", "Principal": principal, "Action": action, **more}
    if condition is not None:
        statement["Condition"] = condition
    return resource("AWS::IAM::Role", AssumeRolePolicyDocument={"Statement": [statement]})


def shared(principal: Any, condition: Any = None, kind: str = "AWS::SNS::TopicPolicy", **more: Any) -> dict[str, Any]:
    """A policy of a topic, unless told otherwise, that lets a principal in."""
    statement = {"Sid": "Share", "Effect": "Allow", "Principal": principal, "Action": "sns:Publish", **more}
    if condition is not None:
        statement["Condition"] = condition
    return resource(kind, PolicyDocument={"Statement": statement})


def asked(**patterns: str) -> dict[str, Any]:
    """Parameters without a default, each with its pattern."""
    return {"Parameters": {name: {"Type": "String", "AllowedPattern": pattern} for name, pattern in patterns.items()}}
