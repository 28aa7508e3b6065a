"""House rule E9214: every rule of a security group says what it is for."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, NOTHING, ask, resource

GROUP = "AWS::EC2::SecurityGroup"


@pytest.mark.parametrize(
    "good",
    [
        resource(GROUP, SecurityGroupIngress=[{"Description": "HTTPS"}]),
        resource("AWS::EC2::SecurityGroupEgress", Description="HTTPS"),
    ],
)
def test_a_description_is_kept(good: dict[str, Any]) -> None:
    assert ask("E9214", good) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (resource(GROUP, SecurityGroupIngress=[{"Description": "HTTPS"}, {}]), "a rule of SecurityGroupIngress has no"),
        (resource(GROUP, SecurityGroupEgress=[{"Description": ""}]), "a rule of SecurityGroupEgress has no"),
        (
            resource(GROUP, SecurityGroupIngress=[{"Description": {"Fn::If": ["IsWanted", "HTTPS", NOTHING]}}]),
            "has no description when Wanted=false",
        ),
        (resource("AWS::EC2::SecurityGroupIngress"), "It has no description"),
    ],
)
def test_a_rule_without_one_is_found(bad: dict[str, Any], message: str) -> None:
    (found,) = ask("E9214", bad, **IF_WANTED)
    assert message in found
