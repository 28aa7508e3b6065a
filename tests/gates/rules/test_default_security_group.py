"""House rule E9216: the security group that every VPC brings along lets nothing through."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, ask

DEFAULT = {"Fn::GetAtt": ["It", "DefaultSecurityGroup"]}
VPC = {"It": {"Type": "AWS::EC2::VPC"}}
CLOSED = {"Type": "Custom::ClosedSecurityGroup", "Properties": {"GroupId": DEFAULT}}
OPENED = {"Type": "AWS::EC2::SecurityGroupIngress", "Properties": {"GroupId": DEFAULT, "IpProtocol": "-1"}}


def test_a_closed_group_is_kept() -> None:
    assert ask("E9216", {**VPC, "Closed": CLOSED}) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (VPC, "its default security group stays open"),
        (
            {**VPC, "Closed": {**CLOSED, "Condition": "IsWanted"}},
            "stays open: no Custom::ClosedSecurityGroup closes it",
        ),
        ({**VPC, "Closed": {**CLOSED, "Properties": {"GroupId": {"Fn::GetAtt": ["Other", "GroupId"]}}}}, "stays open"),
        ({**VPC, "Closed": CLOSED, "Rule": OPENED}, "Rule opens its default security group"),
    ],
)
def test_an_open_group_is_found(bad: dict[str, Any], message: str) -> None:
    (found,) = ask("E9216", bad, **IF_WANTED)
    assert message in found
