"""House rule E9109: who calls a function, layer or event bus is named."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, NOTHING, ask, resource

TOPIC = {"Ref": "Topic"}


def permission(principal: Any, **more: Any) -> dict[str, Any]:
    return resource("AWS::Lambda::Permission", Action="lambda:InvokeFunction", Principal=principal, **more)


@pytest.mark.parametrize(
    "good",
    [
        permission("sns.amazonaws.com", SourceArn=TOPIC),
        permission("s3.amazonaws.com", SourceArn="arn:aws:s3:::orders", SourceAccount={"Ref": "AWS::AccountId"}),
        permission("events.amazonaws.com", SourceArn={"Fn::GetAtt": ["Rule", "Arn"]}),
        permission("111111111111"),
        permission("*", PrincipalOrgID="o-1"),
        resource("AWS::Lambda::LayerVersionPermission", Principal="*", OrganizationId="o-1"),
        resource("AWS::Events::EventBusPolicy", Principal="*", Condition={"Key": "aws:PrincipalOrgID"}),
    ],
)
def test_a_caller_by_name_is_kept(good: dict[str, Any]) -> None:
    assert ask("E9109", good) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (permission("sns.amazonaws.com"), "sns.amazonaws.com may call for anybody"),
        (permission({"Fn::Sub": "sns.${AWS::URLSuffix}"}), "may call for anybody"),
        (
            permission("sns.amazonaws.com", SourceArn={"Fn::If": ["IsWanted", TOPIC, NOTHING]}),
            "may call for anybody: it has no source when Wanted=false",
        ),
        (permission("s3.amazonaws.com", SourceArn="arn:aws:s3:::orders"), "s3.amazonaws.com has no SourceAccount"),
        (
            permission("events.amazonaws.com", SourceArn={"Fn::GetAtt": ["Rule", "Arn"]}, SourceAccount="111111111111"),
            "events.amazonaws.com tells no account",
        ),
        (permission("*"), "everybody is allowed"),
        (permission({"Ref": "Free"}), "everybody is allowed"),
        (permission("111111111111", FunctionUrlAuthType="NONE"), "anybody may call the function's address"),
        (resource("AWS::Lambda::LayerVersionPermission", Principal="*"), "everybody is allowed"),
        (resource("AWS::Events::EventBusPolicy", Principal="*"), "everybody is allowed"),
    ],
)
def test_a_caller_without_a_name_is_found(bad: dict[str, Any], message: str) -> None:
    sections = {**IF_WANTED, "Parameters": {**IF_WANTED["Parameters"], "Free": {"Type": "String"}}}
    (found,) = ask("E9109", bad, **sections)
    assert message in found
