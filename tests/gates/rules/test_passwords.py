"""House rule E9606: passwords come from Secrets Manager."""

from __future__ import annotations

from typing import Any

import pytest

from factory.gates.rules.passwords import PASSWORDS
from tests.gates.rules.asking import IF_WANTED, ask, resource
from tests.gates.rules.paths import exists

DYNAMIC = {"Fn::Sub": "{{resolve:secretsmanager:${Secret}:SecretString:password}}"}
DATABASE = "AWS::RDS::DBInstance"


@pytest.mark.parametrize(
    "good",
    [
        resource(DATABASE, ManageMasterUserPassword=True),
        resource(DATABASE, MasterUserPassword=DYNAMIC),
        resource("AWS::ElastiCache::ReplicationGroup", AuthToken=DYNAMIC),
        resource("AWS::SecretsManager::Secret", GenerateSecretString={"PasswordLength": 32}),
    ],
)
def test_a_reference_is_kept(good: dict[str, Any]) -> None:
    assert ask("E9606", good) == []


@pytest.mark.parametrize(
    "bad",
    [
        resource(DATABASE, MasterUserPassword="hunter2"),
        resource(DATABASE, MasterUserPassword={"Ref": "Typed"}),
        resource(DATABASE, MasterUserPassword={"Fn::If": ["IsWanted", DYNAMIC, {"Ref": "Typed"}]}),
        resource(DATABASE, MasterUserPassword="{{resolve:ssm:/orders/password}}"),
        resource("AWS::ElastiCache::User", Passwords=[{"Ref": "Typed"}]),
        resource("AWS::SecretsManager::Secret", SecretString={"Ref": "Typed"}),
    ],
)
def test_a_typed_password_is_found(bad: dict[str, Any]) -> None:
    parameters = {**IF_WANTED["Parameters"], "Typed": {"Type": "String", "NoEcho": True}}
    (found,) = ask("E9606", bad, **{**IF_WANTED, "Parameters": parameters})
    assert "is not taken from Secrets Manager" in found


@pytest.mark.parametrize("kind", PASSWORDS)
def test_the_properties_are_in_the_provider_schema(kind: str) -> None:
    assert [path for path in PASSWORDS[kind] if not exists(kind, path)] == []
