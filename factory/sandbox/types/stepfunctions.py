"""AWS Step Functions: state machines, whose logging the emulator's own handler loses.

It takes definition and role without looking; they are looked at here.

What the service refuses is worded after messages that users have published, and was not compared with it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from factory.sandbox.types.arguments import arguments
from factory.sandbox.types.plugin import Fill, Request
from factory.sandbox.types.refusal import RefusedError

_NO_LOGS = {"Level": "OFF", "IncludeExecutionData": False}
_SERVICE = "states.amazonaws.com"


def _fill_state_machine(request: Request, arn: str, old: Mapping[str, Any]) -> None:
    client = request.client("stepfunctions")
    made = client.describe_state_machine(stateMachineArn=arn)
    if request.properties.get("RoleArn") != old.get("RoleArn"):
        _check_role(request, made["roleArn"])
    try:
        definition = json.loads(made["definition"])
    except ValueError as error:
        raise _invalid(f"INVALID_JSON_DESCRIPTION: {error}") from None
    if problems := list(_problems(definition)):
        raise _invalid("; ".join(f"SCHEMA_VALIDATION_FAILED: {problem}" for problem in problems))
    # Written each time, as the emulator's handler writes it each time, in a way that its service does not read.
    logging = {"StateMachineArn": arn, "LoggingConfiguration": request.properties.get("LoggingConfiguration", _NO_LOGS)}
    client.update_state_machine(**arguments(client, "UpdateStateMachine", logging))


def _invalid(problem: str) -> RefusedError:
    return RefusedError(f"Invalid State Machine Definition: '{problem}'", code="InvalidDefinition")


def _check_role(request: Request, arn: str) -> None:
    role = request.client("iam").get_role(RoleName=arn.rpartition("/")[2])["Role"]
    if _SERVICE not in json.dumps(role["AssumeRolePolicyDocument"]):
        raise RefusedError(
            f"Neither the global service principal {_SERVICE}, nor the regional one is authorized to assume the "
            "provided role.",
            code="AccessDeniedException",
        )


def _problems(definition: Any) -> Iterator[str]:
    """Hold a definition against the Amazon States Language, as cfn-lint knows it."""
    from cfnlint.api import lint
    from cfnlint.rules import Rules
    from cfnlint.rules.resources.stepfunctions.StateMachineDefinition import StateMachineDefinition

    rules = Rules()
    rules.register(StateMachineDefinition())
    machine = {"RoleArn": "arn:aws:iam::123456789012:role/any", "Definition": definition}
    template = {"Resources": {"It": {"Type": "AWS::StepFunctions::StateMachine", "Properties": machine}}}
    for match in lint(json.dumps(template), rules=rules, regions=["us-east-1"]):
        if match.rule.id == StateMachineDefinition.id:
            yield match.message


FILLS = (Fill(name="AWS::StepFunctions::StateMachine", apply=_fill_state_machine),)
