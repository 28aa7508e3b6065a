"""House rule E9303: whatever changes something or reads contents is allowed on named resources."""

from __future__ import annotations

from typing import Any

import parliament
import pytest

from tests.gates.rules.asking import IF_WANTED, ask
from tests.gates.rules.documents import asked, granted

OBJECTS = "arn:aws:s3:::orders/*"


@pytest.mark.parametrize(
    "good",
    [
        granted("s3:GetObject", OBJECTS),
        granted(["s3:GetObject", "s3:PutObject"], {"Fn::Sub": "${Bucket.Arn}/uploads/*"}),
        granted("ec2:DescribeSubnets"),
        granted("ecr:GetAuthorizationToken"),
        granted("xray:PutTraceSegments"),
        granted("cloudwatch:PutMetricData", "*", Condition={"StringEquals": {"cloudwatch:namespace": "shop"}}),
        granted("logs:DescribeLogGroups", "arn:aws:logs:*:*:log-group:*"),
        granted("s3:PutObject", "*", Effect="Deny"),
        granted(
            "sqs:SendMessage", {"Fn::If": ["IsWanted", "arn:aws:sqs:eu-west-1:1:a", {"Fn::GetAtt": ["Queue", "Arn"]}]}
        ),
        granted("ec2:StopInstances", "*", Condition={"StringEquals": {"aws:ResourceTag/Project": "shop"}}),
        granted("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:eu-west-1:1:secret:orders-*"),
    ],
)
def test_a_named_resource_is_kept(good: dict[str, Any]) -> None:
    assert ask("E9303", good, **IF_WANTED) == []


@pytest.mark.parametrize(
    ("action", "on"),
    [
        ("s3:PutObject", "*"),
        ("s3:PutObject", "arn:aws:s3:::*"),
        ("s3:PutObject", "arn:aws:s3:::*/*"),
        ("sqs:SendMessage", "*:*"),
        ("sqs:SendMessage", "arn:aws:sqs:*:*:*"),
        ("sqs:SendMessage", {"Fn::Sub": "arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:*"}),
        ("sqs:SendMessage", {"Fn::Join": ["", ["arn:aws:sqs:", "*:*", ":*"]]}),
        ("sqs:SendMessage", {"Fn::If": ["IsWanted", "arn:aws:sqs:eu-west-1:1:a", "*"]}),
        ("sqs:SendMessage", [{"Fn::GetAtt": ["Queue", "Arn"]}, "*"]),
        ("sqs:SendMessage", {"Fn::Select": [1, {"Fn::Split": [",", "a,*"]}]}),
        ("lambda:InvokeFunction", "arn:aws:lambda:eu-west-1:1:function:*"),
        ("lambda:InvokeFunction", "arn:aws:*:eu-west-1:1:function:x"),
        # Reading, but of contents.
        ("s3:GetObject", "*"),
        ("secretsmanager:GetSecretValue", "*"),
        ("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:eu-west-1:1:secret:*"),
        ("kms:Decrypt", "*"),
        ("dynamodb:Query", "arn:aws:dynamodb:eu-west-1:1:table/*"),
        ("ssm:GetParameter", "*"),
        ("ecr:BatchGetImage", "arn:aws:ecr:*:*:repository/*"),
    ],
)
def test_everything_is_found(action: str, on: Any) -> None:
    assert any(f"allows {action} on everything" in found for found in ask("E9303", granted(action, on), **IF_WANTED))


def test_all_resources_but_some_are_found() -> None:
    (found,) = ask("E9303", granted("s3:PutObject", None, NotResource=OBJECTS))
    assert "all resources but some" in found


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEqualsIfExists": {"aws:ResourceTag/Project": "shop"}},
        {"StringNotEquals": {"aws:ResourceTag/Project": "shop"}},
        {"StringLike": {"aws:ResourceTag/Project": "*"}},
        {"ForAllValues:StringEquals": {"aws:ResourceTag/Project": ["shop"]}},
        {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}},
    ],
)
def test_a_condition_that_confines_nothing_is_none(condition: dict[str, Any]) -> None:
    assert ask("E9303", granted("ec2:StopInstances", "*", Condition=condition))


@pytest.mark.parametrize(
    ("pattern", "findings"),
    [
        (r"arn:aws:s3:::[a-z0-9.-]+/[A-Za-z0-9/_.-]+", 0),
        (r"arn:aws:s3:::[a-z0-9.-]+/.+", 1),
        (r"arn:aws:s3:::\S+", 1),
        (r"arn:aws:s3:::[^?]+", 1),
        ("", 1),
    ],
)
def test_a_resource_that_is_asked_for_admits_no_wildcard(pattern: str, findings: int) -> None:
    for on in ({"Ref": "Given"}, {"Fn::Sub": "${Given}"}, {"Fn::Select": [1, {"Fn::Split": ["=", {"Ref": "Given"}]}]}):
        assert len(ask("E9303", granted("s3:GetObject", on), **asked(Given=pattern))) == findings


def test_a_contracts_value_is_one_resource() -> None:
    parameters = {"Key": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/platform/main/foundation/key-arn"}}
    assert ask("E9303", granted("kms:Decrypt", {"Ref": "Key"}), Parameters=parameters) == []


def test_what_describes_or_lists_changes_nothing() -> None:
    """The access levels of the Service Authorization Reference, as parliament has them."""
    # Services whose reference says otherwise of actions that only show something.
    odd = {"backup", "backup-storage", "bcm-pricing-calculator", "glue", "honeycode", "monitron", "quicksight", "wickr"}
    changing = {
        f"{service['prefix']}:{action['privilege']}"
        for service in parliament.iam_definition
        for action in service["privileges"]
        if action["privilege"].startswith(("Describe", "List")) and action["access_level"] not in {"List", "Read"}
    }
    assert {action.partition(":")[0] for action in changing} <= odd
