"""The function that closes the default security group, against a stubbed EC2."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

PRODUCTS = Path(__file__).parents[2] / "products"
GROUP = "sg-0123456789abcdef0"
# As EC2 makes them with the VPC.
FROM_ITSELF = {
    "IpProtocol": "-1",
    "IpRanges": [],
    "Ipv6Ranges": [],
    "PrefixListIds": [],
    "UserIdGroupPairs": [{"GroupId": GROUP, "UserId": "111111111111"}],
}
TO_ANYWHERE = {
    "IpProtocol": "-1",
    "IpRanges": [{"CidrIp": "0.0.0.0/0"}],
    "Ipv6Ranges": [],
    "PrefixListIds": [],
    "UserIdGroupPairs": [],
}


@pytest.fixture
def ec2() -> Iterator[Stubber]:
    # The stub answers before a request is signed and sent.
    client = boto3.client("ec2", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")  # noqa: S106
    with Stubber(client) as stubber:
        yield stubber


@pytest.fixture
def runtime(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(PRODUCTS / "parts" / "runtime"))
    return importlib.import_module("custom_resource")


@pytest.fixture
def answers(runtime: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    monkeypatch.setattr(runtime, "send", lambda _request, outcome: found.append(outcome))
    return found


@pytest.fixture
def function(ec2: Stubber, runtime: ModuleType, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    path = PRODUCTS / "network" / "functions" / "close_default_group" / "index.py"
    spec = importlib.util.spec_from_file_location("close_default_group", path)
    assert spec
    assert spec.loader
    assert runtime
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(boto3, "client", lambda _name: ec2.client)
    return module


def request(kind: str, **more: str) -> dict[str, Any]:
    return {
        "RequestType": kind,
        "RequestId": "1",
        "StackId": "stack",
        "LogicalResourceId": "DefaultGroup",
        "ResourceProperties": {"GroupId": GROUP},
        **more,
    }


def expect_group(ec2: Stubber, incoming: list[dict[str, Any]], outgoing: list[dict[str, Any]]) -> None:
    group = {"GroupId": GROUP, "IpPermissions": incoming, "IpPermissionsEgress": outgoing}
    ec2.add_response("describe_security_groups", {"SecurityGroups": [group]}, {"GroupIds": [GROUP]})


@pytest.mark.parametrize("more", [{}, {"PhysicalResourceId": "sg-of-another-vpc"}], ids=["create", "update"])
def test_every_rule_is_revoked(
    function: ModuleType, ec2: Stubber, answers: list[dict[str, Any]], more: dict[str, str]
) -> None:
    expect_group(ec2, [FROM_ITSELF], [TO_ANYWHERE])
    revoked = {"GroupId": GROUP}
    ec2.add_response("revoke_security_group_ingress", {"Return": True}, {**revoked, "IpPermissions": [FROM_ITSELF]})
    ec2.add_response("revoke_security_group_egress", {"Return": True}, {**revoked, "IpPermissions": [TO_ANYWHERE]})
    function.handler(request("Update" if more else "Create", **more), None)
    ec2.assert_no_pending_responses()
    assert answers == [{"Status": "SUCCESS", "PhysicalResourceId": GROUP, "Data": {}}]


def test_a_closed_group_is_left_alone(function: ModuleType, ec2: Stubber, answers: list[dict[str, Any]]) -> None:
    """EC2 refuses to revoke nothing, and CloudFormation may ask twice."""
    expect_group(ec2, [], [])
    function.handler(request("Create"), None)
    assert [answer["Status"] for answer in answers] == ["SUCCESS"]


def test_deletion_leaves_the_group_closed(function: ModuleType, answers: list[dict[str, Any]]) -> None:
    """The stubbed EC2 expects no call, and would fail one."""
    function.handler(request("Delete", PhysicalResourceId=GROUP), None)
    assert answers == [{"Status": "SUCCESS", "PhysicalResourceId": GROUP, "Data": {}}]


def test_a_refusal_of_ec2_fails_the_launch(function: ModuleType, ec2: Stubber, answers: list[dict[str, Any]]) -> None:
    expect_group(ec2, [FROM_ITSELF], [])
    ec2.add_client_error("revoke_security_group_ingress", "UnauthorizedOperation")
    function.handler(request("Create"), None)
    assert [answer["Status"] for answer in answers] == ["FAILED"]
    assert "UnauthorizedOperation" in answers[0]["Reason"]
