"""House rule E9307: of an identity provider, only named identities take on a role."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import ask
from tests.gates.rules.documents import asked, trusted

GITHUB = "token.actions.githubusercontent.com"
PROVIDER = {"Federated": {"Fn::GetAtt": ["GitHub", "Arn"]}}
AUDIENCE = {f"{GITHUB}:aud": "sts.amazonaws.com"}
SUBJECT = "repo:shop/orders:environment:prod"
BRANCH = "sub to a branch or environment"
COGNITO = "cognito-identity.amazonaws.com"


def by_web(condition: Any, provider: Any = PROVIDER) -> dict[str, Any]:
    return trusted(provider, condition, "sts:AssumeRoleWithWebIdentity")


def by_saml(condition: Any) -> dict[str, Any]:
    return trusted({"Federated": {"Ref": "Provider"}}, condition, "sts:AssumeRoleWithSAML")


@pytest.mark.parametrize(
    "good",
    [
        by_web({"StringEquals": {**AUDIENCE, f"{GITHUB}:sub": SUBJECT}}),
        by_web(
            {"StringEquals": AUDIENCE, "StringLike": {f"{GITHUB}:sub": "repo:shop/orders:ref:refs/heads/release/*"}}
        ),
        by_web(
            {
                "StringEquals": {f"{COGNITO}:aud": {"Ref": "Pool"}},
                "ForAnyValue:StringLike": {f"{COGNITO}:amr": "authenticated"},
            },
            {"Federated": COGNITO},
        ),
        by_saml({"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}),
        trusted({"Service": "lambda.amazonaws.com"}),
    ],
)
def test_a_named_identity_is_kept(good: dict[str, Any]) -> None:
    assert ask("E9307", good) == []


@pytest.mark.parametrize(
    ("bad", "messages"),
    [
        (by_web(None), ["aud", "sub"]),
        (by_web({"StringEquals": AUDIENCE}), ["sub"]),
        (by_web({"StringEquals": AUDIENCE, "StringLike": {f"{GITHUB}:sub": "*"}}), ["sub"]),
        (by_web({"StringEquals": AUDIENCE, "StringLike": {f"{GITHUB}:sub": "repo:*"}}), ["sub"]),
        (by_web({"StringEquals": AUDIENCE, "StringLike": {f"{GITHUB}:sub": {"Ref": "Free"}}}), ["sub"]),
        (by_web({"StringEquals": AUDIENCE, "StringLike": {f"{GITHUB}:sub": {"Fn::Sub": "repo:${Free}:*"}}}), ["sub"]),
        (by_web({"StringEquals": AUDIENCE, "StringLike": {f"{GITHUB}:sub": "repo:shop/*"}}), [BRANCH]),
        (by_web({"StringEquals": AUDIENCE, "StringLike": {f"{GITHUB}:sub": "repo:shop/orders:*"}}), [BRANCH]),
        (by_web({"StringEquals": AUDIENCE, "StringLike": {f"{GITHUB}:sub": [SUBJECT, "repo:shop/orders"]}}), [BRANCH]),
        (by_web({"StringEquals": {f"{GITHUB}:sub": SUBJECT}}), ["aud"]),
        (by_web({"StringEquals": {f"{COGNITO}:aud": "pool"}}, {"Federated": COGNITO}), ["amr"]),
        (by_saml(None), ["saml:aud"]),
    ],
)
def test_anybody_of_a_provider_is_found(bad: dict[str, Any], messages: list[str]) -> None:
    found = ask("E9307", bad, **asked(Free=".+"))
    assert [line.rpartition(" does not limit ")[2].partition(" when ")[0] for line in found] == messages
