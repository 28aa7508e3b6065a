"""Service-managed stack sets in the sandbox's organization: stacks come and go with its accounts."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from factory.sandbox.clients import Clients
from tests.sandbox.conftest import ACCOUNTS, REGIONS
from tests.sandbox.stack_sets.conftest import TEMPLATE

DEV, PROD = ACCOUNTS["dev"], ACCOUNTS["prod"]
REGION = REGIONS[0]


@pytest.fixture
def organizations(clients: Clients) -> Any:
    """AWS Organizations for the account that manages the sandbox's organization."""
    return clients.get("organizations", account=ACCOUNTS["hub"], region=REGION)


@pytest.fixture
def cloudformation(clients: Clients) -> Iterator[Any]:
    """The managing account's CloudFormation, whose stack sets are gone afterwards."""
    client = clients.get("cloudformation", account=ACCOUNTS["hub"], region=REGION)
    yield client
    client.deactivate_organizations_access()


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_accounts_get_stacks_as_they_come_into_a_unit(
    clients: Clients, organizations: Any, cloudformation: Any
) -> None:
    root = organizations.list_roots()["Roots"][0]["Id"]
    unit = organizations.create_organizational_unit(ParentId=root, Name="Shops")["OrganizationalUnit"]["Id"]
    homes = {account: organizations.list_parents(ChildId=account)["Parents"][0]["Id"] for account in (DEV, PROD)}
    given = {"StackSetName": "shops", "TemplateBody": json.dumps(TEMPLATE), "PermissionModel": "SERVICE_MANAGED"}
    following = {"Enabled": True, "RetainStacksOnAccountRemoval": False}

    with pytest.raises(ClientError, match="You must enable organizations access"):
        cloudformation.create_stack_set(**given, AutoDeployment=following)
    cloudformation.activate_organizations_access()
    assert cloudformation.describe_organizations_access()["Status"] == "ENABLED"
    member = clients.get("cloudformation", account=DEV, region=REGION)
    with pytest.raises(ClientError, match="You must be the management account or delegated admin account"):
        member.create_stack_set(**given)
    cloudformation.create_stack_set(**given, AutoDeployment=following)
    organizations.move_account(AccountId=DEV, SourceParentId=homes[DEV], DestinationParentId=unit)
    targets = {"OrganizationalUnitIds": [unit]}
    cloudformation.create_stack_instances(StackSetName="shops", DeploymentTargets=targets, Regions=[REGION])

    def current() -> list[str]:
        found = cloudformation.list_stack_instances(StackSetName="shops")["Summaries"]
        return [item["Account"] for item in found if item["Status"] == "CURRENT"]

    until(lambda: current() == [DEV])
    organizations.move_account(AccountId=PROD, SourceParentId=homes[PROD], DestinationParentId=unit)
    until(lambda: current() == [DEV, PROD])
    organizations.move_account(AccountId=DEV, SourceParentId=unit, DestinationParentId=homes[DEV])
    until(lambda: current() == [PROD])
    stacks = member.describe_stacks()["Stacks"]
    assert {item["StackStatus"] for item in stacks if item["StackName"].startswith("StackSet-shops-")} <= {
        "DELETE_COMPLETE"
    }

    cloudformation.delete_stack_instances(
        StackSetName="shops", DeploymentTargets=targets, Regions=[REGION], RetainStacks=False
    )
    until(lambda: cloudformation.list_stack_instances(StackSetName="shops")["Summaries"] == [])
    until(
        lambda: all(
            item["Status"] == "SUCCEEDED"
            for item in cloudformation.list_stack_set_operations(StackSetName="shops")["Summaries"]
        )
    )
    cloudformation.delete_stack_set(StackSetName="shops")
    organizations.move_account(AccountId=PROD, SourceParentId=unit, DestinationParentId=homes[PROD])
    organizations.delete_organizational_unit(OrganizationalUnitId=unit)
