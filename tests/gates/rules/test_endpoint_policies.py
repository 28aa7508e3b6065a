"""House rule E9316: the ways to AWS services that lead out of a VPC are no way out for data."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, NOTHING, ask, resource
from tests.gates.rules.documents import ACCOUNT

OWN = {"Condition": {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}}


def endpoint(action: Any = "s3:*", on: Any = "*", **more: Any) -> dict[str, Any]:
    statement = {"Sid": "Serve", "Effect": "Allow", "Principal": "*", "Action": action, "Resource": on, **more}
    return resource("AWS::EC2::VPCEndpoint", PolicyDocument={"Statement": [statement]})


@pytest.mark.parametrize(
    "good",
    [
        endpoint(**OWN),
        endpoint(Condition={"StringEquals": {"aws:PrincipalOrgID": "o-abcdef1234"}}),
        endpoint("s3:GetObject", "arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*"),
        endpoint("*", Effect="Deny"),
    ],
)
def test_own_principals_are_kept(good: dict[str, Any]) -> None:
    assert ask("E9316", good, **IF_WANTED) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (resource("AWS::EC2::VPCEndpoint"), "the endpoint has no policy"),
        (endpoint(), "statement Serve serves whoever gets to the endpoint"),
        (endpoint("s3:PutObject"), "serves whoever"),
        (endpoint("s3:*", "arn:aws:s3:::orders/*"), "serves whoever"),
        (endpoint("*", **OWN), "serves more than one service"),
        (endpoint(None, NotAction="s3:PutObject", **OWN), "serves more than one service"),
        (endpoint(Condition={"StringEqualsIfExists": {"aws:PrincipalAccount": ACCOUNT}}), "serves whoever"),
        (endpoint(Condition={"Fn::If": ["IsWanted", OWN["Condition"], NOTHING]}), "endpoint when Wanted=false"),
    ],
)
def test_anybody_is_found(bad: dict[str, Any], message: str) -> None:
    (found,) = ask("E9316", bad, **IF_WANTED)
    assert message in found
