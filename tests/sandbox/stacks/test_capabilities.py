"""What must be acknowledged before a template may make IAM resources or use macros."""

from __future__ import annotations

from typing import Any

import pytest

from factory.sandbox.stacks.capabilities import missing

from .conftest import Launches

TRUST = {"Version": "2012-10-17", "Statement": []}


def template(properties: dict[str, Any] | None = None, kind: str = "AWS::IAM::Role") -> dict[str, Any]:
    return {
        "Resources": {"Thing": {"Type": kind, "Properties": {"AssumeRolePolicyDocument": TRUST, **(properties or {})}}}
    }


@pytest.mark.parametrize(
    ("wanted", "given", "lacking"),
    [
        (template(), [], ["CAPABILITY_IAM"]),
        (template(), ["CAPABILITY_IAM"], []),
        (template(), ["CAPABILITY_NAMED_IAM"], []),
        (template({"RoleName": "name"}), ["CAPABILITY_IAM"], ["CAPABILITY_NAMED_IAM"]),
        (template({"RoleName": "name"}), ["CAPABILITY_NAMED_IAM"], []),
        (template({"PolicyName": "name"}, "AWS::IAM::Policy"), ["CAPABILITY_IAM"], []),
        (template(kind="AWS::IAM::OIDCProvider"), [], []),
        (template(kind="AWS::S3::Bucket"), [], []),
        (template(kind="AWS::S3::Bucket") | {"Transform": "Macro"}, [], ["CAPABILITY_AUTO_EXPAND"]),
    ],
)
def test_what_is_lacking_is_named(wanted: dict[str, Any], given: list[str], lacking: list[str]) -> None:
    assert missing(wanted, given) == lacking


def test_a_stack_without_them_is_refused(launches: Launches) -> None:
    assert launches.refusal(template(), Capabilities=[]) == (
        "InsufficientCapabilitiesException",
        "Requires capabilities : [CAPABILITY_IAM]",
    )
