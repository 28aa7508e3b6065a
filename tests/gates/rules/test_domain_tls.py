"""House rule E9203: the domain names of APIs speak modern TLS."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, NOTHING, ask, resource

DOMAIN = "AWS::ApiGateway::DomainName"
HTTP_DOMAIN = "AWS::ApiGatewayV2::DomainName"


@pytest.mark.parametrize(
    "good",
    [
        resource(DOMAIN, SecurityPolicy="TLS_1_2"),
        resource(DOMAIN, SecurityPolicy="SecurityPolicy_TLS13_1_2_2021_06"),
        resource(HTTP_DOMAIN, DomainNameConfigurations=[{"SecurityPolicy": "TLS_1_2"}]),
    ],
)
def test_tls_is_kept(good: dict[str, Any]) -> None:
    assert ask("E9203", good) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (resource(DOMAIN), "SecurityPolicy is not TLS 1.2 or later"),
        (resource(DOMAIN, SecurityPolicy="TLS_1_0"), "SecurityPolicy is not TLS 1.2 or later"),
        (resource(DOMAIN, SecurityPolicy={"Fn::If": ["IsWanted", "TLS_1_2", NOTHING]}), "or later when Wanted=false"),
        (resource(HTTP_DOMAIN), "DomainNameConfigurations is not set"),
        (resource(HTTP_DOMAIN, DomainNameConfigurations=[{}]), "*.SecurityPolicy is not TLS 1.2 or later"),
    ],
)
def test_old_protocols_are_found(bad: dict[str, Any], message: str) -> None:
    (found,) = ask("E9203", bad, **IF_WANTED)
    assert message in found
