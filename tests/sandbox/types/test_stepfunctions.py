"""State machines: what the service refuses before it makes one."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sandbox.types.cases_functions import DEFINITION, WORKFLOW_ROLE
from tests.sandbox.types.cases_identity import ROLE

WAIT = DEFINITION["States"]


@pytest.mark.parametrize(
    ("definition", "reason"),
    [
        ('{"StartAt": ', "INVALID_JSON_DESCRIPTION"),
        (json.dumps({**DEFINITION, "StartAt": "Gone"}), "Missing 'Next' target 'Gone'"),
        (json.dumps({**DEFINITION, "States": {"Wait": {"Type": "Wait", "Seconds": 5}}}), "SCHEMA_VALIDATION_FAILED"),
    ],
)
def test_what_is_no_definition_is_refused(definition: str, reason: str, stacks: Any, aws: Any) -> None:
    machine = {
        "Type": "AWS::StepFunctions::StateMachine",
        "Properties": {"RoleArn": {"Fn::GetAtt": ["WorkflowRole", "Arn"]}, "DefinitionString": definition},
    }

    assert stacks.put("sfn", {**WORKFLOW_ROLE, "Machine": machine}) == "ROLLBACK_COMPLETE"

    assert reason in stacks.reasons("sfn")
    assert aws("stepfunctions").list_state_machines()["stateMachines"] == []


def test_the_role_has_to_trust_the_service(stacks: Any) -> None:
    machine = {
        "Type": "AWS::StepFunctions::StateMachine",
        "Properties": {"RoleArn": {"Fn::GetAtt": ["Role", "Arn"]}, "Definition": DEFINITION},
    }

    assert stacks.put("sfn", {**ROLE, "Machine": machine}) == "ROLLBACK_COMPLETE"

    assert "is authorized to assume the provided role" in stacks.reasons("sfn")
