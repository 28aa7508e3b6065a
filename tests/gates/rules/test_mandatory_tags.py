"""House rule E9001: every resource that can carry tags carries the platform's."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, NOTHING, ask, resource

NAMES = ("Project", "Environment", "Owner", "CostCenter", "Compliance", "Product", "ProductVersion", "ManagedBy")
TAGS: list[Any] = [{"Key": name, "Value": "x"} for name in NAMES]
QUEUE = "AWS::SQS::Queue"
PARAMETER = "AWS::SSM::Parameter"


@pytest.mark.parametrize(
    "good",
    [
        resource(QUEUE, Tags=TAGS),
        resource(QUEUE, Tags=[*TAGS, {"Key": "Name", "Value": "orders"}]),
        resource(QUEUE, Tags={"Fn::If": ["IsWanted", TAGS, [*TAGS, {"Key": "Name", "Value": "orders"}]]}),
        resource(PARAMETER, Tags=dict.fromkeys(NAMES, "x")),
        resource("AWS::SNS::Subscription"),
    ],
)
def test_all_tags_are_kept(good: dict[str, Any]) -> None:
    assert ask("E9001", good, **IF_WANTED) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (resource(QUEUE), "lacks the tags Compliance, CostCenter, "),
        (resource(QUEUE, Tags=TAGS[1:]), "lacks the tags Project in Tags"),
        (resource(QUEUE, Tags=[*TAGS[1:], {"Key": "Project", "Value": ""}]), "the tag Project is empty"),
        (resource(QUEUE, Tags=[*TAGS[1:], {"Fn::If": ["IsWanted", TAGS[0], NOTHING]}]), "Project in Tags when Wanted"),
        (resource(PARAMETER, Tags=dict.fromkeys(NAMES[1:], "x")), "lacks the tags Project in Tags"),
    ],
)
def test_a_missing_tag_is_found(bad: dict[str, Any], message: str) -> None:
    (found,) = ask("E9001", bad, **IF_WANTED)
    assert message in found
