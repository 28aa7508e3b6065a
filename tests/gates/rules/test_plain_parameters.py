"""House rule E9603: SSM parameters of a template hold no secrets."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, ask, resource
from tests.gates.rules.documents import asked


def parameter(name: Any, value: Any) -> dict[str, Any]:
    return resource("AWS::SSM::Parameter", Type="String", Name=name, Value=value)


@pytest.mark.parametrize(
    "good",
    [
        parameter("/platform/main/postgres/endpoint", {"Fn::GetAtt": ["Database", "Endpoint.Address"]}),
        parameter("/platform/main/postgres/secret-arn", "arn:aws:secretsmanager:eu-west-1:1:secret:x"),
        parameter("/platform/main/postgres/secret", {"Ref": "Secret"}),
    ],
)
def test_other_values_are_kept(good: dict[str, Any]) -> None:
    assert ask("E9603", good) == []


@pytest.mark.parametrize(
    "bad",
    [
        parameter("/platform/main/postgres/password", "hunter2"),
        parameter({"Fn::Sub": "/platform/${Typed}/postgres/password"}, {"Ref": "Typed"}),
        parameter("/platform/main/api-token", {"Fn::If": ["IsWanted", {"Ref": "Secret"}, "abc"]}),
        parameter("/platform/main/postgres/user", "{{resolve:secretsmanager:orders:SecretString:password}}"),
    ],
)
def test_a_secret_is_found(bad: dict[str, Any]) -> None:
    parameters = {**IF_WANTED["Parameters"], **asked(Typed="")["Parameters"]}
    assert len(ask("E9603", bad, **{**IF_WANTED, "Parameters": parameters})) == 1
