"""House rule E9311: named roles are passed, to named services."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, NOTHING, ask
from tests.gates.rules.documents import granted

ROLE = {"Fn::GetAtt": ["TaskRole", "Arn"]}
TO_TASKS = {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}


@pytest.mark.parametrize(
    "good",
    [
        granted("iam:PassRole", ROLE, Condition=TO_TASKS),
        granted("iam:PassRole", "*", Effect="Deny"),
        granted("ecs:RunTask", "arn:aws:ecs:eu-west-1:1:task-definition/orders:*"),
    ],
)
def test_a_named_role_for_a_named_service_is_kept(good: dict[str, Any]) -> None:
    assert ask("E9311", good) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (granted("iam:PassRole", "*", Condition=TO_TASKS), "passes any role"),
        (granted("iam:passrole", "arn:aws:iam::1:role/*", Condition=TO_TASKS), "passes any role"),
        (granted("iam:PassRole", None, NotResource=ROLE, Condition=TO_TASKS), "passes any role"),
        (granted("iam:PassRole", {"Fn::If": ["IsWanted", ROLE, "*"]}, Condition=TO_TASKS), "passes any role"),
        (granted("iam:PassRole", ROLE), "passes roles to any service"),
        (granted("iam:PassRole", ROLE, Condition={"StringLike": {"iam:PassedToService": "*"}}), "to any service"),
        (granted("iam:PassRole", ROLE, Condition={"Fn::If": ["IsWanted", TO_TASKS, NOTHING]}), "to any service"),
    ],
)
def test_anything_else_is_found(bad: dict[str, Any], message: str) -> None:
    (found,) = ask("E9311", bad, **IF_WANTED)
    assert message in found
