"""How far texts of policies reach, and whom principals stand for."""

from __future__ import annotations

from typing import Any

import pytest

from factory.gates.branches import Branches
from factory.gates.openness import Audience, audience
from factory.gates.reach import is_everything, is_specific
from factory.gates.worlds import World

PARAMETERS = {
    "Free": {"Type": "String"},
    "Held": {"Type": "String", "AllowedPattern": "[a-z0-9-]+"},
    "Account": {"Type": "String", "AllowedPattern": r"\d{12}"},
    "Contract": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/platform/main/hub/account"},
}
OWN = "arn:⟦AWS::Partition⟧:iam::⟦AWS::AccountId⟧:root"


@pytest.fixture
def world() -> World:
    return World(Branches({"Parameters": PARAMETERS}), {})


@pytest.mark.parametrize(
    ("resource", "everything"),
    [
        ("*", True),
        ("?*", True),
        ("*:*", True),
        ("arn:aws:s3:::*", True),
        ("arn:aws:s3:::*/*", True),
        ("arn:aws:s3:::orders/*", False),
        ("arn:aws:s3:::⟦Free⟧/*", True),
        ("arn:aws:s3:::⟦Held⟧/*", False),
        ("arn:aws:iam::⟦AWS::AccountId⟧:role/*", True),
        ("arn:aws:iam::⟦AWS::AccountId⟧:role/orders-*", False),
        ("arn:aws:apigateway:eu-west-1::/restapis/*", True),
        ("arn:aws:logs:eu-west-1:1:log-group:*:*", True),
        ("arn:aws:logs:eu-west-1:1:log-group:/aws/orders:*", False),
        ("arn:aws:*:eu-west-1:1:x", True),
        ("⟦Queue.Arn⟧", False),
        ("⟦Bucket.Arn⟧/*", False),
    ],
)
def test_what_amounts_to_everything(world: World, resource: str, everything: bool) -> None:
    assert is_everything(resource, world) is everything


@pytest.mark.parametrize(
    ("value", "specific"),
    [
        ("⟦AWS::AccountId⟧", True),
        ("o-abcdef1234/r-1/*", True),
        ("*", False),
        ("", False),
        ("o-*", False),
        ("⟦Free⟧", False),
        ("⟦Account⟧", True),
        ("⟦Contract⟧", True),
        ("0.0.0.0/0", False),
        ("10.0.0.0/8", True),
        ("arn:aws:events:eu-west-1:*:rule/x", False),
        ("arn:aws:events:*:1:rule/*", True),
        ("arn:aws:s3:::orders", True),
    ],
)
def test_what_confines(world: World, value: str, specific: bool) -> None:
    assert is_specific(value, world) is specific


@pytest.mark.parametrize(
    ("principal", "who"),
    [
        (OWN, Audience.OWN_ACCOUNT),
        ("⟦Role.Arn⟧", Audience.OWN_ACCOUNT),
        ("arn:aws:iam::111122223333:root", Audience.OTHER_ACCOUNT),
        ("arn:aws:iam::*:role/x", Audience.EVERYBODY),
        ("arn:aws:iam::cloudfront:user/x", Audience.OWN_ACCOUNT),
        ("arn:aws:iam::⟦Free⟧:root", Audience.EVERYBODY),
        ("arn:aws:iam::⟦Account⟧:root", Audience.OTHER_ACCOUNT),
        ("*", Audience.EVERYBODY),
    ],
)
def test_who_is_meant(world: World, principal: Any, who: Audience) -> None:
    assert audience("AWS", principal, world) is who
