"""House rule E9404: web firewalls log what they decide."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, ask

ACL = {"It": {"Type": "AWS::WAFv2::WebACL"}}


def logging(of: str = "It", **more: Any) -> dict[str, Any]:
    properties = {"ResourceArn": {"Fn::GetAtt": [of, "Arn"]}}
    return {**ACL, "Logging": {"Type": "AWS::WAFv2::LoggingConfiguration", "Properties": properties, **more}}


def test_logging_is_kept() -> None:
    assert ask("E9404", logging()) == []


@pytest.mark.parametrize("bad", [ACL, logging("Other"), logging(Condition="IsWanted")])
def test_a_firewall_without_a_log_is_found(bad: dict[str, Any]) -> None:
    (found,) = ask("E9404", bad, **IF_WANTED)
    assert "it has no logging configuration" in found
