"""What is found, as the declaration that asks for it; and what none can ask for."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from factory.catalog.constraints import Constraint
from factory.catalog.constraints.launch import Launch
from factory.catalog.constraints.notification import Notification
from factory.catalog.constraints.resource_update import ResourceUpdate
from factory.catalog.constraints.stack_set import StackSet
from factory.catalog.constraints.template import Template
from factory.catalog.declaring import declare
from factory.catalog.desired import assemble
from factory.catalog.environments import Environment, EnvironmentClass
from factory.catalog.manifest import load
from factory.catalog.manifest.writing import portfolio_text
from factory.catalog.model import (
    AccountId,
    Catalog,
    CatalogProduct,
    Digest,
    EnvironmentName,
    Guidance,
    Place,
    Portfolio,
    PortfolioName,
    Principal,
    PrincipalType,
    ProductName,
    Region,
    Share,
    ShareTarget,
    TagOption,
    Version,
    VersionName,
)
from factory.planning.actions import Action
from factory.planning.plan import plan

FILE = "portfolios/legacy.yaml"
ENVIRONMENTS = """
hub: {account: "111111111111"}
environments:
  dev: {account: "222222222222", regions: [us-east-1]}
  prod: {account: "666666666666", regions: [us-east-1]}
"""
DEV = Place(environment=EnvironmentName("dev"), region=Region("us-east-1"))
OWN = Share(target=ShareTarget.ACCOUNT, id="222222222222")
QUEUE, TOPIC = ProductName("queue"), ProductName("topic")


def rule(name: str, **more: Any) -> dict[str, Any]:
    return {name: {"Assertions": [{"Assert": {"Fn::Equals": [{"Ref": "Size"}, "small"]}, **more}]}}


def product(name: ProductName, *versions: Version, **texts: Any) -> CatalogProduct:
    made = versions or (Version(name=VersionName("1.0.0"), digest=Digest(f"{name} 1")),)
    return CatalogProduct(place=DEV, name=name, **{"description": "", "owner": "IT", **texts}, versions=made)


PRODUCTS = (
    product(QUEUE),
    product(
        TOPIC,
        Version(name=VersionName("1.0.0"), digest=Digest("topic 1"), guidance=Guidance.DEPRECATED),
        Version(name=VersionName("1.1.0"), digest=Digest("topic 1.1"), active=False),
        Version(name=VersionName("2.0.0"), digest=Digest("topic 2")),
        description="A topic\n\nof a team: 'yes', \"no\" # and more",
        support_email="it@example.com",
        support_url="https://example.com",
        tags=(("CostCenter", "4711"), ("Live", "true")),
    ),
)
LEGACY = Portfolio(
    place=DEV,
    name=PortfolioName("legacy"),
    display_name="Legacy: the old one",
    provider="yes",
    tags=(("Team", "012345678901"),),
    products=frozenset({QUEUE, TOPIC}),
    principals=frozenset(
        {
            Principal(arn="arn:aws:iam:::role/team-*"),
            Principal(arn="arn:aws-cn:iam:::role/*"),
            Principal(arn="arn:aws:iam::222222222222:user/pat", type=PrincipalType.IAM),
        }
    ),
    shares=frozenset({OWN, Share(target=ShareTarget.ACCOUNT, id="012345678901", accepted=False)}),
    tag_options=frozenset({TagOption(key="Stage", value="blue"), TagOption(key="Stage", value="2")}),
    constraints=frozenset[Constraint](
        {
            Launch(product=TOPIC, local_role_name="launch-topic"),
            ResourceUpdate(product=TOPIC, tag_updates=False),
            Notification(product=TOPIC, topic_arns=("arn:aws:sns:us-east-1:222222222222:events",)),
            Template.of(TOPIC, rule("Small")),
            Template.allowing(TOPIC, "Size", ("small", "large")),
            StackSet(
                product=QUEUE,
                accounts=("222222222222",),
                regions=("us-east-1",),
                admin_role_arn="arn:aws:iam::222222222222:role/admin",
                execution_role_name="execution",
            ),
            Template.allowing(QUEUE, "Environment", ("dev",)),
        }
    ),
)


class Project:
    """A project into which what is declared is written."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "portfolios").mkdir()
        (root / "portfolios/environments.yaml").write_text(ENVIRONMENTS)
        self.text = ""

    def left(self, portfolio: Portfolio, *products: CatalogProduct) -> tuple[tuple[Action, ...], tuple[str, ...]]:
        """What a plan would change of what is declared, and what could not be."""
        environment = load(self.root, {}).environment("dev")
        declared, left_out = declare(portfolio, products, environment)
        self.text = portfolio_text(declared, "Found.")
        manifest = load(self.root, {}, {FILE: self.text})
        assert manifest.portfolio("legacy") == declared
        releases = {(item.name, version.name): version.digest for item in products for version in item.versions}
        desired = assemble(manifest, manifest.adopted, releases, [environment.name])
        return plan(desired, Catalog(portfolios=(portfolio,), products=products)).actions, left_out


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def test_what_is_found_is_asked_for_and_leaves_nothing_to_do(project: Project) -> None:
    assert project.left(LEGACY, *PRODUCTS) == ((), ())
    assert project.text.startswith("# Found.\ndisplay-name: 'Legacy: the old one'\nprovider: 'yes'\n")
    assert "*id" not in project.text


def test_a_portfolio_with_nothing_in_it(project: Project) -> None:
    empty = Portfolio(place=DEV, name=PortfolioName("legacy"), display_name="Empty", provider="IT")
    assert project.left(empty) == ((), ())


@pytest.mark.parametrize(
    "shares",
    [
        [],
        [replace(OWN, share_tag_options=False)],
        [Share(target=ShareTarget.ORGANIZATION, id="o-a1b2c3d4e5", share_principals=True)],
        [OWN, Share(target=ShareTarget.ORGANIZATIONAL_UNIT, id="ou-ab12-1a2b3c4d")],
    ],
)
def test_shares_that_a_manifest_can_ask_for(project: Project, shares: list[Share]) -> None:
    patterns = frozenset(item for item in LEGACY.principals if item.type is PrincipalType.IAM_PATTERN)
    portfolio = replace(LEGACY, shares=frozenset(shares), principals=patterns)
    assert project.left(portfolio, *PRODUCTS) == ((), ())


def test_shares_that_no_manifest_asks_for_are_told_and_withdrawn(project: Project) -> None:
    units = {Share(target=ShareTarget.ORGANIZATIONAL_UNIT, id=f"ou-ab12-1a2b3c4{n}") for n in "de"}
    actions, left_out = project.left(replace(LEGACY, shares=frozenset({OWN, *units})), *PRODUCTS)
    assert [(action.effect, action.subject) for action in actions] == [
        ("delete", "share legacy with organizational unit ou-ab12-1a2b3c4e")
    ]
    (why,) = left_out
    assert why.startswith("share with organizational unit ou-ab12-1a2b3c4e: a manifest shares")


def test_principals_of_another_account_are_told_and_withdrawn(project: Project) -> None:
    principals = {
        Principal(arn="arn:aws:iam::999999999999:role/other", type=PrincipalType.IAM),
        Principal(arn="arn:aws:iam::222222222222:root", type=PrincipalType.IAM),
    }
    actions, left_out = project.left(replace(LEGACY, principals=LEGACY.principals | principals), *PRODUCTS)
    assert [action.effect for action in actions] == ["delete", "delete"]
    assert len(left_out) == 2


def test_a_constraint_of_several_rules_becomes_several(project: Project) -> None:
    constraint = Template.of(TOPIC, {**rule("First", AssertDescription="Small."), **rule("Second")})
    portfolio = replace(LEGACY, constraints=frozenset({constraint}))
    actions, left_out = project.left(portfolio, *PRODUCTS)
    assert [(action.effect, action.subject) for action in actions] == [
        ("update", "constraint TEMPLATE First on topic in legacy"),
        ("create", "constraint TEMPLATE Second on topic in legacy"),
    ]
    assert left_out == (
        "constraint TEMPLATE First on topic: it has 2 rules, and the factory keeps each in a constraint of its own",
    )


def test_rules_with_numbers_and_with_names_that_a_manifest_cannot_have(project: Project) -> None:
    number = {"Number": {"Assertions": [{"Assert": {"Fn::Equals": [{"Ref": "Count"}, 3]}}]}}
    constraints = {Template.of(TOPIC, number), Template.of(QUEUE, rule("OnlyEnvironment"))}
    actions, left_out = project.left(replace(LEGACY, constraints=frozenset(constraints)), *PRODUCTS)
    assert {(action.effect, action.subject) for action in actions} == {
        ("update", "constraint TEMPLATE Number on topic in legacy"),
        ("delete", "constraint TEMPLATE OnlyEnvironment on queue in legacy"),
    }
    assert len(left_out) == 2
    assert json.dumps("3") not in project.text
    assert "- '3'" in project.text


def test_what_the_project_describes_already_is_not_described_again() -> None:
    environment = Environment(
        name=DEV.environment, account=AccountId(OWN.id), sizing=EnvironmentClass.DEV, regions=(DEV.region,)
    )
    declared, _ = declare(LEGACY, PRODUCTS, environment, [QUEUE])
    assert [name for name, _ in declared.adopted] == [TOPIC]
