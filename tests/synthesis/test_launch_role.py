"""Launch roles: the actions that the template's handlers name, within IAM's limits."""

from __future__ import annotations

import json
import re

import pytest

from factory.synthesis.artifact import Artifact
from factory.synthesis.launch_role import actions, launch_role, role_name
from tests.conftest import shipped

POLICY_CHARACTERS = 6_144
POLICIES_A_ROLE = 10


@pytest.mark.parametrize("name", list(shipped()))
def test_policies_stay_within_iams_limits(name: str, artifacts: dict[str, Artifact]) -> None:
    *policies, role = [resource.to_dict() for resource in launch_role(artifacts[name], bounded="Bounded")]
    assert len(policies) <= POLICIES_A_ROLE
    for policy in policies:
        document = json.loads(json.dumps(policy["Properties"]["PolicyDocument"], default=lambda item: item.to_dict()))
        assert len(re.sub(r"\s", "", json.dumps(document))) <= POLICY_CHARACTERS
    assert role["Properties"]["RoleName"] == role_name(name)


@pytest.mark.parametrize("name", list(shipped()))
def test_no_action_is_a_wildcard(name: str, artifacts: dict[str, Artifact]) -> None:
    assert [action for action in actions(artifacts[name]) if "*" in action] == []


def test_actions_follow_the_resource_types(artifacts: dict[str, Artifact]) -> None:
    found = actions(artifacts["foundation"])
    assert {"kms:CreateKey", "sns:CreateTopic", "s3:CreateBucket", "ssm:PutParameter"} <= set(found)
    assert not any(action.startswith("rds:") for action in found)


def test_roles_are_passed_only_to_the_services_that_the_template_trusts(artifacts: dict[str, Artifact]) -> None:
    policies = launch_role(artifacts["foundation"], bounded="Bounded")
    text = json.dumps([policy.to_dict() for policy in policies], default=lambda item: item.to_dict())
    statements = [
        statement
        for policy in json.loads(text)
        for statement in policy["Properties"].get("PolicyDocument", {}).get("Statement", [])
        if "iam:PassRole" in statement["Action"]
    ]
    assert [statement["Condition"] for statement in statements] == [
        {"StringEquals": {"iam:PassedToService": ["lambda.amazonaws.com"]}}
    ]


@pytest.mark.parametrize(("name", "expected"), [("function", True), ("network", False)])
def test_only_functions_that_may_be_images_need_images(
    name: str, expected: bool, artifacts: dict[str, Artifact]
) -> None:
    policies = [
        policy.to_dict()["Properties"]["PolicyDocument"] for policy in launch_role(artifacts[name], bounded="B")[:-1]
    ]
    found = json.dumps(policies, default=lambda item: item.to_dict() if hasattr(item, "to_dict") else item.JSONrepr())
    assert ("ReadFunctionImages" in found) is expected
