"""House rule E9305: a function is invoked by whom it is meant for."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, NOTHING, ask, resource
from tests.gates.rules.documents import ACCOUNT

TOPIC = {"Ref": "Topic"}


def permission(principal: Any = "sns.amazonaws.com", **more: Any) -> dict[str, Any]:
    return resource(
        "AWS::Lambda::Permission", Action="lambda:InvokeFunction", FunctionName="f", Principal=principal, **more
    )


@pytest.mark.parametrize(
    "good",
    [
        permission(SourceArn=TOPIC),
        permission(SourceAccount=ACCOUNT),
        permission(SourceArn={"Fn::Sub": "arn:aws:execute-api:eu-west-1:${AWS::AccountId}:${Api}/*"}),
        permission("*", PrincipalOrgID="o-abcdef1234"),
        permission(ACCOUNT),
        permission({"Fn::GetAtt": ["Role", "Arn"]}),
        resource("AWS::Lambda::Url", AuthType="AWS_IAM"),
    ],
)
def test_a_named_source_is_kept(good: dict[str, Any]) -> None:
    assert ask("E9305", good, **IF_WANTED) == []


@pytest.mark.parametrize(
    "bad",
    [
        permission(),
        permission("*"),
        permission("111122223333"),
        permission(SourceArn="arn:aws:s3:::*"),
        permission(SourceAccount={"Fn::If": ["IsWanted", ACCOUNT, NOTHING]}),
        permission(SourceAccount=ACCOUNT, FunctionUrlAuthType="NONE"),
        resource("AWS::Lambda::Url", AuthType="NONE"),
        resource("AWS::Lambda::Url", AuthType={"Fn::If": ["IsWanted", "AWS_IAM", "NONE"]}),
        resource("AWS::Lambda::LayerVersionPermission", Action="lambda:GetLayerVersion", Principal="*"),
    ],
)
def test_anybody_is_found(bad: dict[str, Any]) -> None:
    assert len(ask("E9305", bad, **IF_WANTED)) == 1
