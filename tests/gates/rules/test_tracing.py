"""House rule E9408: requests can be followed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, ask, resource

FUNCTION = "AWS::Lambda::Function"


@pytest.mark.parametrize(
    "good",
    [
        resource(FUNCTION, TracingConfig={"Mode": "Active"}),
        resource("AWS::ApiGateway::Stage", TracingEnabled=True),
        resource("AWS::AppSync::GraphQLApi", XrayEnabled=True),
        resource("AWS::StepFunctions::StateMachine", TracingConfiguration={"Enabled": True}),
    ],
)
def test_traces_are_kept(good: dict[str, Any]) -> None:
    assert ask("E9408", good) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (resource(FUNCTION), "TracingConfig.Mode is not Active"),
        (resource(FUNCTION, TracingConfig={"Mode": "PassThrough"}), "TracingConfig.Mode is not Active"),
        (
            resource(FUNCTION, TracingConfig={"Mode": {"Fn::If": ["IsWanted", "Active", "PassThrough"]}}),
            "TracingConfig.Mode is not Active when Wanted=false",
        ),
        (resource("AWS::ApiGateway::Stage", TracingEnabled={"Ref": "Wanted"}), "TracingEnabled is not true when"),
        (resource("AWS::AppSync::GraphQLApi"), "XrayEnabled is not true"),
        (resource("AWS::StepFunctions::StateMachine"), "TracingConfiguration.Enabled is not true"),
    ],
)
def test_what_is_not_traced_is_found(bad: dict[str, Any], message: str) -> None:
    (found,) = ask("E9408", bad, **IF_WANTED)
    assert message in found
