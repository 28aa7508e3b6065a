"""House rule: requests can be followed."""

from __future__ import annotations

from typing import ClassVar

from factory.gates import settings
from factory.gates.settings import exactly


class Tracing(settings.SettingsRule):
    """Functions, REST APIs, GraphQL APIs and workflows are traced with X-Ray."""

    id = "E9408"
    shortdesc = "X-Ray tracing"
    description = "Where a request passes ten services, only a trace tells which of them failed or was slow."
    source_url = "https://docs.aws.amazon.com/xray/latest/devguide/xray-services.html"
    mend = "Take products.parts.functions, or switch tracing on; a function's role needs xray:PutTraceSegments."
    controls = ("nist-800-53/CA-7", "nist-800-53/SI-4", "soc2/CC7.2", "soc2/A1.1")
    wanted: ClassVar = {
        "AWS::ApiGateway::Stage": {"TracingEnabled": exactly(True)},
        "AWS::AppSync::GraphQLApi": {"XrayEnabled": exactly(True)},
        "AWS::Lambda::Function": {"TracingConfig.Mode": exactly("Active")},
        "AWS::StepFunctions::StateMachine": {"TracingConfiguration.Enabled": exactly(True)},
    }
