"""House rule E9104: who administers a key is not who uses it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, ask, resource

ROOT = {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}
ANN = {"AWS": "arn:aws:iam::111111111111:role/ann"}
BOB = {"AWS": "arn:aws:iam::111111111111:role/bob"}
ADMINISTER = ["kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "kms:DescribeKey"]
USE = ["kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey"]


def statement(principal: Any, actions: Any, effect: str = "Allow") -> dict[str, Any]:
    return {"Sid": "It", "Effect": effect, "Principal": principal, "Action": actions, "Resource": "*"}


def key(*statements: Any) -> dict[str, Any]:
    return resource("AWS::KMS::Key", KeyPolicy={"Statement": list(statements)})


@pytest.mark.parametrize(
    "good",
    [
        key(statement(ROOT, ADMINISTER), statement(ROOT, USE)),
        key(statement(ANN, ADMINISTER), statement(BOB, USE)),
        key(statement(ANN, ADMINISTER), statement(ANN, USE, "Deny")),
    ],
)
def test_administrators_apart_from_users_are_kept(good: dict[str, Any]) -> None:
    assert ask("E9104", good) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (key(statement(ROOT, "kms:*")), "statement It lets one administer and use"),
        (key(statement(ROOT, [*ADMINISTER, *USE])), "statement It lets one administer and use"),
        (key(statement(ROOT, ["kms:Put*", "kms:Gen*"])), "statement It lets one administer and use"),
        (key({**statement(ROOT, None), "NotAction": "kms:Sign"}), "statement It lets one administer and use"),
        (key(statement(ANN, ADMINISTER), statement(ANN, USE)), "role/ann may administer and use"),
        (
            key(statement(ANN, ADMINISTER), statement({"AWS": {"Fn::If": ["IsWanted", ANN["AWS"], BOB["AWS"]]}}, USE)),
            "role/ann may administer and use the key when Wanted=true",
        ),
    ],
)
def test_one_who_does_both_is_found(bad: dict[str, Any], message: str) -> None:
    (found,) = ask("E9104", bad, **IF_WANTED)
    assert message in found
