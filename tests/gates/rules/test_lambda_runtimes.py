"""House rule E9714: functions run on runtimes that are supported."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from factory.authoring.schemas import schema
from factory.gates.rules.lambda_runtimes import AS_OF, deprecations
from tests.gates.rules.asking import IF_WANTED, ask, resource

FUNCTION = "AWS::Lambda::Function"


@pytest.mark.parametrize(
    "good",
    [
        resource(FUNCTION, Runtime="python3.13"),
        resource(FUNCTION, Runtime="nodejs24.x"),
        resource(FUNCTION, PackageType="Image"),
    ],
)
def test_a_supported_one_is_kept(good: dict[str, Any]) -> None:
    assert ask("E9714", good, **IF_WANTED) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (resource(FUNCTION, Runtime="python3.9"), "python3.9 has not been supported since 2025-12-15"),
        (resource(FUNCTION, Runtime="nodejs20.x"), "has not been supported since"),
        (resource(FUNCTION, Runtime={"Fn::If": ["IsWanted", "python3.13", "python3.8"]}), "when Wanted=false"),
    ],
)
def test_an_old_one_is_found(bad: dict[str, Any], message: str) -> None:
    (found,) = ask("E9714", bad, **IF_WANTED)
    assert message in found


@pytest.mark.parametrize(("pattern", "findings"), [(r"python3\.1[234]", 0), (r"python3\.\d+", 1), ("", 1)])
def test_a_runtime_that_is_asked_for_is_supported(pattern: str, findings: int) -> None:
    parameters = {"Given": {"Type": "String", "AllowedPattern": pattern}}
    assert len(ask("E9714", resource(FUNCTION, Runtime={"Ref": "Given"}), Parameters=parameters)) == findings


def test_runtimes_are_looked_at_once_a_year() -> None:
    """Where this fails, set AS_OF to today, and move on what the gate then finds."""
    assert datetime.now(UTC).date() - AS_OF < timedelta(days=366)


def test_there_are_runtimes_left() -> None:
    supported = set(schema(FUNCTION)["properties"]["Runtime"]["enum"]) - {
        n for n, day in deprecations().items() if day <= AS_OF
    }
    assert {"python3.13", "nodejs24.x", "provided.al2023"} <= supported
