"""Every operation that answers in pages, over an account that holds more than one of everything."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.sandbox.servicecatalog.conftest import DEADLINE_SECONDS, PAUSE_SECONDS, REGION, TEMPLATE, Scene, Server
from tests.sandbox.servicecatalog.operations.test_budgets import budget
from tests.sandbox.servicecatalog.operations.test_service_action_uses import on
from tests.sandbox.servicecatalog.operations.test_service_actions import create
from tests.sandbox.servicecatalog.service_model import SERVICE, SUPPORTED, is_paged, page_cap

NUMBERS = ("one", "two", "three")
TEMPLATE_OF_TWO = {**TEMPLATE, "Resources": {**TEMPLATE["Resources"], "Second": {"Type": "AWS::SNS::Topic"}}}

Ids = dict[str, str]


@pytest.fixture(scope="module")
def world(server: Server, _accounts: Iterator[str]) -> tuple[Scene, Ids]:
    """A hub with more than one of everything, and the ids by which it is listed."""
    scene = Scene(server=server, hub=next(_accounts), spoke=next(_accounts))
    sc = scene.sc
    portfolios = [scene.portfolio(name) for name in NUMBERS]
    (product, version), (launched, launched_version), (tagged, _) = (
        scene.product(name, TEMPLATE_OF_TWO) for name in NUMBERS
    )
    versions = [version, *(scene.version(product, name) for name in ("2.0.0", "3.0.0"))]
    for identifier in (product, launched, tagged):
        sc.associate_product_with_portfolio(ProductId=identifier, PortfolioId=portfolios[0])
    for portfolio in portfolios:
        sc.associate_product_with_portfolio(ProductId=product, PortfolioId=portfolio)
        scene.shared(portfolio)
    _attach(scene, portfolios, product, tagged)
    actions = [create(scene, name) for name in NUMBERS]
    for used in (*(on(product, item, actions[0]) for item in versions), on(product, version, actions[1])):
        sc.associate_service_action_with_provisioning_artifact(**used)
    records = [scene.launch(launched, launched_version, name)["RecordDetail"] for name in NUMBERS]
    portfolio, everywhere, version_of_set = scene.placed("everywhere")
    scene.stack_set(portfolio, everywhere)
    stack_set = scene.launch(everywhere, version_of_set, "everywhere")["RecordDetail"]
    plans = [_planned(scene, launched, launched_version, f"planned-{name}") for name in NUMBERS]
    return scene, {
        "portfolio": portfolios[0],
        "product": product,
        "version": version,
        "action": actions[0],
        "record": records[0]["RecordId"],
        "launched": records[0]["ProvisionedProductId"],
        "stack-set": stack_set["ProvisionedProductId"],
        "plan": plans[0],
        "option": sc.list_tag_options()["TagOptionDetails"][0]["Id"],
    }


def _attach(scene: Scene, portfolios: list[str], product: str, tagged: str) -> None:
    sc, portfolio = scene.sc, portfolios[0]
    for name in NUMBERS:
        topic = {"NotificationArns": [f"arn:aws:sns:{REGION}:{scene.hub}:{name}"]}
        scene.constrain(portfolio, product, "NOTIFICATION", topic)
        arn = scene.role(scene.hub, name)
        sc.associate_principal_with_portfolio(PortfolioId=portfolio, PrincipalARN=arn, PrincipalType="IAM")
        sc.associate_budget_with_resource(BudgetName=budget(scene, name), ResourceId=portfolio)
        option = sc.create_tag_option(Key="Team", Value=name)["TagOptionDetail"]["Id"]
        for resource in (*portfolios[1:], tagged):
            sc.associate_tag_option_with_resource(ResourceId=resource, TagOptionId=option)
    organizations = scene.client("organizations", scene.hub)
    organizations.create_organization()
    sc.enable_aws_organizations_access()
    for name in NUMBERS:
        made = organizations.create_account(Email=f"{name}@example.com", AccountName=name)
        node = {"Type": "ACCOUNT", "Value": made["CreateAccountStatus"]["AccountId"]}
        sc.create_portfolio_share(PortfolioId=portfolio, OrganizationNode=node)
        sc.create_portfolio_share(PortfolioId=portfolio, AccountId=node["Value"])


def _planned(scene: Scene, product: str, version: str, name: str) -> str:
    plan = str(
        scene.sc.create_provisioned_product_plan(
            PlanName=name,
            PlanType="CLOUDFORMATION",
            ProductId=product,
            ProvisioningArtifactId=version,
            ProvisionedProductName=name,
        )["PlanId"]
    )
    deadline = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < deadline:
        details = scene.sc.describe_provisioned_product_plan(PlanId=plan)["ProvisionedProductPlanDetails"]
        if details["Status"] == "CREATE_SUCCESS":
            return plan
        time.sleep(PAUSE_SECONDS)
    raise TimeoutError(json.dumps(details, default=str))


LISTINGS: dict[str, Callable[[Ids], dict[str, Any]]] = {
    "DescribePortfolioShares": lambda ids: {"PortfolioId": ids["portfolio"], "Type": "ACCOUNT"},
    "DescribeProvisionedProductPlan": lambda ids: {"PlanId": ids["plan"]},
    "DescribeRecord": lambda ids: {"Id": ids["record"]},
    "GetProvisionedProductOutputs": lambda ids: {"ProvisionedProductId": ids["launched"]},
    "ListAcceptedPortfolioShares": lambda _: {"PortfolioShareType": "IMPORTED"},
    "ListBudgetsForResource": lambda ids: {"ResourceId": ids["portfolio"]},
    "ListConstraintsForPortfolio": lambda ids: {"PortfolioId": ids["portfolio"]},
    "ListLaunchPaths": lambda ids: {"ProductId": ids["product"]},
    "ListOrganizationPortfolioAccess": lambda ids: {
        "PortfolioId": ids["portfolio"],
        "OrganizationNodeType": "ACCOUNT",
    },
    "ListPortfolioAccess": lambda ids: {"PortfolioId": ids["portfolio"]},
    "ListPortfolios": lambda _: {},
    "ListPortfoliosForProduct": lambda ids: {"ProductId": ids["product"]},
    "ListPrincipalsForPortfolio": lambda ids: {"PortfolioId": ids["portfolio"]},
    "ListProvisionedProductPlans": lambda _: {},
    "ListProvisioningArtifactsForServiceAction": lambda ids: {"ServiceActionId": ids["action"]},
    "ListRecordHistory": lambda _: {},
    "ListResourcesForTagOption": lambda ids: {"TagOptionId": ids["option"]},
    "ListServiceActions": lambda _: {},
    "ListServiceActionsForProvisioningArtifact": lambda ids: {
        "ProductId": ids["product"],
        "ProvisioningArtifactId": ids["version"],
    },
    "ListStackInstancesForProvisionedProduct": lambda ids: {"ProvisionedProductId": ids["stack-set"]},
    "ListTagOptions": lambda _: {},
    "ScanProvisionedProducts": lambda _: {},
    "SearchProducts": lambda _: {},
    "SearchProductsAsAdmin": lambda _: {},
    "SearchProvisionedProducts": lambda _: {},
}


def test_every_paged_operation_is_listed_here() -> None:
    assert set(LISTINGS) == {name for name in SUPPORTED if is_paged(name)}


@pytest.mark.parametrize("name", sorted(LISTINGS))
def test_pages_of_one_are_the_whole_listing(name: str, world: tuple[Scene, Ids]) -> None:
    scene, ids = world
    core = scene.server.core
    caller = core.caller(scene.spoke if name == "ListAcceptedPortfolioShares" else scene.hub, REGION)
    members = SERVICE.operation_model(name).output_shape.members
    items = next(member for member, shape in members.items() if shape.type_name == "list")
    (token,) = {"PageToken", "NextPageToken"} & set(members)

    def ask(**given: Any) -> dict[str, Any]:
        return core.handle(name, LISTINGS[name](ids) | given, caller)

    whole = ask(PageSize=page_cap(name))
    page = ask(PageSize=1)
    pages = [page[items]]
    while token in page:
        page = ask(PageSize=1, PageToken=page[token])
        pages.append(page[items])

    assert token not in whole
    assert len(whole[items]) > 1
    assert all(len(page) == 1 for page in pages)
    assert [item for page in pages for item in page] == whole[items]
