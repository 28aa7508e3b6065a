"""House rule E9103: a key that is to be deleted waits as long as KMS allows."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, NOTHING, ask, resource


@pytest.mark.parametrize("kind", ["AWS::KMS::Key", "AWS::KMS::ReplicaKey"])
@pytest.mark.parametrize("days", [30, "30", NOTHING])
def test_thirty_days_are_kept(kind: str, days: Any) -> None:
    assert ask("E9103", resource(kind, PendingWindowInDays=days)) == []


@pytest.mark.parametrize("days", [7, "29", {"Fn::If": ["IsWanted", 30, 7]}, {"Ref": "Days"}])
def test_fewer_days_are_found(days: Any) -> None:
    parameters = {**IF_WANTED["Parameters"], "Days": {"Type": "Number", "MinValue": 7, "MaxValue": 30}}
    (found,) = ask(
        "E9103", resource("AWS::KMS::Key", PendingWindowInDays=days), **{**IF_WANTED, "Parameters": parameters}
    )
    assert "PendingWindowInDays is not 30" in found
