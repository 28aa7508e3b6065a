"""House rule E9309: people and machines work with roles, not with users."""

from __future__ import annotations

import pytest

from tests.gates.rules.asking import ask, resource


def test_a_role_is_kept() -> None:
    assert ask("E9309", resource("AWS::IAM::Role")) == []


@pytest.mark.parametrize(
    "kind", ["AWS::IAM::User", "AWS::IAM::AccessKey", "AWS::IAM::UserPolicy", "AWS::IAM::UserToGroupAddition"]
)
def test_a_user_is_found(kind: str) -> None:
    (found,) = ask("E9309", resource(kind))
    assert "lasting credentials" in found
