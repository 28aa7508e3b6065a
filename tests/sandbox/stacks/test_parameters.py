"""Parameters of stacks against the template and the account."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .conftest import Launches


def template(definition: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    parameters = {"Value": definition} if definition else {}
    return {"Parameters": {**parameters, **more}, "Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}


def test_unknown_ones_are_refused(launches: Launches) -> None:
    assert launches.refusal(template({"Type": "String", "Default": "a"}), parameters={"Vlaue": "b"}) == (
        "ValidationError",
        "Parameters: [Vlaue] do not exist in the template",
    )


def test_missing_ones_are_named_all_at_once(launches: Launches) -> None:
    assert launches.refusal(template({"Type": "String"}, Other={"Type": "Number"})) == (
        "ValidationError",
        "Parameters: [Value, Other] must have values",
    )


@pytest.mark.parametrize(
    ("kind", "value", "named"),
    [
        ("AWS::EC2::VPC::Id", "vpc-0123456789abcdef0", ["vpc-0123456789abcdef0"]),
        ("AWS::EC2::Subnet::Id", "subnet-0123456789abcdef0", ["subnet-0123456789abcdef0"]),
        ("AWS::EC2::SecurityGroup::Id", "sg-0123456789abcdef0", ["sg-0123456789abcdef0"]),
        ("AWS::EC2::KeyPair::KeyName", "nobody", ["nobody"]),
        ("AWS::EC2::AvailabilityZone::Name", "us-east-1x", ["us-east-1x"]),
        ("AWS::Route53::HostedZone::Id", "Z0123456789", ["Z0123456789"]),
        ("AWS::EC2::VPC::Id", "", [""]),
        ("List<AWS::EC2::Subnet::Id>", "subnet-0123456789abcdef0, subnet-1", ["subnet-0123456789abcdef0", "subnet-1"]),
    ],
)
def test_ids_of_what_is_not_there_are_refused(launches: Launches, kind: str, value: str, named: list[str]) -> None:
    message = ", ".join(f"parameter value {item} for parameter name Value does not exist" for item in named)
    assert launches.refusal(template({"Type": kind}), parameters={"Value": value}) == (
        "ValidationError",
        f"Parameter validation failed: {message}",
    )


def test_ids_of_what_is_there_are_accepted(launches: Launches, aws: Callable[[str], Any]) -> None:
    ec2 = aws("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{number}.0/24")["Subnet"]["SubnetId"] for number in range(2)
    ]
    wanted = template({"Type": "AWS::EC2::VPC::Id"}, Subnets={"Type": "List<AWS::EC2::Subnet::Id>"})
    given = {"Value": vpc, "Subnets": ",".join(subnets)}
    assert launches.create("there", wanted, parameters=given) == "CREATE_COMPLETE"


def test_another_accounts_vpc_is_not_there(launches: Launches, clients: Any) -> None:
    other = clients.get("ec2", account="111111111111", region="us-east-1")
    vpc = other.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    code, _ = launches.refusal(template({"Type": "AWS::EC2::VPC::Id"}), parameters={"Value": vpc})
    assert code == "ValidationError"


STORED = "AWS::SSM::Parameter::Value<String>"


@pytest.mark.parametrize("kind", [STORED, "AWS::SSM::Parameter::Name"])
def test_a_stored_parameter_that_is_not_there_is_named(launches: Launches, kind: str) -> None:
    assert launches.refusal(template({"Type": kind, "Default": "/platform/absent"})) == (
        "ValidationError",
        "Unable to fetch parameters [/platform/absent] from parameter store for this account.",
    )


def test_a_stored_id_of_what_is_not_there_is_refused(launches: Launches, aws: Callable[[str], Any]) -> None:
    aws("ssm").put_parameter(Name="/platform/vpc", Type="String", Value="vpc-0123456789abcdef0")
    wanted = template({"Type": "AWS::SSM::Parameter::Value<AWS::EC2::VPC::Id>", "Default": "/platform/vpc"})
    assert launches.refusal(wanted) == (
        "ValidationError",
        "Parameter validation failed: parameter value vpc-0123456789abcdef0 for parameter name Value does not exist",
    )


def test_a_stored_secret_cannot_be_used(launches: Launches, aws: Callable[[str], Any]) -> None:
    aws("ssm").put_parameter(Name="/platform/secret", Type="SecureString", Value="hidden")
    assert launches.refusal(template({"Type": STORED, "Default": "/platform/secret"})) == (
        "ValidationError",
        "Parameters [/platform/secret] referenced by template have types not supported by CloudFormation.",
    )


@pytest.mark.parametrize(
    ("stored", "kind"), [("StringList", STORED), ("String", "AWS::SSM::Parameter::Value<List<String>>")]
)
def test_a_stored_value_of_another_type_cannot_be_used(
    launches: Launches, aws: Callable[[str], Any], stored: str, kind: str
) -> None:
    aws("ssm").put_parameter(Name="/platform/names", Type=stored, Value="a,b")
    assert launches.refusal(template({"Type": kind, "Default": "/platform/names"})) == (
        "ValidationError",
        "Parameters [/platform/names] referenced by template have types not supported by CloudFormation.",
    )


def test_the_pattern_of_a_stored_parameter_is_for_its_name(launches: Launches, aws: Callable[[str], Any]) -> None:
    aws("ssm").put_parameter(Name="/platform/name", Type="String", Value="something else")
    fits = {"Type": STORED, "Default": "/platform/name", "AllowedPattern": "^/platform/[a-z]+$"}
    assert launches.create("fits", template(fits)) == "CREATE_COMPLETE"
    assert launches.refusal(template(fits | {"AllowedPattern": "^/other/.*$"})) == (
        "ValidationError",
        "Parameter 'Value' must match pattern ^/other/.*$",
    )


def test_a_stored_parameter_is_read_again_at_every_update(launches: Launches, aws: Callable[[str], Any]) -> None:
    ssm, cloudformation = aws("ssm"), aws("cloudformation")
    ssm.put_parameter(Name="/platform/delay", Type="String", Value="10")
    wanted = template({"Type": STORED, "Default": "/platform/delay"})
    wanted["Resources"]["Queue"]["Properties"] = {"DelaySeconds": {"Ref": "Value"}}
    assert launches.create("reread", wanted) == "CREATE_COMPLETE"

    ssm.put_parameter(Name="/platform/delay", Type="String", Value="20", Overwrite=True)
    cloudformation.update_stack(
        StackName="reread",
        UsePreviousTemplate=True,
        Parameters=[{"ParameterKey": "Value", "UsePreviousValue": True}],
    )
    assert launches.ended("reread") == "UPDATE_COMPLETE"
    url = launches.resource("reread", "Queue")
    delay = aws("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["DelaySeconds"])["Attributes"]
    assert delay == {"DelaySeconds": "20"}


def test_a_secret_parameter_is_not_shown(launches: Launches, aws: Callable[[str], Any]) -> None:
    wanted = template({"Type": "String", "NoEcho": True})
    assert launches.create("secret", wanted, parameters={"Value": "hidden"}) == "CREATE_COMPLETE"
    (stack,) = aws("cloudformation").describe_stacks(StackName="secret")["Stacks"]
    assert stack["Parameters"] == [{"ParameterKey": "Value", "ParameterValue": "****"}]
