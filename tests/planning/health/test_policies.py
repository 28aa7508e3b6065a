"""Policies that say the same are the same, whatever they look like."""

from __future__ import annotations

import json
from typing import Any

import pytest

from factory.planning.health.policies import allowed, document, statements

READ: dict[str, Any] = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"], "Resource": "*"}


def policy(*found: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(found)}


@pytest.mark.parametrize(
    "other",
    [
        json.dumps(policy(READ)),
        {"Statement": READ},
        policy({**READ, "Action": ["s3:ListBucket", "s3:GetObject"]}),
        policy({**READ, "Resource": ["*"]}, READ),
    ],
    ids=["text", "one statement", "order", "twice"],
)
def test_form_does_not_matter(other: str | dict[str, Any]) -> None:
    assert statements(other) == statements(policy(READ))


@pytest.mark.parametrize(
    "change",
    [{"Effect": "Deny"}, {"Action": "s3:GetObject"}, {"Resource": "arn:x"}, {"Condition": {"Bool": {"a": "true"}}}],
    ids=["effect", "action", "resource", "condition"],
)
def test_content_does(change: dict[str, Any]) -> None:
    assert statements(policy({**READ, **change})) != statements(policy(READ))


def test_an_account_is_its_root_and_everybody_is_everybody() -> None:
    def of(principal: Any) -> tuple[str, ...]:
        return statements(policy({**READ, "Principal": principal}))

    assert of({"AWS": "222222222222"}) == of({"AWS": ["arn:aws:iam::222222222222:root"]})
    assert of("*") == of({"AWS": "*"})
    assert of({"AWS": "222222222222"}) != of({"AWS": "333333333333"})
    assert of({"AWS": "222222222222"}) != of({"AWS": "arn:aws:iam::222222222222:role/root"})


def test_conditions_are_compared_as_iam_reads_them() -> None:
    def of(condition: Any) -> tuple[str, ...]:
        return statements(policy({**READ, "Condition": condition}))

    assert of({"Bool": {"aws:SecureTransport": False}}) == of({"Bool": {"aws:SecureTransport": ["false"]}})
    assert of({"Bool": {"aws:SecureTransport": "true"}}) != of({"Bool": {"aws:SecureTransport": "false"}})


def test_a_document_of_statements_says_the_same() -> None:
    held = statements(policy(READ, {**READ, "Effect": "Deny", "Sid": "No"}))
    assert statements(document(held)) == held


def test_only_what_is_allowed_on_no_condition_counts() -> None:
    held = statements(
        policy(
            READ, {**READ, "Effect": "Deny"}, {**READ, "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}
        )
    )
    assert allowed(held) == [(frozenset(READ["Action"]), frozenset("*"))]
