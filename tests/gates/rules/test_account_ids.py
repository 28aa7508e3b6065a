"""House rule E9807: templates name no account."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import ask, resource

ACCOUNT = "111122223333"


@pytest.mark.parametrize(
    ("resources", "sections"),
    [
        (resource("AWS::SQS::Queue", Description=f"not in {ACCOUNT}"), {}),
        (resource("AWS::SQS::Queue", Tags=[{"Key": "Digest", "Value": f"a{ACCOUNT}b"}]), {}),
        (resource("AWS::SQS::Queue", Owner={"Ref": "AWS::AccountId"}), {}),
        ({}, {"Parameters": {"Image": {"Type": "String", "ConstraintDescription": f"Such as {ACCOUNT}.dkr.ecr"}}}),
        ({}, {"Parameters": {"Arn": {"Type": "String", "AllowedPattern": r"arn:aws:iam::\d{12}:role/.+"}}}),
    ],
)
def test_other_texts_are_kept(resources: dict[str, Any], sections: dict[str, Any]) -> None:
    assert ask("E9807", resources, **sections) == []


@pytest.mark.parametrize(
    ("resources", "sections"),
    [
        (resource("AWS::IAM::Role", Principal=f"arn:aws:iam::{ACCOUNT}:root"), {}),
        (resource("AWS::EC2::VPCPeeringConnection", PeerOwnerId=int(ACCOUNT)), {}),
        (resource("AWS::IAM::Role", Principal={"Fn::Sub": f"arn:${{AWS::Partition}}:iam::{ACCOUNT}:root"}), {}),
        ({}, {"Parameters": {"Hub": {"Type": "String", "Default": ACCOUNT}}}),
        ({}, {"Parameters": {"Hub": {"Type": "String", "AllowedValues": ["x", ACCOUNT]}}}),
        ({}, {"Mappings": {"Accounts": {"prod": {"id": ACCOUNT}}}}),
        ({}, {"Mappings": {"Accounts": {ACCOUNT: {"name": "prod"}}}}),
        ({}, {"Conditions": {"IsHub": {"Fn::Equals": [{"Ref": "AWS::AccountId"}, ACCOUNT]}}}),
        ({}, {"Outputs": {"Hub": {"Value": ACCOUNT}}}),
    ],
)
def test_an_account_is_found(resources: dict[str, Any], sections: dict[str, Any]) -> None:
    (found,) = ask("E9807", resources, **sections)
    assert f"{ACCOUNT} looks like an account's id" in found
