"""Template properties become the arguments of a service call."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest

from factory.sandbox.types.arguments import arguments, text, truth


def client(service: str) -> Any:
    made: Any = boto3.client(service, region_name="us-east-1")  # type: ignore[call-overload]
    return made


def test_names_are_matched_at_every_depth() -> None:
    given = {
        "Family": "api",
        "ContainerDefinitions": [{"Name": "api", "LinuxParameters": {"InitProcessEnabled": True}}],
    }

    found = arguments(client("ecs"), "RegisterTaskDefinition", given)

    assert found == {
        "family": "api",
        "containerDefinitions": [{"name": "api", "linuxParameters": {"initProcessEnabled": True}}],
    }


def test_text_becomes_what_the_api_wants() -> None:
    given = {"ServiceName": "api", "DesiredCount": "2", "EnableExecuteCommand": "true", "Cluster": "main"}

    found = arguments(client("ecs"), "CreateService", given)

    assert (found["desiredCount"], found["enableExecuteCommand"]) == (2, True)


def test_the_keys_of_a_map_stay_as_they_are() -> None:
    log = {"LogDriver": "awslogs", "Options": {"awslogs-Group": "/api"}}

    found = arguments(client("ecs"), "RegisterTaskDefinition", {"ContainerDefinitions": [{"LogConfiguration": log}]})

    assert found["containerDefinitions"][0]["logConfiguration"]["options"] == {"awslogs-Group": "/api"}


def test_what_the_operation_does_not_know_and_what_is_none_is_left_out() -> None:
    assert arguments(client("ec2"), "AllocateAddress", {"Domain": "vpc", "Unknown": 1, "Address": None}) == {
        "Domain": "vpc"
    }


@pytest.mark.parametrize(("value", "expected"), [(True, True), ("true", True), ("TRUE", True), ("no", False)])
def test_truth(value: Any, expected: bool) -> None:
    assert truth(value) is expected


def test_a_structure_where_text_is_wanted_is_json() -> None:
    policy = {"Statement": []}

    found = arguments(client("ec2"), "ModifyVpcEndpoint", {"VpcEndpointId": "vpce-1", "PolicyDocument": policy})

    assert json.loads(found["PolicyDocument"]) == policy
    assert (text(8080), text(True), text("as it is")) == ("8080", "true", "as it is")
