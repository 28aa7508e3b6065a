"""A whole life of a catalog under the publisher's own permissions: enough for all of it, and none of them too many."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from factory.catalog.environments import Duty
from factory.cli import bootstrap, doctor, plan, publish
from factory.cli.terminal import Terminal
from factory.cli.workspace import Workspace
from factory.errors import FactoryError
from factory.sandbox import control
from factory.sandbox.emulator.permissions import Decision, Principal
from tests.command import Command
from tests.scenarios import project
from tests.scenarios.project import ACCOUNTS, HUB, run, write

pytestmark = pytest.mark.slow

DEV, PROD = ACCOUNTS["dev"], ACCOUNTS["prod"]
ENVIRONMENTS = project.environments("dev", "prod", has_roles=True)
TEAMS = project.portfolio(
    "dev", "prod", access=["role/factory-launcher", "role/platform-*"], **{"tag-options": {"DataClass": ["public"]}}
)
RETIRING = {"retire": {"keep": 1, "inactive-after": "2026-01-01"}}
# Another text, version, constraint and tag option, fewer people, and what retires while it is in nobody's use.
CHANGED = project.portfolio(
    "dev",
    "prod",
    products={"order-queue": {"dev": "current", "prod": "1.0.0"}},
    share={"account": True, "tag-options": False},
    **{
        "display-name": "Teams of the company",
        "tag-updates": "refused",
        "tag-options": {"DataClass": ["internal"]},
        **RETIRING,
    },
)
NOTHING = project.portfolio("dev", products={})

NOT_ASKED = {
    "servicecatalog:GetAWSOrganizationsAccessStatus": "for the hint about an organization share that was refused",
    "servicecatalog:UpdateTagOption": "a tag option that somebody switched off by hand",
}


@pytest.fixture(scope="module")
def factory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Command]:
    """A project with a prepared sandbox that holds calls against policies, and a shell that points at its hub."""
    command = project.begin(tmp_path_factory.mktemp("publisher"), ENVIRONMENTS)
    command("sandbox", "start", "--enforce-iam")
    command.client("servicecatalog").enable_aws_organizations_access()
    with project.in_hub(command):
        yield command
    command("sandbox", "stop")


@pytest.fixture(scope="module")
def asked(factory: Command) -> list[dict[str, Any]]:
    """Everything that IAM was asked while a catalog was published, changed, and removed."""
    write(factory, teams=TEAMS)
    run(publish.command, factory, "--yes")
    product = factory.directory / "products/order_queue.py"
    text = product.read_text().replace('version = "1.0.0"', 'version = "1.1.0"').replace("default=5", "default=6")
    product.write_text(text.replace("One sentence", "Another sentence"))
    sys.modules.pop("products.order_queue")
    factory("bootstrap", "--sandbox", "--yes")
    organization = factory.json("sandbox", "status")["organization"]["id"]
    shared = {"organization": organization, "principals": True}
    named = {"display-name": "Company", **RETIRING}
    company = project.portfolio("dev", access=["role/platform-*"], share=shared, **named)
    write(factory, teams=CHANGED, company=company)
    run(plan.command, factory)
    run(bootstrap.command, factory, "--dry-run")
    run(publish.command, factory, "--yes")
    bucket = f"factory-artifacts-{HUB}-us-east-1"
    s3 = factory.client("s3")
    (lost,) = s3.list_objects_v2(Bucket=bucket, Prefix="templates/order-queue/1.1.0/")["Contents"]
    s3.delete_object(Bucket=bucket, Key=lost["Key"])
    run(doctor.command, factory)
    run(publish.command, factory, "--yes", "--prune")
    assert s3.head_object(Bucket=bucket, Key=lost["Key"])["ContentLength"] == lost["Size"]
    write(factory, teams=None, company=None, nothing=NOTHING)
    run(publish.command, factory, "--yes", "--prune")
    assert factory.client("servicecatalog").search_products_as_admin()["ProductViewDetails"] == []
    found: list[dict[str, Any]] = control.permissions(factory.directory)["asked"]
    return found


def policies(factory: Command, account: str, role: str) -> dict[str, list[dict[str, Any]]]:
    """The statements of a role's policies, as they are in the account."""
    iam = factory.client("iam", {HUB: "hub", DEV: "dev", PROD: "prod"}[account])
    return {
        name: iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]["Statement"]
        for name in iam.list_role_policies(RoleName=role)["PolicyNames"]
    }


def of(asked: list[dict[str, Any]], account: str, role: str) -> list[dict[str, Any]]:
    return [item for item in asked if f":{account}:assumed-role/{role}/" in item["principal"]]


def allowed(statements: list[dict[str, Any]], question: dict[str, Any]) -> bool:
    """Whether these statements allow what was asked, by the judge that the sandbox itself has."""
    from ministack.core.iam_evaluator import parse_policy_document

    parsed = parse_policy_document({"Version": "2012-10-17", "Statement": statements})
    arn = question["principal"]
    found = SimpleNamespace(
        arn=arn, account=arn.split(":")[4], type="AssumedRole", keys={}, policies=[parsed], limits=[]
    )
    decision = Principal(found, "").decide(
        question["action"], question["resource"], exact=True, region="us-east-1", context=question["context"]
    )
    return decision is Decision.ALLOWED


def test_the_publisher_may_do_all_that_a_publication_does(asked: list[dict[str, Any]]) -> None:
    assert [item for item in asked if not item["allowed"]] == []
    assert {item["principal"].split("/")[1] for item in asked} == {"factory-publisher", "factory-reader"}


@pytest.mark.parametrize("account", [HUB, DEV])
def test_every_statement_and_action_of_the_publisher_is_needed(
    factory: Command, asked: list[dict[str, Any]], account: str
) -> None:
    questions = of(asked, account, "factory-publisher")
    statements = [item for held in policies(factory, account, "factory-publisher").values() for item in held]
    assert all(allowed(statements, question) for question in questions)
    for left_out in statements:
        rest = [item for item in statements if item is not left_out]
        assert not all(allowed(rest, question) for question in questions), left_out["Sid"]
    granted = {action for item in statements for action in item["Action"]}
    assert granted - {question["action"] for question in questions} == (NOT_ASKED.keys() if account == HUB else set())


@pytest.mark.parametrize("account", [HUB, DEV])
def test_the_reader_can_only_look(factory: Command, asked: list[dict[str, Any]], account: str) -> None:
    assert of(asked, account, "factory-reader")
    statements = [item for held in policies(factory, account, "factory-reader").values() for item in held]
    granted = {action for item in statements for action in item["Action"]} - {"sts:AssumeRole", "kms:Decrypt"}
    assert {action.partition(":")[2].partition("A")[0][:3] for action in granted} <= {"Des", "Get", "Lis", "Sea"}


def test_a_missing_statement_stops_a_publication(factory: Command, asked: list[dict[str, Any]]) -> None:
    assert asked
    iam = factory.client("iam")
    before = policies(factory, HUB, "factory-publisher")["publish"]

    def put(statements: list[dict[str, Any]]) -> None:
        document = json.dumps({"Version": "2012-10-17", "Statement": statements})
        iam.put_role_policy(RoleName="factory-publisher", PolicyName="publish", PolicyDocument=document)

    write(factory, teams=TEAMS)
    try:
        put([item for item in before if item["Sid"] != "CreateProducts"])
        with pytest.raises(
            FactoryError,
            match="factory-publisher/factory is not authorized to perform: "
            "servicecatalog:CreateProduct on resource: arn:aws:catalog:us-east-1:111111111111:product/",
        ):
            run(publish.command, factory, "--yes")
    finally:
        put(before)
    run(publish.command, factory, "--yes")


@pytest.mark.parametrize("duty", [Duty.PUBLISHER, Duty.READER])
def test_what_is_not_the_factorys_own_stays_as_it_is(factory: Command, asked: list[dict[str, Any]], duty: Duty) -> None:
    """Somebody else's portfolio is seen and not changed, and one without the factory's tag is not made."""
    assert asked
    theirs = factory.client("servicecatalog").create_portfolio(
        DisplayName="Theirs", ProviderName="Others", IdempotencyToken="theirs"
    )["PortfolioDetail"]["Id"]
    workspace = Workspace(factory.directory, sandbox=False, terminal=Terminal())
    workspace.duty = duty
    catalog = workspace.accounts.in_hub("servicecatalog", "us-east-1")
    assert catalog.describe_portfolio(Id=theirs)["PortfolioDetail"]["DisplayName"] == "Theirs"
    for call, more in (
        (catalog.update_portfolio, {"Id": theirs, "AddTags": [{"Key": "factory:portfolio", "Value": "dev/mine"}]}),
        (catalog.delete_portfolio, {"Id": theirs}),
        (catalog.create_portfolio_share, {"PortfolioId": theirs, "AccountId": DEV}),
        (catalog.create_portfolio, {"DisplayName": "x", "ProviderName": "x", "IdempotencyToken": "x"}),
    ):
        with pytest.raises(catalog.exceptions.ClientError, match="AccessDenied"):
            call(**more)
