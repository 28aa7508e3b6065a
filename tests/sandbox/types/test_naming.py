"""Names and ids that CloudFormation or a service would generate."""

from __future__ import annotations

import re
from typing import Any

from factory.sandbox.types.naming import generated_id, generated_name
from factory.sandbox.types.plugin import Request


def request(stack: str) -> Request:
    def client(_service: str) -> Any:
        raise AssertionError("no service is asked")

    where = {"account": "1", "region": "us-east-1", "client": client, "as_caller": client}
    return Request(logical_id="Topic", properties={}, stack_name=stack, **where)


def test_a_name_says_where_it_comes_from_and_is_new_each_time() -> None:
    first, second = generated_name(request("shop")), generated_name(request("shop"))

    assert re.fullmatch(r"shop-Topic-[0-9A-F]{12}", first)
    assert first != second


def test_a_long_name_is_cut_in_front_of_what_makes_it_unique() -> None:
    name = generated_name(request("s" * 100), longest=32)

    assert len(name) == 32
    assert re.fullmatch(r"s{19}-[0-9A-F]{12}", name)


def test_an_id_has_seventeen_digits() -> None:
    assert re.fullmatch(r"vpc-cidr-assoc-[0-9a-f]{17}", generated_id("vpc-cidr-assoc"))
