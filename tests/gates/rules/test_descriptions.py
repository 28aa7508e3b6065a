"""House rule E9804: whoever launches is told what each question and each answer means."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import ask

TOLD: dict[str, Any] = {
    "Description": "A queue.",
    "Parameters": {"Size": {"Type": "String", "Description": "How big."}},
    "Outputs": {"Url": {"Value": "x", "Description": "Where it is."}},
}


def test_what_is_told_is_kept() -> None:
    assert ask("E9804", {}, **TOLD) == []


@pytest.mark.parametrize(
    ("section", "body", "message"),
    [
        ("Description", "", "the template has no description"),
        ("Parameters", {"Size": {"Type": "String"}}, "Size has no description"),
        ("Outputs", {"Url": {"Value": "x", "Description": " "}}, "Url has no description"),
    ],
)
def test_what_is_not_is_found(section: str, body: Any, message: str) -> None:
    (found,) = ask("E9804", {}, **{**TOLD, section: body})
    assert message in found
