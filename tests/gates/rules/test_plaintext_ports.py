"""House rule E9207: no security group names a port of a protocol that speaks plain text."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, NOTHING, ask, resource

GROUP = "AWS::EC2::SecurityGroup"
RANGE = {"CidrIp": "10.0.0.0/16"}
PEER = {"DestinationSecurityGroupId": "sg-1"}


def opening(first: Any, last: Any = None, **peer: Any) -> dict[str, Any]:
    return {"IpProtocol": "tcp", "FromPort": first, "ToPort": first if last is None else last, **(peer or RANGE)}


@pytest.mark.parametrize(
    "good",
    [
        resource(GROUP, SecurityGroupEgress=[opening(9094), opening(443)]),
        resource(GROUP, SecurityGroupEgress=[opening(1024, 65535, **PEER)]),
        resource("AWS::EC2::SecurityGroupIngress", **opening(9098)),
    ],
)
def test_ports_with_tls_are_kept(good: dict[str, Any]) -> None:
    assert ask("E9207", good) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (resource(GROUP, SecurityGroupEgress=[opening(443), opening(9092)]), "port 9092, Kafka in plain text"),
        (resource(GROUP, SecurityGroupEgress=[opening(9092, **PEER)]), "is open on the way out"),
        (resource(GROUP, SecurityGroupIngress=[opening(9000, 9100)]), "is open on the way in"),
        (resource(GROUP, SecurityGroupEgress=[{"Fn::If": ["IsWanted", opening(23), NOTHING]}]), "port 23, Telnet"),
        (resource("AWS::EC2::SecurityGroupIngress", **opening("2181")), "port 2181, ZooKeeper"),
    ],
)
def test_plain_text_is_found(bad: dict[str, Any], message: str) -> None:
    (found,) = ask("E9207", bad, **IF_WANTED)
    assert message in found
