"""What security groups and ranges of addresses let through."""

from __future__ import annotations

from typing import Any

import pytest

from factory.gates.networks import ALL_PORTS, is_outside, is_wide, ports
from factory.gates.unknowns import Given, Opaque


@pytest.mark.parametrize(
    ("rule", "opened"),
    [
        ({"IpProtocol": "tcp", "FromPort": 80, "ToPort": "443"}, range(80, 444)),
        ({"IpProtocol": 17, "FromPort": 53, "ToPort": 53}, range(53, 54)),
        ({"IpProtocol": "-1"}, ALL_PORTS),
        ({"IpProtocol": -1, "FromPort": 80, "ToPort": 80}, ALL_PORTS),
        ({"IpProtocol": "tcp", "FromPort": -1, "ToPort": -1}, ALL_PORTS),
        ({"IpProtocol": "tcp"}, ALL_PORTS),
        ({"IpProtocol": "tcp", "FromPort": Given(parameter="Port"), "ToPort": 443}, ALL_PORTS),
        ({"IpProtocol": Given(parameter="Protocol"), "FromPort": 80, "ToPort": 80}, ALL_PORTS),
        ({"IpProtocol": "icmp", "FromPort": -1, "ToPort": -1}, range(0)),
    ],
)
def test_what_is_not_known_of_ports_is_all_of_them(rule: dict[str, Any], opened: range) -> None:
    assert ports(rule) == opened


@pytest.mark.parametrize(
    ("cidr", "wide", "outside"),
    [
        ("0.0.0.0/0", True, True),
        ("::/0", True, True),
        ("128.0.0.0/1", True, True),
        ("8.8.8.0/24", False, True),
        ("10.0.0.0/8", False, False),
        ("127.0.0.1/32", False, False),
        (Given(parameter="Range"), True, True),
        (Given(parameter="Range", pattern=r"10\..+"), False, False),
        (Given(parameter="Range", of_contract=True), False, False),
        (Opaque(name="Vpc", attribute="CidrBlock"), False, False),
        ("⟦Address⟧/32", False, False),
        ("⟦Address⟧/0", True, True),
        ("10.0.0.0/⟦Bits⟧", True, True),
        (None, False, False),
    ],
)
def test_a_good_part_of_the_internet_is_the_internet(cidr: Any, wide: bool, outside: bool) -> None:
    assert (is_wide(cidr), is_outside(cidr)) == (wide, outside)
