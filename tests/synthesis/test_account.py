"""The account template: who may take on which role, and what house rules, cfn-lint and parliament say of it."""

from __future__ import annotations

import json
import re
from typing import Any

import cfnlint.api
import pytest
from cfnlint.config import ManualArgs

from factory.authoring.actions import is_reading
from factory.catalog.environments import AccessFrom, Federation
from factory.gates.lint import house_rules
from factory.synthesis.account import PIPELINE_PUBLISHER, PUBLISHER_ROLE, account_template
from tests.parliament_findings import findings

GITHUB = "token.actions.githubusercontent.com"
ACCESS = AccessFrom(
    publisher_roles=("role/release-manager",),
    reader_roles=("role/developer-*",),
    federation=Federation(
        provider=GITHUB,
        audience="sts.amazonaws.com",
        publisher=("repo:acme/catalog:environment:prod",),
        reader=("repo:acme/catalog:pull_request",),
    ),
)
TEMPLATE: dict[str, Any] = json.loads(account_template(ACCESS))
ROLES = sorted(name for name, body in TEMPLATE["Resources"].items() if body["Type"] == "AWS::IAM::Role")

# What house rules say of products and is not meant for an account's own preparation, by rule, with the resources.
EXPLAINED = {
    "E9001": ("they belong to no project or environment, but to the factory", r".*"),
    "E9104": ("as in AWS's default key policy: administrators of the hub keep the key from being lost", r"ArtifactKey"),
    "E9111": ("published templates and function code are kept for good", r"Artifacts"),
    "E9303": (
        "portfolios and products have ids that AWS draws; tags, or the trust in this account, confine them",
        r".*",
    ),
    "E9306": ("environments read what is published to them; in the hub's account the hub's own people launch", r".*"),
    "E9313": ("pipelines and `factory launch` have no second factor; who takes the role on needs one", r"Launcher"),
    "E9403": ("a bucket for logs is the organization's to have; CloudTrail's data events tell the same", r"Artifacts"),
    "E9803": (
        "their names are what pipelines and manifests know them by",
        r"Artifacts|.*[Ll]auncher|.*Publisher|.*Reader",
    ),
}


def known(own_account: str) -> dict[str, Any]:
    """The template as it is deployed in the hub, or in another account."""
    hub = {"Ref": "AWS::AccountId"} if own_account == "hub" else "111111111111"
    values = {
        "HubAccount": hub,
        "EnvironmentAccounts": ["222222222222"],
        "AssetBucketName": "factory-artifacts",
        "MakeRoles": "true",
        "LaunchRoles": ["arn:aws:iam::111111111111:role/factory-launch-network"],
    }

    def fill(node: Any) -> Any:
        match node:
            case {"Ref": str(name)} if name in values:
                return values[name]
            case {"Fn::Sub": str(text)}:
                return {"Fn::Sub": text.replace("${HubAccount}", "${AWS::AccountId}" if own_account == "hub" else hub)}
            case dict():
                return {key: fill(value) for key, value in node.items()}
            case list():
                return [fill(item) for item in node]
            case _:
                return node

    resources: dict[str, Any] = fill(TEMPLATE["Resources"])
    is_hub = own_account == "hub"
    conditions = {"IsHub": is_hub, "MakesRolesOfTheHub": is_hub, "MakesRolesOfAnEnvironment": not is_hub}
    there = {name: body for name, body in resources.items() if conditions.get(body.pop("Condition", ""), True)}
    return {**TEMPLATE, "Resources": there}


@pytest.mark.parametrize("own_account", ["environment", "hub"])
def test_house_rules_have_nothing_against_it_but_what_is_explained(own_account: str) -> None:
    rules = [rule for rule in house_rules().values() if not rule.asked_by]
    # What parameters are given are ids of accounts; the template itself has none.
    deployed = [(rule, TEMPLATE if rule.id == "E9807" else known(own_account)) for rule in rules]
    found = {(rule.id, problem.path[1]) for rule, body in deployed for problem in rule.problems(body)}
    assert {
        (rule, name) for rule, name in found if not re.fullmatch(EXPLAINED.get(rule, ("", ""))[1], str(name))
    } == set()


def test_every_explanation_is_needed() -> None:
    rules = house_rules()
    for rule in EXPLAINED:
        assert [problem for account in ("environment", "hub") for problem in rules[rule].problems(known(account))], rule


def test_cfn_lint_finds_nothing() -> None:
    assert cfnlint.api.lint(account_template(ACCESS), config=ManualArgs(regions=["us-east-1"])) == []


@pytest.mark.parametrize("role", ROLES)
def test_parliament_finds_nothing(role: str) -> None:
    properties = TEMPLATE["Resources"][role]["Properties"]
    documents = [policy["PolicyDocument"] for policy in properties["Policies"]]
    found = [finding for document in documents for finding in findings(_plain(document))]
    # Whose products the launcher may launch, the portfolios say that let it in.
    assert [item for item in found if role != "Launcher" or not item.startswith("RESOURCE_STAR")] == []


@pytest.mark.parametrize("role", ROLES)
def test_every_role_has_the_boundary_and_no_wildcard_in_an_action(role: str) -> None:
    properties = TEMPLATE["Resources"][role]["Properties"]
    bounded = {"Fn::If": ["RolesAreBounded", {"Ref": "PermissionsBoundary"}, {"Ref": "AWS::NoValue"}]}
    assert properties["PermissionsBoundary"] == bounded
    for statement in (item for policy in properties["Policies"] for item in policy["PolicyDocument"]["Statement"]):
        assert not [action for action in statement["Action"] if "*" in action]


@pytest.mark.parametrize("role", ["EnvironmentReader", "Reader"])
def test_readers_read(role: str) -> None:
    policies = TEMPLATE["Resources"][role]["Properties"]["Policies"]
    actions = {
        action for policy in policies for item in policy["PolicyDocument"]["Statement"] for action in item["Action"]
    }
    assert {action for action in actions if not is_reading(action)} == {"kms:Decrypt", "sts:AssumeRole"} & actions


def test_the_hubs_publisher_is_for_the_pipeline_and_whom_the_manifests_name() -> None:
    own, federated = TEMPLATE["Resources"]["Publisher"]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    hub = "arn:${AWS::Partition}:iam::${HubAccount}"
    assert own["Principal"] == {"AWS": {"Fn::Sub": f"{hub}:root"}}
    roles = [{"Fn::Sub": f"{hub}:role/{PIPELINE_PUBLISHER}"}, {"Fn::Sub": f"{hub}:role/release-manager"}]
    assert own["Condition"] == {"ArnLike": {"aws:PrincipalArn": roles}}
    provider = f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:oidc-provider/{GITHUB}"
    assert federated["Principal"] == {"Federated": {"Fn::Sub": provider}}
    assert federated["Condition"] == {
        "StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com"},
        "StringLike": {f"{GITHUB}:sub": ["repo:acme/catalog:environment:prod"]},
    }


def test_an_environments_publisher_is_for_the_hubs_alone() -> None:
    (statement,) = TEMPLATE["Resources"]["EnvironmentPublisher"]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    hub = "arn:${AWS::Partition}:iam::${HubAccount}"
    assert statement["Condition"] == {"ArnLike": {"aws:PrincipalArn": [{"Fn::Sub": f"{hub}:role/{PUBLISHER_ROLE}"}]}}


def test_without_further_access_there_is_no_identity_provider() -> None:
    assert "AssumeRoleWithWebIdentity" not in account_template()


def test_it_fits_into_a_request() -> None:
    assert len(account_template(ACCESS)) < 51_200


def _plain(document: Any) -> dict[str, Any]:
    text = json.dumps(document)
    text = re.sub(r'\{"Fn::Sub": ("[^"]*")\}', r"\1", text)
    text = text.replace('{"Ref": "LaunchRoles"}', '"arn:aws:iam::111122223333:role/factory-launch-network"')
    for name, value in (("AWS::Partition", "aws"), ("AWS::URLSuffix", "amazonaws.com")):
        text = text.replace(f"${{{name}}}", value)
    found: dict[str, Any] = json.loads(re.sub(r"\$\{(AWS::AccountId|HubAccount)\}", "111122223333", text))
    return found
