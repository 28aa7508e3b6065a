"""What is too broad in a launch role, and roles in accounts that are not those of the templates."""

from __future__ import annotations

from typing import Any

import pytest
from awacs.aws import Action, StringEquals

from factory.authoring.policy import allow
from factory.catalog.model import ProductName
from factory.gates.launch_roles import check, compare
from factory.synthesis.artifact import Artifact
from factory.synthesis.launch_roles import LaunchRole, launch_roles

PRODUCT = ProductName("events")


def role(*policies: Any) -> LaunchRole:
    return LaunchRole(product=PRODUCT, policies=tuple((policy,) for policy in policies), types=frozenset())


def granting(action: str, on: str, **when: str) -> LaunchRole:
    conditions = [StringEquals({key.replace("__", ":"): value}) for key, value in when.items()]
    return role(allow("It", [Action(*action.split(":"))], on, when=conditions))


@pytest.mark.parametrize(
    ("found", "message"),
    [
        (granting("sqs:*", "arn:aws:sqs:*:1:a"), "sqs:* is a pattern of actions"),
        (granting("sqs:DeleteQueue", "*"), "sqs:DeleteQueue is allowed on every resource"),
        (granting("s3:PutBucketPolicy", "arn:aws:s3:::*"), "s3:PutBucketPolicy is allowed on every resource"),
        (granting("iam:PassRole", "arn:aws:iam::1:role/a"), "iam:PassRole passes roles to any service"),
        (
            role(*(allow(f"It{number}", [Action("sqs", "ListQueues")], "*") for number in range(10))),
            "the launch role needs 10 policies, IAM lets it have 9",
        ),
    ],
)
def test_what_is_too_broad_is_a_finding(found: LaunchRole, message: str) -> None:
    (finding,) = check(found)
    assert (finding.product, finding.rule, finding.message) == (PRODUCT, "launch-role", message)


@pytest.mark.parametrize(
    "found",
    [
        granting("sqs:DeleteQueue", "arn:aws:sqs:*:1:a-*"),
        granting("sqs:ListQueues", "*"),
        granting("kms:CreateKey", "*"),
        granting("sns:Unsubscribe", "*"),
        granting("s3:PutBucketPolicy", "arn:aws:s3:::*", aws__ResourceAccount="1"),
        granting("iam:PassRole", "arn:aws:iam::1:role/a", iam__PassedToService="lambda.amazonaws.com"),
    ],
)
def test_what_is_narrow_or_cannot_be_is_none(found: LaunchRole) -> None:
    assert check(found) == []


def test_shipped_products_have_no_finding(artifacts: dict[str, Artifact]) -> None:
    assert [finding for found in launch_roles(artifacts.values(), {}).values() for finding in check(found)] == []


def test_roles_that_an_account_lacks_or_has_from_other_templates_are_findings() -> None:
    found = granting("sqs:DeleteQueue", "arn:aws:sqs:*:1:a-*")
    ledgers = [("hub", {PRODUCT: found.digest}), ("dev", {PRODUCT: "0"}), ("prod", {})]
    messages = [finding.message for finding in compare([found], ledgers)]
    assert messages == [
        "the launch role in dev is behind its templates",
        "the launch role in prod is not there",
    ]
