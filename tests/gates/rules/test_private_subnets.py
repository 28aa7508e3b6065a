"""House rule E9222: data and workloads are in subnets that do not lead to the internet."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, ask

LIST = "AWS::SSM::Parameter::Value<List<AWS::EC2::Subnet::Id>>"
SECTIONS: dict[str, Any] = {
    **IF_WANTED,
    "Parameters": {
        **IF_WANTED["Parameters"],
        "Data": {"Type": LIST, "Default": "/platform/main/network/data-subnets"},
        "Public": {"Type": LIST, "Default": "/platform/main/network/public-subnets"},
        "Chosen": {"Type": "List<AWS::EC2::Subnet::Id>"},
    },
}
SUBNET = {"Type": "AWS::EC2::Subnet"}
OWN = {
    "Inner": SUBNET,
    "Outer": SUBNET,
    "InnerTable": {"Type": "AWS::EC2::RouteTable"},
    "OuterTable": {"Type": "AWS::EC2::RouteTable"},
    "Gateway": {"Type": "AWS::EC2::InternetGateway"},
    "Way": {
        "Type": "AWS::EC2::Route",
        "Properties": {
            "RouteTableId": {"Ref": "OuterTable"},
            "GatewayId": {"Ref": "Gateway"},
            "DestinationCidrBlock": "0.0.0.0/0",
        },
    },
    **{
        f"{name}Way": {
            "Type": "AWS::EC2::SubnetRouteTableAssociation",
            "Properties": {"SubnetId": {"Ref": name}, "RouteTableId": {"Ref": f"{name}Table"}},
        }
        for name in ("Inner", "Outer")
    },
}


def database(subnets: Any) -> dict[str, Any]:
    return {**OWN, "It": {"Type": "AWS::RDS::DBSubnetGroup", "Properties": {"SubnetIds": subnets}}}


def files(subnet: Any) -> dict[str, Any]:
    return {"It": {"Type": "AWS::EFS::MountTarget", "Properties": {"SubnetId": subnet}}}


def looked_up(path: str) -> dict[str, str]:
    """A value of a contract as `Stack.find` reads it."""
    return {"Fn::Sub": f"{{{{resolve:ssm:{path}}}}}"}


@pytest.mark.parametrize(
    "good",
    [
        database({"Ref": "Data"}),
        database([{"Ref": "Inner"}]),
        files({"Fn::Select": [0, {"Ref": "Data"}]}),
        files(looked_up("/platform/main/network/private-subnet-1")),
    ],
)
def test_private_subnets_are_kept(good: dict[str, Any]) -> None:
    assert ask("E9222", good, **SECTIONS) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (database({"Ref": "Public"}), "⟦Public⟧ is, or may be, a public subnet"),
        (database({"Ref": "Chosen"}), "⟦Chosen⟧ is, or may be, a public subnet"),
        (database([{"Ref": "Inner"}, {"Ref": "Outer"}]), "⟦Outer⟧ is, or may be, a public subnet"),
        (database({"Fn::If": ["IsWanted", {"Ref": "Data"}, {"Ref": "Public"}]}), "a public subnet when Wanted=false"),
        (database(["subnet-1"]), "subnet-1 is, or may be, a public subnet"),
        (files({"Fn::Select": [1, {"Ref": "Public"}]}), "⟦Public[1]⟧ is, or may be, a public subnet"),
        (
            files(looked_up("/platform/main/network/public-subnet-1")),
            "public-subnet-1}} is, or may be, a public subnet",
        ),
        (files(looked_up("/elsewhere/private-subnet-1")), "private-subnet-1}} is, or may be, a public subnet"),
    ],
)
def test_public_subnets_are_found(bad: dict[str, Any], message: str) -> None:
    (found,) = ask("E9222", bad, **SECTIONS)
    assert message in found
