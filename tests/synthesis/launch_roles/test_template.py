"""The one template of all launch roles: the same bytes, a ledger, and a boundary that cannot be left behind."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from factory.sandbox.emulator import Decision, Principal
from factory.synthesis.artifact import Artifact
from factory.synthesis.launch_roles import launch_roles, ledger, role_name, roles_template

BOUNDARY = "arn:aws:iam::222222222222:policy/limits"
ROLE = "arn:aws:iam::222222222222:role/SC-222222222222-pp-a-Role-B"


@pytest.fixture(scope="module")
def resources(artifacts: dict[str, Artifact]) -> dict[str, Any]:
    """The resources of the template of the shipped products."""
    found: dict[str, Any] = json.loads(roles_template(launch_roles(artifacts.values(), {}).values()))["Resources"]
    return found


def test_the_same_roles_give_the_same_bytes(artifacts: dict[str, Artifact]) -> None:
    there = roles_template(launch_roles(artifacts.values(), {}).values())
    back = roles_template(reversed(launch_roles(reversed(list(artifacts.values())), {}).values()))
    assert there == back


def test_the_ledger_tells_what_the_roles_are_made_from(
    artifacts: dict[str, Artifact], resources: dict[str, Any]
) -> None:
    roles = launch_roles(artifacts.values(), {})
    text = resources["Ledger"]["Properties"]["Value"]
    assert ledger(text) == {product: role.digest for product, role in roles.items()}
    assert ledger("none") == {}


def test_only_service_catalog_takes_the_roles_on_and_only_for_this_account(
    artifacts: dict[str, Artifact], resources: dict[str, Any]
) -> None:
    roles = [resource["Properties"] for resource in resources.values() if resource["Type"] == "AWS::IAM::Role"]
    assert {role["RoleName"] for role in roles} == {role_name(product) for product in artifacts}
    for role in roles:
        (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
        assert trust["Principal"] == {"Service": "servicecatalog.amazonaws.com"}
        assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
        assert role["PermissionsBoundary"]["Fn::If"][0] == "RolesAreBounded"


@pytest.mark.parametrize(
    ("action", "boundary", "decision"),
    [
        ("iam:CreateRole", BOUNDARY, Decision.ALLOWED),
        ("iam:CreateRole", None, Decision.DENIED),
        ("iam:PutRolePolicy", "arn:aws:iam::222222222222:policy/other", Decision.DENIED),
        ("iam:PutRolePermissionsBoundary", BOUNDARY, Decision.ALLOWED),
        ("iam:DeleteRolePermissionsBoundary", BOUNDARY, Decision.DENIED),
        ("iam:DeleteRole", None, Decision.ALLOWED),
    ],
)
def test_a_bounded_role_makes_bounded_roles_only(
    resources: dict[str, Any], action: str, boundary: str | None, decision: Decision
) -> None:
    from ministack.core.iam_evaluator import PrincipalInfo, parse_policy_document

    attached = [
        resource["Properties"]["PolicyDocument"]
        for title, resource in resources.items()
        if title == "Boundary" or (title.startswith("FoundationLaunch") and resource["Type"].endswith("Policy"))
    ]
    text = json.dumps(attached).replace(json.dumps({"Ref": "PermissionsBoundary"}), json.dumps(BOUNDARY))
    text = re.sub(r'\{"Fn::Sub": ("[^"]*")\}', r"\1", text)
    for name, value in {"AccountId": "222222222222", "Partition": "aws", "URLSuffix": "amazonaws.com"}.items():
        text = text.replace(f"${{AWS::{name}}}", value)
    role = Principal(
        PrincipalInfo(
            arn="arn:aws:sts::222222222222:assumed-role/launch/servicecatalog",
            type="AssumedRole",
            account="222222222222",
            policies=[parse_policy_document(document) for document in json.loads(text)],
        ),
        "key",
    )
    context = {"iam:permissionsboundary": boundary} if boundary else {}
    assert role.decide(action, ROLE, exact=True, region="us-east-1", context=context) is decision
