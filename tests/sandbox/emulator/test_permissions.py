"""ministack's evaluator as the sandbox asks it: identity policies, boundary, conditions, ARNs with open parts."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import pytest

from factory.sandbox.emulator import Decision, Principal
from factory.sandbox.emulator.permissions import overlap

ACCOUNT = "123456789012"
REGION = "us-east-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/shop"

Statement = Mapping[str, Any]


def allow(action: str, on: str = "*", **more: Any) -> Statement:
    return {"Effect": "Allow", "Action": action, "Resource": on} | more


def deny(action: str, on: str = "*") -> Statement:
    return {**allow(action, on), "Effect": "Deny"}


def principal(*statements: Statement, boundary: Statement | None = None) -> Principal:
    from ministack.core.iam_evaluator import PrincipalInfo, parse_policy_document

    return Principal(
        PrincipalInfo(
            arn=f"arn:aws:sts::{ACCOUNT}:assumed-role/launch/someone",
            type="AssumedRole",
            account=ACCOUNT,
            policies=[parse_policy_document({"Statement": [statement]}) for statement in statements],
            limits=[] if boundary is None else [[parse_policy_document({"Statement": [boundary]})]],
        ),
        access_key="ASIA",
    )


def decide(who: Principal, action: str, arn: str = ROLE, *, exact: bool = True, **context: Any) -> Decision:
    return who.decide(action, arn, exact=exact, region=REGION, context=context)


def test_the_evaluator_has_the_members_that_are_read() -> None:
    from ministack.core.iam_evaluator import EvalContext, ParsedStatement, PrincipalInfo

    members = {kind: {field.name for field in dataclasses.fields(kind)} for kind in (EvalContext, PrincipalInfo)}
    assert {"arn", "type", "account", "policies", "keys", "limits"} <= members[PrincipalInfo]
    assert {"service_context", "principal_keys", "resource_arn", "region", "action"} <= members[EvalContext]
    assert {"effect", "actions", "not_actions", "resources"} <= {
        item.name for item in dataclasses.fields(ParsedStatement)
    }


@pytest.mark.parametrize(
    ("who", "decision"),
    [
        (principal(allow("iam:*")), Decision.ALLOWED),
        (principal(allow("s3:*")), Decision.UNALLOWED),
        (principal(), Decision.UNALLOWED),
        (principal(allow("iam:*"), deny("iam:Create*")), Decision.DENIED),
        (principal(allow("iam:*"), boundary=allow("iam:CreateRole")), Decision.ALLOWED),
        (principal(allow("iam:*"), boundary=allow("s3:*")), Decision.UNBOUNDED),
        (principal(allow("s3:*"), boundary=allow("s3:*")), Decision.UNALLOWED),
        (principal(allow("iam:*"), boundary=deny("iam:CreateRole")), Decision.DENIED),
        (principal({"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}), Decision.ALLOWED),
        (principal({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}), Decision.UNALLOWED),
    ],
)
def test_layers_are_weighed(who: Principal, decision: Decision) -> None:
    assert decide(who, "iam:CreateRole") is decision


@pytest.mark.parametrize(("given", "decision"), [("ecs", Decision.ALLOWED), ("ec2", Decision.UNALLOWED)])
def test_conditions_see_the_context(given: str, decision: Decision) -> None:
    who = principal(allow("iam:PassRole", Condition={"StringEquals": {"iam:PassedToService": "ecs"}}))
    assert decide(who, "iam:PassRole", **{"iam:passedtoservice": given}) is decision
    assert decide(who, "iam:PassRole") is Decision.UNALLOWED


@pytest.mark.parametrize(
    ("who", "decision"),
    [
        (principal(allow("iam:*", "arn:aws:iam::*:role/shop-a*")), Decision.ALLOWED),
        (principal(allow("iam:*", "arn:aws:iam::*:role/bakery-*")), Decision.UNALLOWED),
        (principal(allow("iam:*"), boundary=allow("iam:*", "arn:aws:iam::*:role/shop-*")), Decision.ALLOWED),
        (principal(allow("iam:*"), boundary=allow("iam:*", "arn:aws:iam::*:role/bakery-*")), Decision.UNBOUNDED),
        (principal(allow("iam:*"), deny("iam:*", "arn:aws:iam::*:role/shop-admin")), Decision.ALLOWED),
        (principal(allow("iam:*"), deny("iam:*", "arn:aws:iam::*:role/shop-*")), Decision.DENIED),
    ],
)
def test_of_an_open_arn_one_possible_is_enough(who: Principal, decision: Decision) -> None:
    assert decide(who, "iam:CreateRole", f"arn:aws:iam::{ACCOUNT}:role/shop-*", exact=False) is decision


@pytest.mark.parametrize(
    ("pattern", "arn", "meets"),
    [
        ("*", "a:b-*", True),
        ("a:b", "a:b", True),
        ("a:?", "a:b", True),
        ("a:b-*", "a:*", True),
        ("a:*-c", "a:b-*", True),
        ("a:b", "a:c*", False),
        ("*:b", "a:c*", False),
        ("a", "a:*", False),
        ("a:b*", "a:c*", False),
    ],
)
def test_patterns_overlap(pattern: str, arn: str, meets: bool) -> None:
    assert overlap(pattern, arn) is meets
