"""House rule E9717: instances hand out credentials only to those who can ask properly."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, NOTHING, ask, resource

REQUIRED = {"HttpTokens": "required"}
TEMPLATE = "AWS::EC2::LaunchTemplate"


@pytest.mark.parametrize(
    "good",
    [
        resource("AWS::EC2::Instance", MetadataOptions=REQUIRED),
        resource("AWS::EC2::Instance", LaunchTemplate={"LaunchTemplateId": {"Ref": "Template"}}),
        resource(TEMPLATE, LaunchTemplateData={"MetadataOptions": REQUIRED}),
    ],
)
def test_session_tokens_are_kept(good: dict[str, Any]) -> None:
    assert ask("E9717", good, **IF_WANTED) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (resource("AWS::EC2::Instance"), "MetadataOptions.HttpTokens is not required"),
        (
            resource("AWS::EC2::Instance", LaunchTemplate={}, MetadataOptions={"HttpTokens": "optional"}),
            "is not required",
        ),
        (resource("AWS::AutoScaling::LaunchConfiguration"), "is not required"),
        (resource(TEMPLATE, LaunchTemplateData={"MetadataOptions": {"HttpTokens": "optional"}}), "is not required"),
        (
            resource(TEMPLATE, LaunchTemplateData={"MetadataOptions": {"Fn::If": ["IsWanted", REQUIRED, NOTHING]}}),
            "Wanted=false",
        ),
    ],
)
def test_anything_less_is_found(bad: dict[str, Any], message: str) -> None:
    (found,) = ask("E9717", bad, **IF_WANTED)
    assert message in found
