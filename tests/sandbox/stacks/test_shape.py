"""Templates that aren't shaped like one, and that nothing but a message comes of them."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factory.sandbox.stacks import capabilities, references, shape
from factory.sandbox.stacks.schemas import Schemas
from factory.sandbox.stacks.values import Setting, Values

from .conftest import Launches

QUEUE: dict[str, Any] = {"Type": "AWS::SQS::Queue"}
IS = {"Fn::Equals": ["a", "a"]}
ONLY_BOOLEAN = "Template format error: Conditions can only be boolean operations on parameters and other conditions"


def with_value(value: Any) -> dict[str, Any]:
    return {"Resources": {"Queue": {**QUEUE, "Properties": {"QueueName": value}}}}


def with_output(more: dict[str, Any]) -> dict[str, Any]:
    return {"Resources": {"Queue": QUEUE}, "Outputs": {"Out": {"Value": "a", **more}}}


def with_parameter(declared: dict[str, Any], name: str = "Value") -> dict[str, Any]:
    return {"Resources": {"Queue": QUEUE}, "Parameters": {name: declared}}


def with_mapping(name: str, declared: dict[str, Any]) -> dict[str, Any]:
    return {"Resources": {"Queue": QUEUE}, "Mappings": {name: declared}}


def with_condition(declared: Any) -> dict[str, Any]:
    return {"Resources": {"Queue": QUEUE}, "Conditions": {"Big": declared}}


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ({}, "At least one Resources member must be defined."),
        ({"Resources": {}}, "At least one Resources member must be defined."),
        ({"Resources": {"Queue": QUEUE}, "Colour": 1}, "Invalid template property or properties [Colour]"),
        ({"Resources": ["Queue"]}, "Template format error: Resources must be an object."),
        ({"Resources": {"Queue": "text"}}, "Template format error: Any Resources member must be an object. [Queue]"),
        (
            {"Resources": {"Queue": {"Properties": {}}}},
            "Template format error: [/Resources/Queue] Every Resources object must contain a Type member.",
        ),
        (
            {"Resources": {"Queue": {**QUEUE, "Properties": []}}},
            "Template format error: [/Resources/Queue] Any Properties member must be an object.",
        ),
        ({"Resources": {"My-Queue": QUEUE}}, "Template format error: Resource name My-Queue is non alphanumeric."),
        (
            {"Resources": {"Queue": {**QUEUE, "Colour": "red"}}},
            "Template format error: Invalid template resource property 'Colour' of Queue",
        ),
        (
            {"Resources": {"Queue": {**QUEUE, "DependsOn": {"Ref": "Queue"}}}},
            "Template format error: DependsOn of Queue must be a string or a list of strings.",
        ),
        (
            {"Resources": {"Queue": QUEUE}, "Outputs": {"Out": {"Description": "nothing"}}},
            "Template format error: Output Out must contain a Value.",
        ),
        (
            {"Resources": {"Queue": QUEUE}, "Outputs": {"Out": {"Value": "a", "Export": {"Name": "a/b"}}}},
            "Template format error: Output Out is malformed. The Name field of every Export member must be "
            "specified and consist only of alphanumeric characters, colons, or hyphens.",
        ),
        (
            {
                "Resources": {"Queue": QUEUE},
                "Outputs": {name: {"Value": name, "Export": {"Name": "same"}} for name in ("One", "Two")},
            },
            "Template format error: Duplicate export names are not allowed within a stack: same",
        ),
        (
            {"Resources": {"Queue": QUEUE}, "AWSTemplateFormatVersion": "2011-01-01"},
            "Template format error: unsupported value for AWSTemplateFormatVersion.",
        ),
        ({"Resources": {"Queue": QUEUE}, "Description": ["a"]}, "Template format error: Description must be a string."),
        ({"Resources": {"Queue": QUEUE}, "Transform": "Own"}, "No transform named Own found."),
        (
            {"Resources": {"Queue": {**QUEUE, "Properties": {"QueueName": None}}}},
            "Template format error: [/Resources/Queue/Properties/QueueName] 'null' values are not allowed in templates",
        ),
        (with_value({"Fn::Nothing": "a"}), "Template format error: Unrecognized function Fn::Nothing"),
        (with_value({"Fn::Length": ["a"]}), "Template format error: Unrecognized function Fn::Length"),
        (with_value({"Fn::Transform": {"Name": "Own"}}), "No transform named Own found."),
        (
            {"Resources": {"Queue": {**QUEUE, "DeletionPolicy": "Keep"}}},
            "Template format error: Unrecognized DeletionPolicy Keep for resource Queue",
        ),
        (
            {"Resources": {"Queue": {**QUEUE, "UpdateReplacePolicy": "RetainExceptOnCreate"}}},
            "Template format error: Unrecognized UpdateReplacePolicy RetainExceptOnCreate for resource Queue",
        ),
        (
            {"Resources": {"Queue": {**QUEUE, "DeletionPolicy": {"Ref": "AWS::Region"}}}},
            "Template format error: Every DeletionPolicy member must be a string.",
        ),
        (
            {"Resources": {"Queue": {**QUEUE, "DeletionPolicy": "Snapshot"}}},
            "Template error: resource type AWS::SQS::Queue does not support DeletionPolicy Snapshot",
        ),
        (with_output({"Colour": "red"}), "Invalid template output property 'Colour'"),
        (
            with_output({"Export": {}}),
            "Template format error: Output Out is malformed. The Export member must have a Name and nothing else.",
        ),
        (
            {"Resources": {"Queue": QUEUE}, "Outputs": {"My-Out": {"Value": "a"}}},
            "Template format error: Output name My-Out is non alphanumeric.",
        ),
        (
            with_parameter({"Default": "a"}),
            "Template format error: Every Parameters object must contain a Type member.",
        ),
        (with_parameter({"Type": "Text"}), "Template format error: Unrecognized parameter type: Text"),
        (with_parameter({"Type": "String", "DefaultValue": "a"}), "Invalid template parameter property 'DefaultValue'"),
        (
            with_parameter({"Type": "CommaDelimitedList", "Default": ["a"]}),
            "Template format error: Every Default member must be a string.",
        ),
        (
            with_parameter({"Type": "String"}, "My-Value"),
            "Template format error: Parameter name My-Value is non alphanumeric.",
        ),
        (
            with_parameter({"Type": "String"}, "Queue"),
            "Template format error: Queue is both a parameter and a resource.",
        ),
        (
            with_mapping("Sizes", {"big": "a"}),
            "Template format error: Every Mappings attribute must be an object. [Sizes/big]",
        ),
        (
            with_mapping("Sizes", {"big": {"of": {"Ref": "AWS::Region"}}}),
            "Template format error: Every Mappings attribute must be a String or a List. [Sizes/of]",
        ),
        (
            with_mapping("Sizes", {"very big": {"of": "a"}}),
            "Template format error: Mappings attribute name 'very big' must contain only alphanumeric characters, "
            "dashes and periods.",
        ),
        (
            with_mapping("My-Sizes", {"big": {"of": "a"}}),
            "Template format error: Mapping name My-Sizes is non alphanumeric.",
        ),
        (with_condition("yes"), ONLY_BOOLEAN),
        (with_condition({"Fn::If": ["Big", "a", "b"]}), ONLY_BOOLEAN),
        (with_condition({"Fn::Not": ["yes"]}), ONLY_BOOLEAN),
        (with_condition({"Fn::And": [IS, "yes"]}), ONLY_BOOLEAN),
        (
            with_condition({"Fn::Equals": ["a", "b", "c"]}),
            "Template error: every Fn::Equals object requires a list of 2 string parameters.",
        ),
        (with_condition({"Fn::Not": [IS, IS]}), "Template error: every Fn::Not object requires one boolean parameter."),
        (
            with_condition({"Fn::Or": [IS]}),
            "Template error: every Fn::Or object requires a list of at least 2 and at most 10 boolean parameters.",
        ),
    ],
)
def test_a_wrong_shape_is_refused(launches: Launches, template: dict[str, Any], message: str) -> None:
    assert list(shape.problems(template)) == [message]
    assert launches.refusal(template) == ("ValidationError", message)


def test_what_may_stand_there_does(launches: Launches) -> None:
    template = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "All that is allowed.",
        "Parameters": {"Value": {"Type": "Number", "Default": 5, "MaxValue": 9, "NoEcho": False}},
        "Mappings": {"Sizes": {"us-east-1": {"2.big": ["a", "b"], "on": True}}},
        "Conditions": {
            "Is": IS,
            "Not": {"Fn::Not": [{"Condition": "Is"}]},
            "Any": {"Fn::Or": [IS, {"Condition": "Not"}]},
        },
        "Resources": {"Queue": {**QUEUE, "DeletionPolicy": "RetainExceptOnCreate", "UpdateReplacePolicy": "Retain"}},
        "Outputs": {"Out": {"Value": {"Ref": "Queue"}, "Condition": "Any", "Export": {"Name": "shape-out"}}},
    }
    assert list(shape.problems(template)) == []
    assert launches.create("shaped", template) == "CREATE_COMPLETE"


NAMES = st.sampled_from(["Queue", "Other", "Absent", "Big", "Sizes", "AWS::Region", "AWS::NoValue", "Value", "0"])
LEAVES = NAMES | st.text(max_size=3) | st.integers(-1, 2) | st.booleans() | st.none() | st.just("${Queue.Arn}-${Value}")
FUNCTIONS = st.sampled_from(
    [
        *("Ref", "Condition", "Fn::GetAtt", "Fn::Sub", "Fn::If", "Fn::FindInMap", "Fn::Join", "Fn::Select"),
        *("Fn::Split", "Fn::Base64", "Fn::And", "Fn::Or", "Fn::Not", "Fn::Equals", "Fn::ImportValue", "Fn::Cidr"),
    ]
)
NODES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(NAMES, inner, max_size=2)
        | st.builds(lambda name, argument: {name: argument}, FUNCTIONS, inner | st.lists(inner, max_size=4))
    ),
    max_leaves=8,
)


@given(value=NODES, condition=NODES, output=NODES, chosen=NAMES)
def test_no_template_gets_more_than_a_message(value: Any, condition: Any, output: Any, chosen: str) -> None:
    template = {
        "Parameters": {"Value": {"Type": "String"}},
        "Mappings": {"Sizes": {"Queue": {"Other": value}}},
        "Conditions": {"Big": condition},
        "Resources": {
            "Queue": {**QUEUE, "Properties": {"QueueName": value}},
            "Other": {**QUEUE, "Condition": chosen, "DependsOn": chosen},
        },
        "Outputs": {"Out": {"Value": output}},
    }
    if list(shape.problems(template)) or list(references.problems(template, lambda _kind, _attribute: True)):
        return
    assert capabilities.missing(template, []) == []
    setting = Setting(parameters={"Value": "a"}, stack_name="shop", account="123456789012", region="us-east-1")
    values, schemas = Values(template, setting), Schemas()
    with contextlib.suppress(ValueError):
        for name, resource in template["Resources"].items():
            if values.is_made(name):
                schemas.problems("AWS::SQS::Queue", "us-east-1", values.resolve(resource.get("Properties", {})))
        values.resolve(output)
