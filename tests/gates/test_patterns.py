"""What texts a regular expression can match at all."""

from __future__ import annotations

import pytest

from factory.gates.patterns import may_hold


@pytest.mark.parametrize(
    "pattern",
    [
        r"[a-z0-9-]+",
        r"\d{12}",
        r"(arn:aws:s3:::[\w.-]+)?",
        r"a|b",
        r"[A-Za-z+/=]*",
        r"x(?!.*\*)y",
        r"\w+\Z",
        "(?i)[A-Z]+",
    ],
)
def test_what_can_not_be_there(pattern: str) -> None:
    assert not may_hold(pattern, "*")


@pytest.mark.parametrize(
    "pattern",
    [".*", r"\S+", "[^/]+", r"a|b\*", "[!-~]", r"\D", r"((x|.)y)?", "[^a-z]", r"(?>.)", r"(a)?(?(1)b|\*)", ""],
)
def test_what_can(pattern: str) -> None:
    assert may_hold(pattern, "*") is (pattern != "")
