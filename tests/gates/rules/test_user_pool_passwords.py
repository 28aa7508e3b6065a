"""House rule E9315: passwords of user pools are long and mixed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, ask, resource

STRONG = {
    "MinimumLength": 14,
    "RequireLowercase": True,
    "RequireNumbers": True,
    "RequireSymbols": True,
    "RequireUppercase": True,
}


def pool(**policy: Any) -> dict[str, Any]:
    return resource("AWS::Cognito::UserPool", Policies={"PasswordPolicy": {**STRONG, **policy}})


def test_a_strong_policy_is_kept() -> None:
    assert ask("E9315", pool()) == []


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        ({"MinimumLength": 8}, "MinimumLength is not at least 12"),
        ({"MinimumLength": {"Fn::If": ["IsWanted", 12, 6]}}, "MinimumLength is not at least 12 when Wanted=false"),
        ({"RequireSymbols": False}, "RequireSymbols is not true"),
        ({"RequireNumbers": {"Ref": "AWS::NoValue"}}, "RequireNumbers is not true"),
    ],
)
def test_a_weak_one_is_found(policy: dict[str, Any], message: str) -> None:
    (found,) = ask("E9315", pool(**policy), **IF_WANTED)
    assert message in found


def test_none_is_found() -> None:
    assert len(ask("E9315", resource("AWS::Cognito::UserPool"))) == 5
