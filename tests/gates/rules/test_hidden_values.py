"""House rule E9605: what is asked for in secret does not come out elsewhere."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import ask, resource

PARAMETERS = {"Parameters": {"Pager": {"Type": "String", "NoEcho": True}, "Size": {"Type": "String"}}}
HIDDEN = {"Ref": "Pager"}


@pytest.mark.parametrize(
    "good",
    [
        resource("AWS::SNS::Subscription", Endpoint=HIDDEN),
        resource("AWS::Lambda::Function", Environment={"Variables": {"SIZE": {"Ref": "Size"}}}),
        resource("AWS::Lambda::Function", Environment={"Variables": {"X": {"Fn::Sub": "${!Pager} ${Pager.Arn}"}}}),
    ],
)
def test_other_places_are_kept(good: dict[str, Any]) -> None:
    assert ask("E9605", good, **PARAMETERS) == []


@pytest.mark.parametrize(
    "bad",
    [
        resource("AWS::Lambda::Function", Environment={"Variables": {"PAGER": HIDDEN}}),
        resource("AWS::Lambda::Function", Description={"Fn::Sub": "calls ${Pager}"}),
        resource("AWS::EC2::Instance", UserData={"Fn::Base64": {"Fn::Sub": ["x ${A}", {"A": HIDDEN}]}}),
        resource("AWS::ECS::TaskDefinition", ContainerDefinitions=[{"Command": ["--url", HIDDEN]}]),
        resource("AWS::SSM::Parameter", Value={"Fn::If": ["X", HIDDEN, "none"]}),
        resource("AWS::SQS::Queue", Tags=[{"Key": "pager", "Value": HIDDEN}]),
        {"It": {"Type": "AWS::SQS::Queue", "Metadata": {"pager": HIDDEN}}},
    ],
)
def test_a_place_that_shows_it_is_found(bad: dict[str, Any]) -> None:
    (found,) = ask("E9605", bad, **PARAMETERS)
    assert "Pager, which is not to be shown, is shown here" in found


def test_outputs_and_metadata_show_it() -> None:
    found = ask("E9605", {}, Outputs={"O": {"Value": HIDDEN}}, Metadata={"M": {"Fn::Sub": "${Pager}"}}, **PARAMETERS)
    assert len(found) == 2
