"""Properties against their provider schemas."""

from __future__ import annotations

from typing import Any

import pytest

from factory.sandbox.stacks.schemas import Schemas
from factory.sandbox.stacks.values import Unknown

from .conftest import Launches

REGION = "us-east-1"


@pytest.fixture(scope="module")
def schemas() -> Schemas:
    return Schemas()


GROUP = "AWS::Logs::LogGroup"


@pytest.mark.parametrize(
    ("kind", "properties", "lines"),
    [
        (GROUP, {"RetentionInDays": 90}, []),
        (GROUP, {"RetentionInDays": "90"}, []),
        (GROUP, {"RetentionInDays": 91}, ["#/RetentionInDays: 91 is not a valid enum value"]),
        (GROUP, {"Colour": "red"}, ["#: extraneous key [Colour] is not permitted"]),
        (GROUP, {"Arn": "arn:aws:logs:…"}, ["#: extraneous key [Arn] is not permitted"]),
        (GROUP, {"LogGroupName": "a b"}, ["#/LogGroupName: failed validation constraint for keyword [pattern]"]),
        (GROUP, {"LogGroupName": ["a"]}, ["#/LogGroupName: expected type: String, found: JSONArray"]),
        (GROUP, {"Tags": [{"Key": "a"}]}, ["#/Tags/0: required key [Value] not found"]),
        (GROUP, {"Tags": [{"Key": "aws:cloudformation:stack-name", "Value": "a"}]}, []),
        ("AWS::EC2::Subnet", {"CidrBlock": "10.0.0.0/24"}, ["#: required key [VpcId] not found"]),
        (
            "AWS::EC2::Subnet",
            {"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/24", "MapPublicIpOnLaunch": "maybe"},
            ["#/MapPublicIpOnLaunch: expected type: Boolean, found: String"],
        ),
        ("AWS::EC2::Subnet", {"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/24", "MapPublicIpOnLaunch": "true"}, []),
        (
            "AWS::Lambda::Function",
            {"Code": {"ZipFile": "x"}, "Role": "arn:aws:iam::123456789012:role/a", "MemorySize": "64"},
            ["#/MemorySize: '64' is less than the minimum of 128"],
        ),
        ("Custom::Anything", {"ServiceToken": "arn", "Free": {"as": "you like"}}, []),
    ],
)
def test_a_problem_is_worded_as_cloudformation_does(
    schemas: Schemas, kind: str, properties: dict[str, Any], lines: list[str]
) -> None:
    assert schemas.problems(kind, REGION, properties) == lines


def test_what_is_not_known_yet_is_taken_for_right(schemas: Schemas) -> None:
    unknown = {"RetentionInDays": Unknown(), "LogGroupName": Unknown(), "Tags": [Unknown(), Unknown()]}
    assert schemas.problems(GROUP, REGION, unknown) == []


def test_what_is_wrong_beside_it_is_found(schemas: Schemas) -> None:
    properties = {"LogGroupName": Unknown(), "RetentionInDays": 91, "Colour": Unknown()}
    assert schemas.problems(GROUP, REGION, properties) == [
        "#/RetentionInDays: 91 is not a valid enum value",
        "#: extraneous key [Colour] is not permitted",
    ]


@pytest.mark.parametrize(
    ("old", "new", "replaced"),
    [
        ({"CidrBlock": "10.0.0.0/16"}, {"CidrBlock": "10.1.0.0/16"}, True),
        ({"CidrBlock": "10.0.0.0/16"}, {"CidrBlock": "10.0.0.0/16", "EnableDnsSupport": True}, False),
        ({"EnableDnsSupport": False}, {"EnableDnsSupport": True}, False),
    ],
)
def test_a_change_of_what_is_set_at_creation_replaces(
    schemas: Schemas, old: dict[str, Any], new: dict[str, Any], replaced: bool
) -> None:
    assert schemas.replaces("AWS::EC2::VPC", REGION, old, new) is replaced


@pytest.mark.parametrize(
    ("kind", "attribute", "there"),
    [
        (GROUP, "Arn", True),
        (GROUP, "Colour", False),
        ("AWS::RDS::DBInstance", "Endpoint.Address", True),
        ("AWS::CloudFormation::Stack", "Outputs.Anything", True),
        ("Custom::Anything", "Any.Thing", True),
    ],
)
def test_attributes_are_those_of_the_schema(schemas: Schemas, kind: str, attribute: str, there: bool) -> None:
    assert schemas.has_attribute(kind, REGION, attribute) is there


def test_a_stack_whose_parameter_breaks_the_schema_is_refused(launches: Launches) -> None:
    template = {
        "Parameters": {"Days": {"Type": "Number"}},
        "Resources": {"Logs": {"Type": GROUP, "Properties": {"RetentionInDays": {"Ref": "Days"}}}},
    }
    assert launches.refusal(template, parameters={"Days": "91"}) == (
        "ValidationError",
        "Properties validation failed for resource Logs with message:\n#/RetentionInDays: 91 is not a valid enum value",
    )
    assert launches.create("fits", template, parameters={"Days": "90"}) == "CREATE_COMPLETE"


def test_what_only_a_resource_tells_fails_the_resource_that_uses_it(launches: Launches) -> None:
    template = {
        "Resources": {
            "First": {"Type": GROUP},
            "Second": {"Type": GROUP, "Properties": {"RetentionInDays": {"Ref": "First"}}},
        }
    }
    assert launches.create("late", template) == "ROLLBACK_COMPLETE"
    (reason,) = launches.reasons("late")
    assert reason.startswith("Properties validation failed for resource Second with message:\n#/RetentionInDays: ")


def test_an_update_is_held_to_the_schema_too(launches: Launches, aws: Any) -> None:
    def template(days: Any) -> dict[str, Any]:
        return {"Resources": {"Logs": {"Type": GROUP, "Properties": {"RetentionInDays": days}}}}

    assert launches.create("updated", template(30)) == "CREATE_COMPLETE"
    with pytest.raises(aws("cloudformation").exceptions.ClientError, match="91 is not a valid enum value"):
        launches.update("updated", template(91))
    assert launches.update("updated", template(60)) == "UPDATE_COMPLETE"
