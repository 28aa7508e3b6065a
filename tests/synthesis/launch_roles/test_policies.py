"""Grants become statements that widen nothing, and policies that IAM takes."""

from __future__ import annotations

from awacs.aws import Bool

from factory.authoring.policy import document
from factory.synthesis.launch_roles.policies import (
    POLICY_CHARACTERS,
    Grant,
    characters,
    joined,
    policies,
    rendered,
    statements,
)

QUEUES, GROUPS, NETWORKS = "arn:aws:sqs:*:1:a-*", "arn:aws:ec2:*:1:security-group/*", "arn:aws:ec2:*:1:vpc/*"


def grant(action: str, *, when: tuple[Bool, ...] = (), **reach: str) -> Grant:
    kinds = {kind.replace("_", "-"): frozenset([arn]) for kind, arn in reach.items()}
    return Grant(action=action, reach=kinds, when=when)


def shown(*grants: Grant) -> dict[str, tuple[list[str], list[str]]]:
    found = rendered(document(*statements(grants)))["Statement"]
    return {statement["Sid"]: (statement["Action"], statement["Resource"]) for statement in found}


def test_actions_on_the_same_resources_share_a_statement() -> None:
    assert shown(grant("sqs:DeleteQueue", queue=QUEUES), grant("sqs:CreateQueue", queue=QUEUES)) == {
        "SqsQueue": (["sqs:CreateQueue", "sqs:DeleteQueue"], [QUEUES])
    }


def test_kinds_that_an_action_does_not_know_widen_nothing() -> None:
    found = shown(
        grant("ec2:DeleteSecurityGroup", security_group=GROUPS),
        grant("ec2:CreateSecurityGroup", security_group=GROUPS, vpc=NETWORKS),
    )
    assert found == {"Ec2Resources": (["ec2:CreateSecurityGroup", "ec2:DeleteSecurityGroup"], [GROUPS, NETWORKS])}


def test_tags_stay_with_what_may_be_tagged() -> None:
    found = shown(
        grant("ec2:CreateSecurityGroup", security_group=GROUPS, vpc=NETWORKS),
        grant("ec2:CreateTags", security_group=GROUPS),
    )
    assert found["Ec2CreateTags"] == (["ec2:CreateTags"], [GROUPS])


def test_conditions_keep_actions_apart() -> None:
    when = (Bool({"kms:GrantIsForAWSResource": "true"}),)
    key = "arn:aws:kms:*:1:key/*"
    found = shown(grant("kms:CreateGrant", key=key, when=when), grant("kms:Decrypt", key=key))
    assert list(found) == ["KmsCreateGrant", "KmsDecrypt"]


def test_actions_on_anything_are_told_apart_by_what_they_do() -> None:
    found = shown(grant("ec2:DescribeVpcs"), grant("sqs:ListQueues"), grant("kms:CreateKey"))
    assert found == {
        "ReadAnywhere": (["ec2:DescribeVpcs", "sqs:ListQueues"], ["*"]),
        "WriteAnywhere": (["kms:CreateKey"], ["*"]),
    }


def test_what_another_pattern_holds_is_left_out_and_many_become_one() -> None:
    place = "arn:aws:ssm:*:1:parameter/platform/*/it"
    few = {"parameter": frozenset([f"{place}/a", f"{place}/*"])}
    many = {"parameter": frozenset(f"{place}/{letter}" for letter in "abcdefgh")}
    for reach in (few, many):
        found = shown(Grant(action="ssm:PutParameter", reach=reach))
        assert found == {"SsmPutParameter": (["ssm:PutParameter"], [f"{place}/*"])}


def test_a_resource_that_needs_everything_prevails() -> None:
    one = {"queue": frozenset([QUEUES])}
    assert joined([one, {"queue": frozenset(["b"])}]) == {"queue": frozenset([QUEUES, "b"])}
    assert joined([one, {}]) == {}


def test_policies_are_split_by_size() -> None:
    many = [grant(f"ec2:Describe{number:0>60}") for number in range(200)]
    found = policies(statements(many))
    assert len(found) == 4
    assert all(characters(held) <= POLICY_CHARACTERS for held in found)
    names = [
        action
        for held in found
        for statement in rendered(document(*held))["Statement"]
        for action in statement["Action"]
    ]
    assert sorted(names) == sorted(one.action for one in many)
