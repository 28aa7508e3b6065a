"""The stack: tags, names, contract values, and what it refuses."""

from __future__ import annotations

from typing import Any

import pytest
from troposphere import Tags
from troposphere.ec2 import VPC
from troposphere.iam import PolicyType
from troposphere.ssm import Parameter as SsmParameter

from factory.authoring import ContractValue, Kind, Product, Stack, Text
from factory.errors import AuthoringError

OWN = ContractValue(product="sample", name="vpc-id", description="The VPC.", kind=Kind.VPC_ID)
LISTED = ContractValue(product="sample", name="subnets", description="Subnets.", kind=Kind.SUBNET_IDS, named=True)
FOREIGN = ContractValue(product="other", name="value", description="Another's.")


class Sample(Product):
    """A sample."""

    name = "sample"
    version = "1.2.3"
    service_name = Text("Service")


@pytest.fixture
def stack() -> Stack:
    return Stack(Sample)


def resource(stack: Stack, title: str) -> dict[str, Any]:
    found: dict[str, Any] = stack.template.to_dict()["Resources"][title]
    return found


def test_list_tags_are_added_beside_own_ones(stack: Stack) -> None:
    stack.add(VPC("Vpc", CidrBlock="10.0.0.0/16", Tags=Tags(Name="main")))
    tags = {tag["Key"]: tag["Value"] for tag in resource(stack, "Vpc")["Properties"]["Tags"]}
    assert tags["Name"] == "main"
    assert tags["ProductVersion"] == "1.2.3"
    assert tags["Owner"] == {"Ref": "Owner"}
    assert len(tags) == 9


def test_map_tags_follow_the_schema(stack: Stack) -> None:
    stack.add(SsmParameter("Value", Type="String", Value="x"))
    assert resource(stack, "Value")["Properties"]["Tags"]["Product"] == "sample"


def test_types_without_tags_are_left_alone(stack: Stack) -> None:
    stack.add(PolicyType("Policy", PolicyName="p", PolicyDocument={}, Roles=["r"]))
    assert "Tags" not in resource(stack, "Policy")["Properties"]


def test_a_contract_value_is_written_and_shown(stack: Stack) -> None:
    stack.provide(OWN, "vpc-1")
    written = resource(stack, "VpcIdContract")["Properties"]
    assert written["Name"] == {"Fn::Sub": "/platform/${Instance}/sample/vpc-id"}
    assert written["Type"] == "String"
    assert stack.template.to_dict()["Outputs"]["VpcId"]["Value"] == "vpc-1"


def test_a_named_value_carries_the_launchs_name(stack: Stack) -> None:
    stack.provide(LISTED, "a,b", provider=Sample.service_name)
    written = resource(stack, "SubnetsContract")["Properties"]
    assert written["Name"] == {"Fn::Sub": "/platform/${Instance}/sample/${ServiceName}/subnets"}
    assert written["Type"] == "StringList"


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda stack: stack.add(VPC("ServiceName", CidrBlock="10.0.0.0/16")), "a parameter has that name"),
        (lambda stack: [stack.condition("Same", {}), stack.rule("Same")], "a condition has that name"),
        (lambda stack: [stack.output("Same", "v", "d"), stack.output("Same", "v", "d")], "another output"),
        (lambda stack: stack.provide(FOREIGN, "x"), "not its own value"),
        (lambda stack: stack.provide(LISTED, "x"), "go together"),
    ],
)
def test_clashes_are_refused(stack: Stack, act: Any, message: str) -> None:
    with pytest.raises(AuthoringError, match=message):
        act(stack)


def test_an_unknown_type_is_refused(stack: Stack) -> None:
    class Invented(VPC):
        resource_type = "AWS::EC2::Invented"

    with pytest.raises(AuthoringError, match="no type AWS::EC2::Invented"):
        stack.add(Invented("X", CidrBlock="10.0.0.0/16"))


def test_a_found_value_is_read_from_its_path_when_it_is_used(stack: Stack) -> None:
    named = ContractValue(product="other", name="arn", description="Another's.", named=True)
    assert stack.find(FOREIGN).data == {"Fn::Sub": "{{resolve:ssm:/platform/${Instance}/other/value}}"}
    found = stack.find(named, provider=Sample.service_name)
    assert found.data == {"Fn::Sub": "{{resolve:ssm:/platform/${Instance}/other/${ServiceName}/arn}}"}
    assert stack.found == {FOREIGN, named}


def test_a_list_is_not_found(stack: Stack) -> None:
    with pytest.raises(AuthoringError, match="a list can only be required"):
        stack.find(LISTED, provider=Sample.service_name)


def test_a_named_value_is_not_found_without_its_provider(stack: Stack) -> None:
    with pytest.raises(AuthoringError, match="go together"):
        stack.find(FOREIGN, provider=Sample.service_name)
