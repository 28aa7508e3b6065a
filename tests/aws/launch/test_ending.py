"""What ending a launch comes to is told before: what stays, and what refuses to be deleted."""

from __future__ import annotations

import json
from typing import Any

import pytest

from factory.aws.launch import Launched, LaunchStatus, foresee
from factory.catalog.model import Place, ProductName, VersionName
from tests.aws.conftest import World

ATTRIBUTES = [{"AttributeName": "id", "AttributeType": "S"}]
KEY = [{"AttributeName": "id", "KeyType": "HASH"}]


def table(protected: Any, **attributes: str) -> dict[str, Any]:
    properties = {
        "AttributeDefinitions": ATTRIBUTES,
        "KeySchema": KEY,
        "BillingMode": "PAY_PER_REQUEST",
        "DeletionProtectionEnabled": protected,
    }
    return {"Type": "AWS::DynamoDB::Table", "Properties": properties, **attributes}


TEMPLATE = {
    "Parameters": {
        "Protection": {"Type": "String", "AllowedValues": ["true", "false", "lifted"], "Default": "true"},
        "Size": {"Type": "String", "AllowedValues": ["small", "large"], "Default": "small"},
    },
    "Conditions": {"IsProtected": {"Fn::Equals": [{"Ref": "Protection"}, "true"]}},
    "Resources": {
        "Asked": table({"Fn::If": ["IsProtected", True, False]}),
        "Fixed": table(True),
        "Kept": table(True, DeletionPolicy="Retain"),
        "Open": table(False),
        "Log": {"Type": "AWS::Logs::LogGroup", "DeletionPolicy": "RetainExceptOnCreate"},
        "Volume": {
            "Type": "AWS::RDS::DBInstance",
            "Properties": {
                "DBInstanceClass": "db.t4g.micro",
                "Engine": "postgres",
                "AllocatedStorage": "20",
                "MasterUsername": "master",
                "ManageMasterUserPassword": True,
            },
        },
    },
}


@pytest.fixture(scope="module")
def place_of_stack(make_world: Any) -> tuple[World, Place, Launched]:
    """A stack as a launch has it."""
    world = make_world()
    place = world.dev.places[0]
    cloudformation = world.direct.in_place("cloudformation", place)
    made = cloudformation.create_stack(StackName="SC-launch", TemplateBody=json.dumps(TEMPLATE))["StackId"]
    cloudformation.get_waiter("stack_create_complete").wait(StackName=made, WaiterConfig={"Delay": 1})
    launched = Launched(
        name="shop",
        product=ProductName("shop"),
        version=VersionName("1.0.0"),
        status=LaunchStatus.AVAILABLE,
        stack=made,
    )
    return world, place, launched


def test_what_stays_and_what_is_protected_is_told(place_of_stack: tuple[World, Place, Launched]) -> None:
    world, place, launched = place_of_stack
    found = foresee(world.direct, place, launched)
    assert {(item.resource, item.is_snapshot) for item in found.remainders} == {
        ("Kept", False),
        ("Log", False),
        ("Volume", True),
    }
    assert {(item.resource, item.parameter) for item in found.obstacles} == {("Asked", "Protection"), ("Fixed", "")}
    (fixed,) = (item for item in found.obstacles if item.resource == "Fixed")
    assert fixed.command == (
        f"aws dynamodb update-table --table-name {fixed.id} --no-deletion-protection-enabled --region us-east-1"
    )


def test_protection_that_somebody_lifted_by_hand_is_no_obstacle(
    place_of_stack: tuple[World, Place, Launched],
) -> None:
    world, place, launched = place_of_stack
    dynamodb = world.direct.in_place("dynamodb", place)
    for item in foresee(world.direct, place, launched).obstacles:
        dynamodb.update_table(TableName=item.id, DeletionProtectionEnabled=False)
    assert foresee(world.direct, place, launched).obstacles == ()


def test_nothing_is_known_of_a_stack_that_is_gone(place_of_stack: tuple[World, Place, Launched]) -> None:
    world, place, launched = place_of_stack
    absent = Launched(
        name="gone", product=launched.product, version=launched.version, status=LaunchStatus.ERROR, stack="SC-gone"
    )
    for one in (
        absent,
        Launched(name="none", product=launched.product, version=launched.version, status=absent.status),
    ):
        found = foresee(world.direct, place, one)
        assert (found.remainders, found.obstacles) == ((), ())
