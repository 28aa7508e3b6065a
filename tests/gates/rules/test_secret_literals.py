"""House rule E9602: nothing in a template looks like a secret."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import ask, resource

# Put together here, so that no scanner takes this file for a leak.
KEY_ID = "AKIA" + "IOSFODNN7EXAMPLE"[:16]
JWT = "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiIxMjM0NTY3ODkwIn0.x"


def with_text(text: Any) -> dict[str, Any]:
    return resource("AWS::EC2::Instance", UserData=text)


@pytest.mark.parametrize(
    "good",
    [
        "hello",
        "arn:aws:secretsmanager:eu-west-1:111122223333:secret:orders-AbCdEf",
        "{{resolve:secretsmanager:orders:SecretString:password}}",
        "https://user@example.com/path",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
        "AWSManagedRulesKnownBadInputsRuleSet",
    ],
)
def test_other_texts_are_kept(good: str) -> None:
    assert ask("E9602", with_text(good)) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (f"export KEY={KEY_ID}", "an AWS access key"),
        ({"Fn::Base64": {"Fn::Join": ["", ["AKIA", KEY_ID[4:]]]}}, "an AWS access key"),
        ({"Fn::Sub": f"${{AWS::Region}} {KEY_ID}"}, "an AWS access key"),
        ("-----BEGIN RSA " + "PRIVATE KEY-----", "a private key"),
        ("ghp_" + "a1B2" * 9, "a token of GitHub"),
        ("xoxb-" + "1234567890-abcdef", "a token of Slack"),
        ("sk_live_" + "a1b2c3d4e5f6", "a key of Stripe"),
        (JWT, "a JSON web token"),
        ("postgres://orders:hunter2@db/orders", "a password in an address"),
        ("q7Lr2Zx9Kp4Vn8Wd3Tb6Yh1Jm5Fs0Gc/", "nobody would make up"),
    ],
)
def test_a_secret_is_found(bad: Any, message: str) -> None:
    (found,) = ask("E9602", with_text(bad))
    assert message in found


def test_it_is_found_anywhere() -> None:
    sections = {"Mappings": {"A": {"b": {"c": KEY_ID}}}, "Parameters": {"P": {"Type": "String", "Default": KEY_ID}}}
    assert len(ask("E9602", {}, Outputs={"O": {"Value": KEY_ID}}, Description=KEY_ID, **sections)) == 4
