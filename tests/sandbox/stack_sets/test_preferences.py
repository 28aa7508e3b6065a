"""What preferences come to: tolerances, concurrency, and the order of regions."""

from __future__ import annotations

from typing import Any

import pytest

from factory.sandbox.stack_sets.preferences import Preferences


@pytest.mark.parametrize(
    ("given", "accounts", "failures", "concurrency"),
    [
        ({}, 4, 0, 1),
        ({"MaxConcurrentCount": 3}, 4, 0, 1),
        ({"MaxConcurrentCount": 3, "FailureToleranceCount": 1}, 4, 0, 2),
        ({"MaxConcurrentCount": 3, "FailureToleranceCount": 1}, 4, 1, 1),
        ({"MaxConcurrentCount": 3, "FailureToleranceCount": 2}, 4, 0, 3),
        ({"MaxConcurrentCount": 3, "ConcurrencyMode": "SOFT_FAILURE_TOLERANCE"}, 4, 2, 3),
        ({"MaxConcurrentPercentage": 50, "FailureTolerancePercentage": 100}, 5, 0, 2),
        ({"MaxConcurrentPercentage": 10, "FailureTolerancePercentage": 100}, 5, 0, 1),
    ],
)
def test_no_more_accounts_at_once_than_failures_are_left(
    given: dict[str, Any], accounts: int, failures: int, concurrency: int
) -> None:
    assert Preferences.of(given).concurrency(accounts, failures) == concurrency


def test_a_percentage_of_failures_is_rounded_down() -> None:
    assert Preferences.of({"FailureTolerancePercentage": 30}).tolerance.of(5) == 1


def test_regions_come_in_the_order_given_and_the_others_last() -> None:
    preferences = Preferences.of({"RegionOrder": ["eu-west-1", "us-east-1"]})

    assert preferences.ordered(["ap-south-1", "us-east-1", "eu-west-1"]) == ["eu-west-1", "us-east-1", "ap-south-1"]


@pytest.mark.parametrize(
    "given",
    [
        {"FailureToleranceCount": 1, "FailureTolerancePercentage": 1},
        {"MaxConcurrentCount": 1, "MaxConcurrentPercentage": 1},
        {"RegionOrder": ["us-east-1", "us-east-1"]},
    ],
)
def test_preferences_that_contradict_themselves_are_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="not"):
        Preferences.of(given)
