"""What properties have to be: tables, the places that their paths lead to, and what an unknown value proves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from factory.gates.branches import Branches
from factory.gates.resources import Resource
from factory.gates.settings import (
    Wanted,
    anything,
    as_number,
    at_least,
    customers_key,
    exactly,
    if_set,
    never,
    one_of,
    read,
    several,
)
from factory.gates.unknowns import Given, Opaque
from factory.gates.worlds import World

FREE = Given(parameter="Free")
FILLED = Given(parameter="Filled", pattern=".+")
KEY_ARN = Given(parameter="Key", pattern="arn:.+")
CONTRACT = Given(parameter="Contract", of_contract=True)
MADE = Opaque(name="Key", attribute="Arn")


@pytest.mark.parametrize(
    ("wanted", "good", "bad"),
    [
        (exactly(True), [True, "true", "True"], [False, None, "yes", FREE, MADE]),
        (exactly("ACTIVE"), ["ACTIVE"], ["active", None, FREE]),
        (one_of("a", "b"), ["a", "b"], ["c", None, FREE, CONTRACT]),
        (at_least(7), [7, "30"], [6, "6", None, "many", FREE, MADE]),
        (several(), [["a", "b"], CONTRACT], [["a"], ["a", "a"], [], None, FREE]),
        (if_set(exactly(False)), [None, False, "false"], [True, FREE]),
        (never(), [None], ["", False, FREE]),
        (anything(), ["x", MADE, FILLED, CONTRACT, False], ["", [], None, FREE]),
        (customers_key(), ["alias/own", MADE, KEY_ARN, CONTRACT], ["", None, "alias/aws/s3", FREE, FILLED]),
    ],
)
def test_only_what_is_sure_keeps_a_setting(wanted: Wanted, good: list[Any], bad: list[Any]) -> None:
    assert [value for value in good if not wanted.admits(value)] == []
    assert [value for value in bad if wanted.admits(value)] == []


@pytest.mark.parametrize(("value", "number"), [("12", 12), (12, 12), ("x", None), (None, None), (FREE, None)])
def test_numbers_may_be_texts(value: Any, number: int | None) -> None:
    assert as_number(value) == number


NOTHING = {"Ref": "AWS::NoValue"}
ON = {"Fn::Equals": [{"Ref": "Switch"}, "on"]}


def values(properties: Mapping[str, Any], path: str) -> dict[str, list[Any]]:
    """What a path leads to, by the decisions on the way."""
    body = {"Type": "X", "Properties": properties}
    parameters = {"Switch": {"Type": "String", "AllowedValues": ["on", "off"]}}
    branches = Branches({"Parameters": parameters, "Conditions": {"IsOn": ON}, "Resources": {"It": body}})

    def ask(world: World) -> list[Any]:
        return read(Resource(name="It", body=body, world=world), path)

    return {str(world): found for world, found in branches.explore(ask)}


@pytest.mark.parametrize(
    ("properties", "path", "expected"),
    [
        ({"A": {"B": 1}}, "A.B", {"": [1]}),
        ({}, "A.B", {"": [None]}),
        ({"A": [{"B": 1}, {"C": 2}]}, "A.*.B", {"": [1, None]}),
        ({}, "A.*.B", {"": []}),
        ({"A": [{"Fn::If": ["IsOn", {"B": 1}, NOTHING]}]}, "A.*.B", {"Switch=on": [1], "Switch=off": []}),
        ({"A": {"Fn::If": ["IsOn", [{"B": 1}], NOTHING]}}, "A.*.B", {"Switch=on": [1], "Switch=off": []}),
        ({"A": [{"Key": "x.y", "Value": 1}, {"Key": "z", "Value": {"Ref": "Switch"}}]}, "A[x.y]", {"": [1]}),
        ({"A": [{"ParameterName": "x", "ParameterValue": "1"}]}, "A[x]", {"": ["1"]}),
        ({"A": {"x.y": 1}}, "A[x.y]", {"": [1]}),
        ({"A": [{"Key": "x", "Value": 1}, {"Key": "x", "Value": 2}]}, "A[x]", {"": [None]}),
        ({}, "A[x]", {"": [None]}),
    ],
)
def test_paths_lead_past_lists_names_and_conditions(
    properties: Mapping[str, Any], path: str, expected: dict[str, list[Any]]
) -> None:
    assert values(properties, path) == expected
