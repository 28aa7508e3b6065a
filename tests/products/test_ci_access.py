"""What an environment relies on that lets pipelines in."""

from __future__ import annotations

from typing import Any

import pytest

from factory.synthesis.artifact import synthesize
from products.ci_access import CiAccess
from tests.products.launching import ACCOUNT, Launched, allowed, refused

BUILDS = "333333333333"
GITHUB = {"GithubOwner": "shop", "GithubRepository": "orders"}


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    return synthesize(CiAccess).template


def statements(role: Any, effect: str = "Allow") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for policy in role.get("Policies", []):
        found |= allowed(policy["PolicyDocument"], effect)
    return found


@pytest.mark.parametrize(("given", "account"), [("", ACCOUNT), (BUILDS, BUILDS)])
def test_a_pipelines_role_for_this_environment_comes_in_for_its_own_service(given: str, account: str) -> None:
    launched = Launched(CiAccess, Services="orders,billing", BuildAccount=given, Environment="test")
    (trust,) = launched["DeployRole"]["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"AWS": f"arn:aws:iam::{account}:root"}
    assert trust["Condition"] == {
        "ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{account}:role/factory-pipeline-dev-*-test"},
        "StringEquals": {"aws:PrincipalTag/Service": ["orders", "billing"]},
    }


def test_pipelines_call_one_function_and_do_nothing_else() -> None:
    role = Launched(CiAccess, Services="orders", Environment="test")["DeployRole"]
    assert role["RoleName"] == "factory-deploy-test-main"
    assert {sid: item["Action"] for sid, item in statements(role).items()} == {
        "CallDeployer": ["lambda:InvokeFunction"]
    }


def test_the_function_updates_the_named_launches_from_one_registry() -> None:
    deployer = Launched(CiAccess, Services="orders,billing", BuildAccount=BUILDS, Environment="test")["Deployer"]
    assert deployer["FunctionName"] == "factory-deployer-test-main"
    assert deployer["Environment"]["Variables"] == {"LAUNCHES": "orders,billing", "REGISTRIES": BUILDS}


def test_the_function_reads_stacks_that_became_launches_under_their_own_name() -> None:
    reading = statements(Launched(CiAccess, Services="orders")["DeployerRole"])["ReadStacks"]
    assert reading["Resource"] == [f"arn:aws:cloudformation:us-east-1:{ACCOUNT}:stack/*"]
    assert all(action.startswith("cloudformation:Describe") for action in reading["Action"])


def test_the_function_neither_launches_nor_ends_anything() -> None:
    found = statements(Launched(CiAccess, Services="orders")["DeployerRole"]).values()
    actions = {action for item in found for action in item["Action"] if action.startswith("servicecatalog:")}
    assert actions == {
        "servicecatalog:DescribeProvisionedProduct",
        "servicecatalog:DescribeProvisioningParameters",
        "servicecatalog:DescribeRecord",
        "servicecatalog:GetProvisionedProductOutputs",
        "servicecatalog:UpdateProvisionedProduct",
    }


@pytest.mark.parametrize(
    ("given", "subject"),
    [
        ({}, "repo:shop/orders:ref:refs/heads/main"),
        ({"GithubBranch": "release/*"}, "repo:shop/orders:ref:refs/heads/release/*"),
        ({"GithubEnvironment": "prod"}, "repo:shop/orders:environment:prod"),
    ],
)
def test_one_repository_and_of_it_one_branch_or_environment_comes_in(given: dict[str, str], subject: str) -> None:
    (trust,) = Launched(CiAccess, **GITHUB, **given)["GithubRole"]["AssumeRolePolicyDocument"]["Statement"]
    tokens = "token.actions.githubusercontent.com"
    assert trust["Principal"] == {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{tokens}"}
    assert trust["Action"] == ["sts:AssumeRoleWithWebIdentity"]
    assert trust["Condition"] == {
        "StringEquals": {f"{tokens}:aud": "sts.amazonaws.com"},
        "StringLike": {f"{tokens}:sub": subject},
    }


def test_an_account_has_one_provider() -> None:
    assert "IdentityProvider" in Launched(CiAccess, **GITHUB)
    assert "IdentityProvider" not in Launched(CiAccess, **GITHUB, GithubProvider="false")
    assert "IdentityProvider" not in Launched(CiAccess, Services="orders")


def test_workflows_may_do_what_the_launch_names_and_no_more() -> None:
    assert statements(Launched(CiAccess, **GITHUB)["GithubRole"]) == {}
    roles = f"arn:aws:iam::{ACCOUNT}:role/task,arn:aws:iam::{ACCOUNT}:role/execution"
    more = {"ImageRepository": "orders", "EcsService": "legacy", "PassedRoles": roles, "Services": "orders"}
    found = statements(Launched(CiAccess, **GITHUB, **more)["GithubRole"])
    assert set(found) == {"SignIn", "Push", "Update", "Register", "Read", "PassRoles", "CallDeployer"}
    assert found["PassRoles"]["Resource"] == roles.split(",")
    assert found["PassRoles"]["Condition"] == {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}
    assert str(found["Update"]["Resource"][0]).endswith("/legacy")


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        ({}, "SomebodyGetsAccess"),
        ({"GithubOwner": "shop"}, "OwnerAndRepositoryGoTogether"),
        ({"Services": "orders", "ImageRepository": "orders"}, "GithubNeedsARepository"),
        ({**GITHUB, "PassedRoles": "arn:aws:iam::222222222222:role/task"}, "RolesBelongToAService"),
    ],
)
def test_what_makes_no_sense_is_refused(given: dict[str, str], rule: str, template: dict[str, Any]) -> None:
    assert rule in refused(template, **given)


@pytest.mark.parametrize("given", [{"Services": "orders"}, GITHUB])
def test_few_answers_are_enough(given: dict[str, str], template: dict[str, Any]) -> None:
    assert refused(template, **given) == set()


def test_names_of_two_accesses_differ_and_are_short_enough() -> None:
    longest = Launched(CiAccess, Services="orders", Environment="staging", AccessName="a" * 16)
    for title, name in (("DeployRole", "RoleName"), ("DeployerRole", "RoleName"), ("Deployer", "FunctionName")):
        assert len(longest[title][name]) <= 64
        assert longest[title][name] != Launched(CiAccess, Services="orders", Environment="staging")[title][name]
