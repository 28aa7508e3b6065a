"""House rule E9314: in production, user pools ask for a second factor."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import ask, resource

POOL = "AWS::Cognito::UserPool"
ENVIRONMENT: dict[str, Any] = {
    "Parameters": {"Environment": {"Type": "String", "AllowedValues": ["dev", "prod"]}},
    "Conditions": {"IsProd": {"Fn::Equals": [{"Ref": "Environment"}, "prod"]}},
}


@pytest.mark.parametrize("value", ["ON", {"Fn::If": ["IsProd", "ON", "OPTIONAL"]}])
def test_a_second_factor_is_kept(value: Any) -> None:
    assert ask("E9314", resource(POOL, MfaConfiguration=value), **ENVIRONMENT) == []


@pytest.mark.parametrize("value", ["OPTIONAL", "OFF", {"Ref": "AWS::NoValue"}, {"Fn::If": ["IsProd", "OFF", "ON"]}])
def test_anything_less_is_found(value: Any) -> None:
    (found,) = ask("E9314", resource(POOL, MfaConfiguration=value), **ENVIRONMENT)
    assert "MfaConfiguration is not ON when Environment=prod" in found
