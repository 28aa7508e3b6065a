"""House rule E9310: no policy lets its holder grant itself more."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import ask, resource
from tests.gates.rules.documents import granted

ROLE = "arn:aws:iam::111122223333:role/orders-task"


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    document = {"Statement": [{"Effect": "Allow", **statement} for statement in statements]}
    return resource("AWS::IAM::Role", Policies=[{"PolicyName": "p", "PolicyDocument": document}])


PASS_ANY = {"Action": "iam:PassRole", "Resource": "*"}


@pytest.mark.parametrize(
    "good",
    [
        granted("iam:PutRolePolicy", ROLE),
        granted("iam:AttachRolePolicy", "*", Condition={"ArnEquals": {"iam:PermissionsBoundary": {"Ref": "Boundary"}}}),
        granted("iam:CreatePolicyVersion", "*", Effect="Deny"),
        policy(
            {"Action": "iam:PassRole", "Resource": ROLE},
            {"Action": "lambda:CreateFunction", "Resource": "arn:aws:lambda:eu-west-1:1:function:orders"},
        ),
    ],
)
def test_named_roles_are_kept(good: dict[str, Any]) -> None:
    assert ask("E9310", good) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (granted("iam:CreatePolicyVersion"), "allows iam:createpolicyversion on whatever there is"),
        (granted("iam:AttachRolePolicy", "arn:aws:iam::1:role/*"), "allows iam:attachrolepolicy on whatever"),
        (granted("IAM:putRolePolicy"), "allows iam:putrolepolicy"),
        (granted("iam:UpdateAssumeRolePolicy", None, NotResource=ROLE), "allows iam:updateassumerolepolicy"),
        (granted("sts:AssumeRole"), "allows sts:assumerole"),
        (
            granted("iam:AttachRolePolicy", "*", Condition={"StringLike": {"iam:PermissionsBoundary": "*"}}),
            "allows iam:attachrolepolicy",
        ),
        (
            policy(PASS_ANY, {"Action": "lambda:CreateFunction", "Resource": "*"}),
            "allows lambda:createfunction with any",
        ),
        (
            policy(PASS_ANY, {"Action": ["ecs:RunTask"], "Resource": "arn:aws:ecs:eu-west-1:1:task-definition/a:1"}),
            "ecs:runtask",
        ),
    ],
)
def test_a_way_up_is_found(bad: dict[str, Any], message: str) -> None:
    (found,) = ask("E9310", bad)
    assert message in found
