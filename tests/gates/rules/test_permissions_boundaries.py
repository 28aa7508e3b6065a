"""House rule E9312: every role can be bounded."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import NOTHING, ask, resource

SECTIONS: dict[str, Any] = {
    "Parameters": {
        "Boundary": {"Type": "String", "Default": ""},
        "Size": {"Type": "String", "AllowedValues": ["small", "large"]},
        "Contract": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/platform/main/hub/boundary"},
    },
    "Conditions": {
        "IsBounded": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Boundary"}, ""]}]},
        "IsLarge": {"Fn::Equals": [{"Ref": "Size"}, "large"]},
    },
}
IF_GIVEN = {"Fn::If": ["IsBounded", {"Ref": "Boundary"}, NOTHING]}


def role(boundary: Any = NOTHING, **more: Any) -> dict[str, Any]:
    return {"It": {**resource("AWS::IAM::Role", PermissionsBoundary=boundary)["It"], **more}}


@pytest.mark.parametrize(
    "good",
    [
        role("arn:aws:iam::aws:policy/ReadOnlyAccess"),
        role({"Ref": "Contract"}),
        role(IF_GIVEN),
        role(IF_GIVEN, Condition="IsLarge"),
        role({"Fn::If": ["IsLarge", IF_GIVEN, {"Ref": "Contract"}]}),
    ],
)
def test_a_boundary_that_can_be_set_is_kept(good: dict[str, Any]) -> None:
    assert ask("E9312", good, **SECTIONS) == []


@pytest.mark.parametrize(
    "bad",
    [
        resource("AWS::IAM::Role"),
        role(),
        role({"Fn::If": ["IsLarge", "arn:aws:iam::1:policy/x", NOTHING]}),
        role({"Fn::If": ["IsLarge", IF_GIVEN, NOTHING]}),
    ],
)
def test_a_branch_without_one_is_found(bad: dict[str, Any]) -> None:
    (found,) = ask("E9312", bad, **SECTIONS)
    assert "no permissions boundary can be set" in found
