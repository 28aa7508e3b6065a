"""VPC endpoints through EC2's API."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

Aws = Callable[[str], Any]


@pytest.fixture
def vpc(aws: Aws) -> str:
    return str(aws("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"])


def described(ec2: Any, endpoint_id: str) -> dict[str, Any]:
    return dict(ec2.describe_vpc_endpoints(VpcEndpointIds=[endpoint_id])["VpcEndpoints"][0])


def test_an_endpoint_lets_everybody_in_until_it_has_a_policy(aws: Aws, vpc: str) -> None:
    ec2 = aws("ec2")
    service = "com.amazonaws.us-east-1.s3"
    made = ec2.create_vpc_endpoint(VpcId=vpc, ServiceName=service)["VpcEndpoint"]["VpcEndpointId"]
    (open_statement,) = json.loads(described(ec2, made)["PolicyDocument"])["Statement"]
    assert open_statement["Action"] == "*"

    ec2.modify_vpc_endpoint(VpcEndpointId=made, PolicyDocument='{"Statement": []}')
    assert json.loads(described(ec2, made)["PolicyDocument"]) == {"Statement": []}

    ec2.modify_vpc_endpoint(VpcEndpointId=made, ResetPolicy=True)
    assert json.loads(described(ec2, made)["PolicyDocument"])["Statement"] == [open_statement]


def test_security_groups_come_and_go(aws: Aws, vpc: str) -> None:
    ec2 = aws("ec2")
    one, two = (
        ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"] for name in ("a", "b")
    )
    made = ec2.create_vpc_endpoint(
        VpcId=vpc,
        ServiceName="com.amazonaws.us-east-1.logs",
        VpcEndpointType="Interface",
        SecurityGroupIds=[one],
        PrivateDnsEnabled=True,
    )["VpcEndpoint"]
    assert made["PrivateDnsEnabled"] is True

    endpoint_id = made["VpcEndpointId"]
    ec2.modify_vpc_endpoint(VpcEndpointId=endpoint_id, AddSecurityGroupIds=[two], RemoveSecurityGroupIds=[one])

    assert [group["GroupId"] for group in described(ec2, endpoint_id)["Groups"]] == [two]


def test_a_security_group_must_exist(aws: Aws, vpc: str) -> None:
    with pytest.raises(ClientError, match=r"InvalidGroup\.NotFound"):
        aws("ec2").create_vpc_endpoint(
            VpcId=vpc,
            ServiceName="com.amazonaws.us-east-1.logs",
            VpcEndpointType="Interface",
            SecurityGroupIds=["sg-00000000000000000"],
        )
