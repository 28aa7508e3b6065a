"""House rule E9306: other accounts are let in by name and under a condition, and everybody never."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, ask
from tests.gates.rules.documents import OTHER_ROOT, OWN_ROOT, asked, shared, trusted

ORGANIZATION = {"StringEquals": {"aws:PrincipalOrgID": "o-abcdef1234"}}
EXTERNAL = {"StringEquals": {"sts:ExternalId": "platform-7f3a"}}


@pytest.mark.parametrize(
    "good",
    [
        trusted({"AWS": OWN_ROOT}),
        trusted({"AWS": {"Fn::GetAtt": ["Role", "Arn"]}}),
        trusted({"AWS": OTHER_ROOT}, EXTERNAL),
        trusted({"AWS": OTHER_ROOT}, ORGANIZATION),
        trusted("*", ORGANIZATION),
        trusted({"AWS": OTHER_ROOT}, {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/pipeline-*"}}),
        shared({"AWS": OTHER_ROOT}, ORGANIZATION),
        shared("*", {"StringEquals": {"aws:SourceVpce": "vpce-1"}}),
        shared("*", Effect="Deny"),
        shared({"AWS": {"Ref": "Hub"}}),
    ],
)
def test_who_is_named_is_kept(good: dict[str, Any]) -> None:
    hub = {"Hub": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/platform/main/hub/account"}}
    assert ask("E9306", good, Parameters=hub) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (trusted("*"), "lets everybody in"),
        (trusted({"AWS": "*"}), "lets everybody in"),
        (trusted({"AWS": ["*", OWN_ROOT]}), "lets everybody in"),
        (trusted({"AWS": "arn:aws:iam::*:role/deploy"}), "lets everybody in"),
        (trusted({"AWS": {"Fn::If": ["IsWanted", OWN_ROOT, "*"]}}), "lets everybody in"),
        (trusted(None, NotPrincipal={"AWS": OTHER_ROOT}), "lets everybody in"),
        (trusted({"AWS": OTHER_ROOT}), "lets arn:aws:iam::111122223333:root in without"),
        (trusted({"AWS": "111122223333"}), "lets 111122223333 in without"),
        (trusted({"AWS": OTHER_ROOT}, {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}), "in without"),
        (trusted({"AWS": OTHER_ROOT}, {"StringLike": {"sts:ExternalId": "*"}}), "in without"),
        (trusted({"AWS": OTHER_ROOT}, {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/pipeline"}}), "in without"),
        (trusted({"AWS": {"Ref": "Partner"}}), "lets ⟦Partner⟧ in without"),
        (trusted({"AWS": {"Ref": "Anybody"}}), "lets everybody in"),
        (trusted({"AWS": {"Fn::Sub": "arn:aws:iam::${Partner}:root"}}), "in without"),
        (shared({"AWS": OTHER_ROOT}), "in without"),
        (shared({"CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}), "in without"),
    ],
)
def test_who_is_not_is_found(bad: dict[str, Any], message: str) -> None:
    parameters = {**IF_WANTED["Parameters"], **asked(Partner=r"\d{12}", Anybody=".*")["Parameters"]}
    (found,) = ask("E9306", bad, **{**IF_WANTED, "Parameters": parameters})
    assert message in found
