"""House rule E9212: no security group lets everything out."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, NOTHING, ask, resource

GROUP = "AWS::EC2::SecurityGroup"
HTTPS = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "0.0.0.0/0"}
CLOSED = {"IpProtocol": "-1", "CidrIp": "127.0.0.1/32"}
OPEN = {"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}


def group(*rules: Any) -> dict[str, Any]:
    return resource(GROUP, SecurityGroupEgress=list(rules))


@pytest.mark.parametrize(
    "good",
    [
        group(HTTPS),
        group(CLOSED),
        group({"IpProtocol": "-1", "CidrIp": "10.0.0.0/16"}),
        resource("AWS::EC2::SecurityGroupEgress", **HTTPS),
    ],
)
def test_named_ports_are_kept(good: dict[str, Any]) -> None:
    assert ask("E9212", good) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (resource(GROUP), "it has no outgoing rule, and so one that lets everything out"),
        (group(), "it has no outgoing rule"),
        (group({"Fn::If": ["IsWanted", HTTPS, NOTHING]}), "it has no outgoing rule"),
        (group(HTTPS, OPEN), "everything is let out"),
        (group({"IpProtocol": -1, "CidrIpv6": "::/0"}), "everything is let out"),
        (group({**HTTPS, "FromPort": 0, "ToPort": 65535}), "everything is let out"),
        (group({"Fn::If": ["IsWanted", HTTPS, OPEN]}), "everything is let out to everywhere when Wanted=false"),
        (resource("AWS::EC2::SecurityGroupEgress", **OPEN), "everything is let out"),
    ],
)
def test_everything_is_found(bad: dict[str, Any], message: str) -> None:
    (found,) = ask("E9212", bad, **IF_WANTED)
    assert message in found
