"""Names that a template uses and does not define."""

from __future__ import annotations

from typing import Any

import pytest

from factory.sandbox.stacks.references import problems

BUCKET: dict[str, Any] = {"Type": "AWS::S3::Bucket"}


def with_value(value: Any) -> dict[str, Any]:
    return {"Resources": {"Bucket": {**BUCKET, "Properties": {"BucketName": value}}}}


def found(template: dict[str, Any]) -> list[str]:
    return list(problems(template, lambda _kind, attribute: attribute == "Arn"))


UNRESOLVED = "Template format error: Unresolved resource dependencies [Absent] in the {} block of the template"
UNDEFINED = "Template error: instance of Fn::GetAtt references undefined resource Absent"
CONDITION = "Template error: unresolved condition dependency Absent in {}"


@pytest.mark.parametrize(
    ("template", "message"),
    [
        (with_value({"Ref": "Absent"}), UNRESOLVED.format("Resources")),
        (with_value({"Fn::Join": ["", ["a", {"Ref": "Absent"}]]}), UNRESOLVED.format("Resources")),
        (with_value({"Fn::Sub": "a-${Absent}"}), UNRESOLVED.format("Resources")),
        (with_value({"Fn::Sub": ["a-${b}", {"b": {"Ref": "Absent"}}]}), UNRESOLVED.format("Resources")),
        (with_value({"Fn::GetAtt": ["Absent", "Arn"]}), UNDEFINED),
        (with_value({"Fn::GetAtt": "Absent.Arn"}), UNDEFINED),
        (with_value({"Fn::Sub": "a-${Absent.Arn}"}), UNDEFINED),
        (
            {
                "Resources": {
                    "Bucket": BUCKET,
                    "Other": {**BUCKET, "Properties": {"A": {"Fn::GetAtt": ["Bucket", "X"]}}},
                }
            },
            "Template error: resource Bucket does not support attribute type X in Fn::GetAtt",
        ),
        ({"Resources": {"Bucket": {**BUCKET, "DependsOn": "Absent"}}}, UNRESOLVED.format("Resources")),
        ({"Resources": {"Bucket": {**BUCKET, "DependsOn": ["Absent"]}}}, UNRESOLVED.format("Resources")),
        ({"Resources": {"Bucket": {**BUCKET, "Condition": "Absent"}}}, CONDITION.format("Resources/Bucket")),
        (with_value({"Fn::If": ["Absent", "a", "b"]}), CONDITION.format("Fn::If")),
        (
            with_value({"Fn::FindInMap": ["Absent", "a", "b"]}),
            "Template error: Mapping named 'Absent' is not present in the 'Mappings' section of template.",
        ),
        (
            {"Resources": {"Bucket": BUCKET}, "Outputs": {"Out": {"Value": {"Ref": "Absent"}}}},
            UNRESOLVED.format("Outputs"),
        ),
        (
            {"Resources": {"Bucket": BUCKET}, "Outputs": {"Out": {"Value": "a", "Condition": "Absent"}}},
            CONDITION.format("Outputs/Out"),
        ),
        (
            {"Resources": {"Bucket": BUCKET}, "Conditions": {"Big": {"Fn::Equals": [{"Ref": "Bucket"}, "a"]}}},
            "Template format error: Unresolved dependencies [Bucket]. "
            "Cannot reference resources in the Conditions block of the template",
        ),
        (
            {
                "Resources": {"Bucket": BUCKET},
                "Conditions": {"Big": {"Fn::Equals": [{"Fn::GetAtt": "Bucket.Arn"}, "a"]}},
            },
            "Template format error: Unresolved dependencies [Bucket]. "
            "Cannot reference resources in the Conditions block of the template",
        ),
        (
            {"Resources": {"Bucket": BUCKET}, "Conditions": {"Big": {"Fn::Not": [{"Condition": "Absent"}]}}},
            CONDITION.format("the Conditions block"),
        ),
        (
            {
                "Resources": {"Bucket": BUCKET},
                "Rules": {"Rule": {"Assertions": [{"Assert": {"Fn::Equals": [{"Ref": "Absent"}, "a"]}}]}},
            },
            UNRESOLVED.format("Rules"),
        ),
        (
            {"Resources": {"A": {**BUCKET, "DependsOn": "B"}, "B": {**BUCKET, "DependsOn": "A"}}},
            "Circular dependency between resources: [A, B]",
        ),
        (
            {
                "Resources": {"Bucket": BUCKET},
                "Conditions": {"A": {"Fn::Not": [{"Condition": "B"}]}, "B": {"Condition": "A"}},
            },
            "Circular dependency between conditions: [A, B]",
        ),
        (with_value({"Ref": "Bucket"}), "Circular dependency between resources: [Bucket]"),
    ],
)
def test_an_undefined_name_is_reported(template: dict[str, Any], message: str) -> None:
    assert found(template) == [message]


def test_what_is_defined_is_not_reported() -> None:
    template = {
        "Parameters": {"Name": {"Type": "String"}},
        "Mappings": {"Sizes": {"dev": {"days": 1}}},
        "Conditions": {"Big": {"Fn::Equals": [{"Ref": "Name"}, "a"]}, "Small": {"Fn::Not": [{"Condition": "Big"}]}},
        "Rules": {"Rule": {"Assertions": [{"Assert": {"Fn::Equals": [{"Ref": "AWS::Region"}, "a"]}}]}},
        "Resources": {
            "Bucket": {**BUCKET, "Condition": "Big"},
            "Other": {
                **BUCKET,
                "DependsOn": "Bucket",
                "Properties": {
                    "A": {"Fn::Sub": ["${Name}-${AWS::Region}-${!Literal}-${given}-${Bucket.Arn}", {"given": "b"}]},
                    "B": {"Fn::If": ["Small", {"Ref": "AWS::NoValue"}, {"Fn::GetAtt": ["Bucket", "Arn"]}]},
                    "C": {"Fn::FindInMap": ["Sizes", {"Ref": "Name"}, "days"]},
                    # A policy's conditions are no conditions of the template.
                    "D": {"Statement": [{"Condition": {"StringEquals": {"aws:SourceAccount": "a"}}}]},
                },
            },
        },
        "Outputs": {"Out": {"Condition": "Big", "Value": {"Ref": "Other"}}},
    }
    assert found(template) == []
