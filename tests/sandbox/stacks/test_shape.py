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
    ],
)
def test_a_wrong_shape_is_refused(launches: Launches, template: dict[str, Any], message: str) -> None:
    assert list(shape.problems(template)) == [message]
    assert launches.refusal(template) == ("ValidationError", message)


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
