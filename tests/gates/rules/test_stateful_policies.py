"""House rule E9003: what holds data says what becomes of the data when its resource goes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import ask


def table(**policies: Any) -> dict[str, Any]:
    return {"It": {"Type": "AWS::DynamoDB::Table", **policies}}


@pytest.mark.parametrize("policy", ["Retain", "RetainExceptOnCreate", "Snapshot"])
def test_a_policy_that_keeps_data_is_kept(policy: str) -> None:
    assert ask("E9003", table(DeletionPolicy=policy, UpdateReplacePolicy="Retain")) == []


@pytest.mark.parametrize(
    ("policies", "message"),
    [
        ({"UpdateReplacePolicy": "Retain"}, "no DeletionPolicy"),
        ({"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Delete"}, "no UpdateReplacePolicy"),
        ({"DeletionPolicy": {"Fn::If": ["X", "Retain", "Delete"]}, "UpdateReplacePolicy": "Retain"}, "no Deletion"),
    ],
)
def test_a_missing_policy_is_found(policies: dict[str, Any], message: str) -> None:
    (found,) = ask("E9003", table(**policies))
    assert message in found
