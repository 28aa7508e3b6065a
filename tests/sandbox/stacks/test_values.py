"""What is known of a template's values before its stack exists."""

from __future__ import annotations

from typing import Any

import pytest

from factory.sandbox.stacks.values import Setting, Unknown, Values

TEMPLATE: dict[str, Any] = {
    "Parameters": {
        "Size": {"Type": "String"},
        "Zones": {"Type": "CommaDelimitedList"},
        "Subnets": {"Type": "List<AWS::EC2::Subnet::Id>"},
    },
    "Mappings": {"Days": {"small": {"kept": 1}, "large": {"kept": 365}}},
    "Conditions": {
        "Large": {"Fn::Equals": [{"Ref": "Size"}, "large"]},
        "Small": {"Fn::Not": [{"Condition": "Large"}]},
        "Both": {"Fn::And": [{"Condition": "Large"}, {"Condition": "Small"}]},
        "Either": {"Fn::Or": [{"Condition": "Large"}, {"Condition": "Small"}]},
    },
    "Resources": {
        "Always": {"Type": "AWS::S3::Bucket"},
        "Sometimes": {"Type": "AWS::S3::Bucket", "Condition": "Large"},
    },
}


def values(size: str = "small") -> Values:
    parameters = {"Size": size, "Zones": "a, b,c", "Subnets": "subnet-1,subnet-2"}
    setting = Setting(parameters=parameters, stack_name="shop", account="123456789012", region="eu-west-1")
    return Values(TEMPLATE, setting)


@pytest.mark.parametrize(
    ("node", "value"),
    [
        ("text", "text"),
        (7, 7),
        ({"Ref": "Size"}, "small"),
        ({"Ref": "Zones"}, ["a", "b", "c"]),
        ({"Ref": "Subnets"}, ["subnet-1", "subnet-2"]),
        ({"Ref": "AWS::Region"}, "eu-west-1"),
        ({"Fn::Sub": "${AWS::StackName}-${Size}-${!kept}"}, "shop-small-${kept}"),
        ({"Fn::Sub": ["${a}/${Size}", {"a": {"Ref": "AWS::AccountId"}}]}, "123456789012/small"),
        ({"Fn::Join": ["-", ["a", {"Ref": "Size"}]]}, "a-small"),
        ({"Fn::Join": ["-", {"Ref": "Zones"}]}, "a-b-c"),
        ({"Fn::Select": ["1", {"Ref": "Zones"}]}, "b"),
        ({"Fn::Split": ["/", "a/b"]}, ["a", "b"]),
        ({"Fn::Base64": "ab"}, "YWI="),
        ({"Fn::FindInMap": ["Days", {"Ref": "Size"}, "kept"]}, 1),
        ({"Fn::FindInMap": ["Days", "none", "kept", {"DefaultValue": 9}]}, 9),
        ({"Fn::If": ["Large", "yes", "no"]}, "no"),
        ({"a": {"Ref": "AWS::NoValue"}, "b": 1}, {"b": 1}),
        ([{"Fn::If": ["Large", 1, {"Ref": "AWS::NoValue"}]}, 2], [2]),
        ({"Condition": {"StringEquals": {"a": "b"}}}, {"Condition": {"StringEquals": {"a": "b"}}}),
    ],
)
def test_functions_of_known_values_are_worked_out(node: Any, value: Any) -> None:
    assert values().resolve(node) == value


@pytest.mark.parametrize(
    "node",
    [
        {"Ref": "Always"},
        {"Fn::GetAtt": ["Always", "Arn"]},
        {"Fn::GetAtt": "Always.Arn"},
        {"Fn::Sub": "${Always}-x"},
        {"Fn::Sub": "${Always.Arn}-x"},
        {"Fn::Join": ["", ["a", {"Ref": "Always"}]]},
        {"Fn::Select": [0, {"Fn::Split": ["-", {"Ref": "Always"}]}]},
        {"Fn::ImportValue": "exported"},
        {"Fn::GetAZs": ""},
        "{{resolve:ssm:/a/b}}",
    ],
)
def test_what_a_resource_decides_stays_open(node: Any) -> None:
    assert isinstance(values().resolve(node), Unknown)


@pytest.mark.parametrize(
    ("condition", "small", "large"),
    [
        ("Large", False, True),
        ("Small", True, False),
        ("Both", False, False),
        ("Either", True, True),
        (None, True, True),
    ],
)
def test_conditions_follow_the_parameters(condition: str | None, small: bool, large: bool) -> None:
    assert (values("small").holds(condition), values("large").holds(condition)) == (small, large)


@pytest.mark.parametrize(
    "node", [{"Ref": "Sometimes"}, {"Fn::GetAtt": ["Sometimes", "Arn"]}, {"Fn::Sub": "a-${Sometimes.Arn}"}]
)
def test_a_resource_that_is_not_made_cannot_be_referred_to(node: Any) -> None:
    with pytest.raises(ValueError, match=r"Unresolved resource dependencies \[Sometimes\]"):
        values("small").resolve(node)
    assert isinstance(values("large").resolve(node), Unknown)


def test_a_branch_that_is_not_taken_may_refer_to_it() -> None:
    node = {"Fn::If": ["Large", {"Ref": "Sometimes"}, "none"]}
    assert values("small").resolve(node) == "none"


def test_a_key_that_a_mapping_lacks_is_named() -> None:
    with pytest.raises(ValueError, match="Unable to get mapping for Days::huge::kept"):
        values("huge").resolve({"Fn::FindInMap": ["Days", {"Ref": "Size"}, "kept"]})


def test_no_two_unknown_values_are_equal() -> None:
    first, second = values().resolve([{"Ref": "Always"}, {"Ref": "Always"}])
    assert first != second
