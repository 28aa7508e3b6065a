"""House rule E9604: secrets that are asked for are never shown again."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import ask

TEXT = {"Type": "String"}


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("Password", {**TEXT, "NoEcho": True}),
        ("Password", {**TEXT, "NoEcho": "true", "Default": ""}),
        ("SecretArn", TEXT),
        ("Secret1", {**TEXT, "AllowedPattern": r"(NAME=arn:\S+)?", "Default": ""}),
        ("TokenKind", TEXT),
        ("ResetToken", {**TEXT, "AllowedValues": ["true", "false"], "Default": "false"}),
        ("Tokens", {"Type": "Number", "Default": 1000}),
        (
            "PostgresSecret",
            {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/platform/main/postgres/secret-arn"},
        ),
    ],
)
def test_a_hidden_one_is_kept(name: str, body: dict[str, Any]) -> None:
    assert ask("E9604", {}, Parameters={name: body}) == []


@pytest.mark.parametrize(
    ("name", "body", "message"),
    [
        ("Password", TEXT, "may hold a secret and is shown"),
        ("DbPassword", {**TEXT, "NoEcho": False}, "may hold a secret and is shown"),
        ("ApiKey", {**TEXT, "AllowedPattern": ".{8,}"}, "may hold a secret and is shown"),
        ("Password", {**TEXT, "NoEcho": True, "Default": "changeme"}, "has a default that everybody knows"),
        ("Pager", {**TEXT, "NoEcho": True, "Default": "https://x"}, "has a default that everybody knows"),
    ],
)
def test_a_shown_one_is_found(name: str, body: dict[str, Any], message: str) -> None:
    (found,) = ask("E9604", {}, Parameters={name: body})
    assert message in found
