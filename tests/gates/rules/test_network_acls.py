"""House rule E9215: no network ACL opens administration to the internet."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, ask, resource


def entry(first: Any, last: Any, **more: Any) -> dict[str, Any]:
    properties = {
        "Protocol": 6,
        "RuleAction": "allow",
        "CidrBlock": "0.0.0.0/0",
        "PortRange": {"From": first, "To": last},
    }
    return resource("AWS::EC2::NetworkAclEntry", **{**properties, **more})


@pytest.mark.parametrize(
    "good",
    [
        entry(443, 443),
        entry(1024, 3388),
        entry(22, 22, CidrBlock="10.0.0.0/16"),
        entry(22, 22, Egress=True),
        entry(22, 22, RuleAction="deny"),
        entry(0, 0, Protocol=1),
    ],
)
def test_closed_administration_is_kept(good: dict[str, Any]) -> None:
    assert ask("E9215", good) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (entry(22, 22), "let in to port 22 (SSH)"),
        (entry("3389", "3389"), "let in to port 3389 (RDP)"),
        (entry(1024, 65535), "let in to port 3389 (RDP)"),
        (entry(1, 1, Protocol=-1), "let in to port 22 (SSH)"),
        (entry(22, 22, CidrBlock=None, Ipv6CidrBlock="::/0"), "let in to port 22 (SSH)"),
        (entry(22, 22, Egress={"Ref": "Wanted"}), "let in to port 22 (SSH) when Wanted=false"),
        (entry(22, 22, CidrBlock={"Ref": "Range"}), "let in to port 22 (SSH)"),
    ],
)
def test_open_administration_is_found(bad: dict[str, Any], message: str) -> None:
    sections = {**IF_WANTED, "Parameters": {**IF_WANTED["Parameters"], "Range": {"Type": "String"}}}
    assert any(message in found for found in ask("E9215", bad, **sections))
