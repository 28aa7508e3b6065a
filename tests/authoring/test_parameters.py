"""Parameters: what a descriptor becomes in a template, and what it refuses."""

from __future__ import annotations

import json
from typing import Any

import pytest

from factory.authoring import (
    Choice,
    ContractValue,
    Flag,
    Kind,
    Number,
    Product,
    Protected,
    Requires,
    Sized,
    Stack,
    Text,
)
from factory.errors import AuthoringError

VPC = ContractValue(product="network", name="vpc-id", description="The VPC.", kind=Kind.VPC_ID)


class Sample(Product):
    """A sample."""

    name = "sample"
    version = "1.0.0"

    title_text = Text("Title", pattern="[a-z]+", constraint="Letters.", default="abc", min_length=1, max_length=9)
    colour = Choice("Colour", options=("red", "green"), default="red")
    loud = Flag("Loud")
    count = Number("Count", low=1, high=5, default=2)
    size = Sized("Size", options=(256, 512), sizes={"dev": 256, "prod": 512})
    network = Requires(VPC)


def plain(value: Any) -> Any:
    return json.loads(json.dumps(value, default=lambda item: item.to_dict()))


@pytest.mark.parametrize(
    ("parameter", "expected"),
    [
        (
            Sample.title_text,
            {
                "Type": "String",
                "Default": "abc",
                "AllowedPattern": "[a-z]+",
                "ConstraintDescription": "Letters.",
                "MinLength": 1,
                "MaxLength": 9,
                "Description": "Title",
            },
        ),
        (
            Sample.colour,
            {"Type": "String", "Default": "red", "AllowedValues": ["red", "green"], "Description": "Colour"},
        ),
        (
            Sample.loud,
            {"Type": "String", "Default": "false", "AllowedValues": ["true", "false"], "Description": "Loud"},
        ),
        (
            Sample.count,
            {
                "Type": "Number",
                "Default": "2",
                "MinValue": 1,
                "MaxValue": 5,
                "ConstraintDescription": "A whole number from 1 to 5.",
                "Description": "Count",
            },
        ),
        (
            Sample.size,
            {"Type": "String", "Default": "auto", "AllowedValues": ["auto", "256", "512"], "Description": "Size"},
        ),
    ],
)
def test_declaration(parameter: Any, expected: dict[str, Any]) -> None:
    assert plain(parameter.declare()) == expected


def test_reading_gives_the_expression() -> None:
    sample = Sample()
    assert plain(sample.title_text) == {"Ref": "TitleText"}
    assert plain(sample.size) == {
        "Fn::If": ["SizeIsAuto", {"Fn::FindInMap": ["Sizing", {"Ref": "Environment"}, "Size"]}, {"Ref": "Size"}]
    }


def test_requires_reads_the_contract_path() -> None:
    declared = plain(Sample.network.declare())
    assert declared["Type"] == "AWS::SSM::Parameter::Value<AWS::EC2::VPC::Id>"
    assert declared["Default"] == "/platform/main/network/vpc-id"


def test_a_sized_value_compares_by_class_and_by_choice() -> None:
    assert plain(Sample.size.equals(512)) == {
        "Fn::Or": [
            {
                "Fn::And": [
                    {"Condition": "SizeIsAuto"},
                    {"Fn::Equals": [{"Fn::FindInMap": ["Sizing", {"Ref": "Environment"}, "Size"]}, "512"]},
                ]
            },
            {"Fn::Equals": [{"Ref": "Size"}, "512"]},
        ]
    }


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Text("T", pattern="[a-z]+"), "needs a constraint text"),
        (lambda: Text("T", pattern="[a-z]+", constraint="c", default="A"), "does not match its pattern"),
        (lambda: Choice("C", options=("a",), default="b"), "not among its options"),
        (lambda: Number("N", low=1, high=2, default=3), "not from 1 to 2"),
        (lambda: Sized("S", options=(1,), sizes={"dev": 2}), "not a value that it admits"),
        (lambda: Sized("S", sizes={"dev": 2}), "either options or a pattern"),
        (lambda: Sized("S", pattern="[0-9]", sizes={"dev": "x"}, constraint="c"), "not a value that it admits"),
    ],
)
def test_contradictions_are_refused(make: Any, message: str) -> None:
    with pytest.raises(AuthoringError, match=message):
        make()


def test_what_is_protected_in_prod_is_so_until_it_is_lifted() -> None:
    class Kept(Product):
        """A product."""

        name = "kept"
        version = "1.0.0"
        protection = Protected("Deletion protection")

        def build(self, stack: Stack) -> None:
            """Make nothing."""

    asked = Kept.protection
    assert asked.declare().to_dict()["AllowedValues"] == ["auto", "true", "false", "lifted"]
    assert {name for name, value in asked.sizing().items() if value == "true"} == {"prod", "dr"}
    written = json.loads(json.dumps(Kept().protection.to_dict()))
    assert written["Fn::If"][:2] == ["ProtectionIsLifted", "false"]
    assert set(asked.conditions()) == {"ProtectionIsAuto", "ProtectionIsLifted"}
