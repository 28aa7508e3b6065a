"""Fills of the emulator's own types: what holds for all of them, and effects that no describe call shows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.sandbox.types.cases_balancing import BALANCER, LISTENER, SUBNETS
from tests.sandbox.types.cases_network import VPC

Aws = Callable[[str], Any]

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


def test_what_a_fill_refuses_is_removed_again(stacks: Any, aws: Aws) -> None:
    role = {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "RoleName": "bounded",
            "AssumeRolePolicyDocument": TRUST,
            "PermissionsBoundary": "arn:aws:iam::123456789012:policy/gone",
        },
    }

    assert stacks.put("fill", {"Role": role}) == "ROLLBACK_COMPLETE"

    assert "policy/gone" in stacks.reasons("fill")
    assert "bounded" not in [item["RoleName"] for item in aws("iam").list_roles()["Roles"]]


def rule(priority: int) -> dict[str, Any]:
    return {
        "Type": "AWS::ElasticLoadBalancingV2::ListenerRule",
        "Properties": {
            "ListenerArn": {"Ref": "Listener"},
            "Priority": priority,
            "Conditions": [{"Field": "path-pattern", "PathPatternConfig": {"Values": [f"/{priority}"]}}],
            "Actions": [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}],
        },
    }


def test_a_listener_gives_a_priority_once(stacks: Any, aws: Aws) -> None:
    listener = {**VPC, **SUBNETS, **BALANCER, **LISTENER, "One": rule(1)}
    assert stacks.put("elb", listener) == "CREATE_COMPLETE", stacks.reasons("elb")

    assert stacks.put("elb", {**listener, "Two": {**rule(1), "DependsOn": "One"}}) == "UPDATE_ROLLBACK_COMPLETE"
    assert "Priority '1' is currently in use" in stacks.reasons("elb")

    assert stacks.put("elb", {**listener, "Two": rule(2)}) == "UPDATE_COMPLETE", stacks.reasons("elb")
    assert stacks.put("elb", {**listener, "Two": {**rule(1), "DependsOn": "One"}}) == "UPDATE_ROLLBACK_COMPLETE"
    rules = aws("elbv2").describe_rules(ListenerArn=stacks.resource("elb", "Listener"))["Rules"]
    assert sorted(item["Priority"] for item in rules) == ["1", "2", "default"]


def test_a_key_waits_as_long_as_its_template_says(stacks: Any, aws: Aws) -> None:
    stacks.put("kms", {"Key": {"Type": "AWS::KMS::Key", "Properties": {"PendingWindowInDays": 9}}})
    key = stacks.resource("kms", "Key")

    stacks.delete("kms")

    found = aws("kms").describe_key(KeyId=key)["KeyMetadata"]
    left = found["DeletionDate"] - datetime.now(UTC)
    assert timedelta(days=8) < left <= timedelta(days=9)
