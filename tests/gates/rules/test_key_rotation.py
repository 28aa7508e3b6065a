"""House rule E9102: keys are given new material every year."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, NOTHING, ask, resource

KEY = "AWS::KMS::Key"


@pytest.mark.parametrize(
    "good",
    [
        resource(KEY, EnableKeyRotation=True),
        resource(KEY, EnableKeyRotation="true", KeySpec="SYMMETRIC_DEFAULT"),
        resource(KEY, KeySpec="RSA_4096"),
        resource(KEY, Origin="EXTERNAL"),
    ],
)
def test_rotation_is_kept(good: dict[str, Any]) -> None:
    assert ask("E9102", good) == []


@pytest.mark.parametrize(
    "rotates", [False, "false", NOTHING, {"Fn::If": ["IsWanted", True, NOTHING]}, {"Ref": "Free"}, {"Ref": "Wanted"}]
)
def test_a_key_that_may_not_rotate_is_found(rotates: Any) -> None:
    sections = {**IF_WANTED, "Parameters": {**IF_WANTED["Parameters"], "Free": {"Type": "String", "Default": "true"}}}
    (found,) = ask("E9102", resource(KEY, EnableKeyRotation=rotates), **sections)
    assert "EnableKeyRotation is not true" in found
