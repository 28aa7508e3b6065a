"""House rule E9716: a function takes only its share."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, NOTHING, ask, resource

FUNCTION = "AWS::Lambda::Function"


@pytest.mark.parametrize(
    "good",
    [
        resource(FUNCTION, ReservedConcurrentExecutions=5),
    ],
)
def test_a_share_is_kept(good: dict[str, Any]) -> None:
    assert ask("E9716", good, **IF_WANTED) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (resource(FUNCTION), "ReservedConcurrentExecutions is not set"),
        (resource(FUNCTION, ReservedConcurrentExecutions={"Fn::If": ["IsWanted", 5, NOTHING]}), "when Wanted=false"),
    ],
)
def test_none_is_found(bad: dict[str, Any], message: str) -> None:
    (found,) = ask("E9716", bad, **IF_WANTED)
    assert message in found
