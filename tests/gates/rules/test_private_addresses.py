"""House rule E9221: tasks and instances have no address on the internet."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, NOTHING, ask, resource


def service(**network: Any) -> dict[str, Any]:
    return resource("AWS::ECS::Service", NetworkConfiguration={"AwsvpcConfiguration": network})


def instance(**interface: Any) -> dict[str, Any]:
    return resource("AWS::EC2::Instance", NetworkInterfaces=[{"DeviceIndex": "0", **interface}])


def schedule(address: Any) -> dict[str, Any]:
    network = {"AwsvpcConfiguration": {"AssignPublicIp": address}}
    return resource("AWS::Scheduler::Schedule", Target={"EcsParameters": {"NetworkConfiguration": network}})


@pytest.mark.parametrize(
    "good",
    [
        service(AssignPublicIp="DISABLED"),
        resource("AWS::ECS::Service"),
        instance(),
        instance(AssociatePublicIpAddress=False),
        schedule("DISABLED"),
        schedule(NOTHING),
        resource("AWS::EC2::Subnet", MapPublicIpOnLaunch=False),
        resource("AWS::EC2::EIP", Domain="vpc"),
    ],
)
def test_private_addresses_are_kept(good: dict[str, Any]) -> None:
    assert ask("E9221", good) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (service(), "AssignPublicIp is not DISABLED"),
        (service(AssignPublicIp="ENABLED"), "AssignPublicIp is not DISABLED"),
        (service(AssignPublicIp={"Fn::If": ["IsWanted", "ENABLED", "DISABLED"]}), "is not DISABLED when Wanted=true"),
        (instance(AssociatePublicIpAddress=True), "AssociatePublicIpAddress is not false"),
        (schedule("ENABLED"), "AssignPublicIp is not DISABLED"),
        (resource("AWS::EC2::Subnet", MapPublicIpOnLaunch={"Ref": "Wanted"}), "is not false when Wanted=true"),
        (resource("AWS::EC2::EIP", InstanceId={"Ref": "Instance"}), "InstanceId is not left out"),
        (resource("AWS::EC2::EIPAssociation", InstanceId="i-1"), "InstanceId is not left out"),
    ],
)
def test_public_addresses_are_found(bad: dict[str, Any], message: str) -> None:
    (found,) = ask("E9221", bad, **IF_WANTED)
    assert message in found
