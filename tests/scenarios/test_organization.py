"""A portfolio shared in the organization: who gets it, who loses it, and what is said where it can't be shared."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.command import Command
from tests.scenarios import project
from tests.scenarios.project import ACCOUNTS

pytestmark = pytest.mark.slow

ORGANIZATION = "o-a1b2c3d4e5"
DEV = ACCOUNTS["dev"]
ENVIRONMENTS = project.environments("dev", "prod", hub={"organization": ORGANIZATION})


@pytest.fixture(scope="module")
def factory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Command]:
    """A project whose one product is offered in dev, and what it requires; the tests build on each other."""
    command = project.begin(tmp_path_factory.mktemp("organization"), ENVIRONMENTS)
    share(command, organization=ORGANIZATION, principals=True)
    command("sandbox", "start")
    project.provide_key(command)
    yield command
    command("sandbox", "stop")


def share(factory: Command, **settings: object) -> None:
    project.write(factory, teams=project.portfolio("dev", share=settings))


def arrived(factory: Command, environment: str) -> list[str]:
    """The portfolios that an environment's account has from its organization."""
    catalog = factory.client("servicecatalog", environment)
    listed = catalog.list_accepted_portfolio_shares(PortfolioShareType="AWS_ORGANIZATIONS")["PortfolioDetails"]
    return [portfolio["DisplayName"] for portfolio in listed]


def seen(factory: Command) -> list[str]:
    """What the launcher's role sees in dev; it is no administrator."""
    catalog = factory.client("servicecatalog", "dev", **factory.take_on("factory-launcher", "dev").keys)
    return [product["Name"] for product in catalog.search_products()["ProductViewSummaries"]]


def units(factory: Command) -> dict[str, str]:
    """The ids of the organization's units by their paths."""
    return {unit["path"]: unit["id"] for unit in factory.json("sandbox", "status")["organization"]["units"]}


def test_without_trusted_access_the_share_is_refused(factory: Command) -> None:
    refused = factory("publish", "--sandbox", "--yes", code=1)
    assert "AWS refused CreatePortfolioShare: OperationNotSupportedException: AWSOrganizationsAccess" in refused.stderr
    assert "in the management account: aws servicecatalog enable-aws-organizations-access" in refused.stderr
    assert arrived(factory, "dev") == []


def test_the_organization_gets_the_portfolio_with_those_who_may_launch(factory: Command) -> None:
    factory.client("servicecatalog").enable_aws_organizations_access()
    factory("publish", "--sandbox", "--yes")
    assert factory("plan", "--sandbox", "--exit-code").stdout == "nothing to change\n"
    assert arrived(factory, "dev") == arrived(factory, "prod") == ["Teams"]
    assert seen(factory) == ["order-queue"]
    assert factory.json("launch", "order-queue", "-e", "dev", "--sandbox")["status"] == "AVAILABLE"


def test_a_unit_gets_it_instead(factory: Command) -> None:
    share(factory, **{"organizational-unit": units(factory)["Workloads/NonProd"], "principals": True})
    changed = factory.json("publish", "--sandbox", "--yes")["changes"]
    assert [(change["action"], change["subject"].split()[0]) for change in changed] == [
        ("create", "share"),
        ("delete", "share"),
    ]
    assert factory("plan", "--sandbox", "--exit-code").stdout == "nothing to change\n"
    assert (arrived(factory, "dev"), arrived(factory, "prod")) == (["Teams"], [])


def test_the_share_follows_the_accounts(factory: Command) -> None:
    organizations = factory.client("organizations")
    nonproduction = units(factory)["Workloads/NonProd"]
    (root,) = (item["Id"] for item in organizations.list_roots()["Roots"])
    made = organizations.create_organizational_unit(ParentId=nonproduction, Name="Sandboxes")["OrganizationalUnit"][
        "Id"
    ]
    assert "Workloads/NonProd/Sandboxes: dev" not in factory("sandbox", "status").stdout

    organizations.move_account(AccountId=DEV, SourceParentId=nonproduction, DestinationParentId=root)
    assert (arrived(factory, "dev"), seen(factory)) == ([], [])
    organizations.move_account(AccountId=DEV, SourceParentId=root, DestinationParentId=made)
    assert (arrived(factory, "dev"), seen(factory)) == (["Teams"], ["order-queue"])
    assert "Workloads/NonProd/Sandboxes: dev" in factory("sandbox", "status").stdout


def test_a_unit_that_does_not_exist_is_named(factory: Command) -> None:
    before = (factory.directory / "portfolios/teams.yaml").read_text()
    share(factory, **{"organizational-unit": "ou-zzzz-zzzzzzzz", "principals": True})
    refused = factory("publish", "--sandbox", "--yes", code=1)
    assert "ResourceNotFoundException" in refused.stderr
    assert "make sure that ou-zzzz-zzzzzzzz under share" in refused.stderr
    (factory.directory / "portfolios/teams.yaml").write_text(before)
    assert factory("plan", "--sandbox", "--exit-code").stdout == "nothing to change\n"


def test_a_share_that_is_withdrawn_takes_the_products_along(factory: Command) -> None:
    share(factory, account=False)
    factory("publish", "--sandbox", "--yes")
    assert (arrived(factory, "dev"), seen(factory)) == ([], [])
    (launched,) = json.loads(factory("status", "-e", "dev", "--sandbox", "--json").stdout)
    assert (launched["name"], launched["status"]) == ("order-queue", "AVAILABLE")
