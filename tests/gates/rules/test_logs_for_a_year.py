"""House rule E9490, where a portfolio asks for it: logs are kept for a year."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, ask, resource


@pytest.mark.parametrize("good", [{"RetentionInDays": 365}, {"RetentionInDays": "400"}, {}])
def test_a_year_is_kept(good: dict[str, Any]) -> None:
    assert ask("E9490", resource("AWS::Logs::LogGroup", **good)) == []


@pytest.mark.parametrize("bad", [90, {"Fn::If": ["IsWanted", 365, 90]}, {"Ref": "Free"}])
def test_less_is_found(bad: Any) -> None:
    parameters = {**IF_WANTED["Parameters"], "Free": {"Type": "String"}}
    (found,) = ask(
        "E9490",
        resource("AWS::Logs::LogGroup", RetentionInDays=bad),
        Parameters=parameters,
        Conditions=IF_WANTED["Conditions"],
    )
    assert "less than 365 days" in found
