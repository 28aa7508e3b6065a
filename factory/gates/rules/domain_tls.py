"""House rule: the domain names of APIs speak modern TLS."""

from __future__ import annotations

from typing import ClassVar

from factory.gates import settings
from factory.gates.controls import ENCRYPTED_ON_THE_WAY
from factory.gates.settings import Wanted, anything

_MODERN = Wanted(
    text="TLS 1.2 or later",
    admits=lambda found: isinstance(found, str) and found.startswith(("TLS_1_2", "SecurityPolicy_TLS13_1_")),
)


class DomainTls(settings.SettingsRule):
    """The domain name of an API speaks TLS 1.2 or later."""

    id = "E9203"
    shortdesc = "TLS on the domain names of APIs"
    description = "A domain name whose policy is TLS 1.0 takes connections that can be broken into."
    source_url = (
        "https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-custom-domain-tls-version.html"
    )
    mend = "Set SecurityPolicy to TLS_1_2."
    controls = ENCRYPTED_ON_THE_WAY
    wanted: ClassVar = {
        "AWS::ApiGateway::DomainName": {"SecurityPolicy": _MODERN},
        "AWS::ApiGateway::DomainNameV2": {"SecurityPolicy": _MODERN},
        "AWS::ApiGatewayV2::DomainName": {
            "DomainNameConfigurations": anything(),
            "DomainNameConfigurations.*.SecurityPolicy": _MODERN,
        },
    }
