"""House rule E9713: old images go."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, NOTHING, ask, resource

REPOSITORY = "AWS::ECR::Repository"
POLICY = {"LifecyclePolicyText": "{}"}


@pytest.mark.parametrize(
    "good",
    [
        resource(REPOSITORY, LifecyclePolicy=POLICY),
        resource("AWS::ECR::RepositoryCreationTemplate", LifecyclePolicy="{}"),
    ],
)
def test_a_policy_is_kept(good: dict[str, Any]) -> None:
    assert ask("E9713", good, **IF_WANTED) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (resource(REPOSITORY), "LifecyclePolicy.LifecyclePolicyText is not set"),
        (resource(REPOSITORY, LifecyclePolicy={"Fn::If": ["IsWanted", POLICY, NOTHING]}), "when Wanted=false"),
    ],
)
def test_none_is_found(bad: dict[str, Any], message: str) -> None:
    (found,) = ask("E9713", bad, **IF_WANTED)
    assert message in found
