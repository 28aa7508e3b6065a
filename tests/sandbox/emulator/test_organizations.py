"""AWS Organizations: one organization over the sandbox's accounts, and what an account may do in its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from factory.sandbox.clients import Clients
from factory.sandbox.state import Sandbox

SERVICE = "servicecatalog.amazonaws.com"
REGION = "us-east-1"


@pytest.fixture
def organizations(clients: Clients) -> Callable[[str], Any]:
    """AWS Organizations in the name of an account."""
    return lambda account: clients.get("organizations", account=account, region=REGION)


@pytest.fixture
def own(organizations: Callable[[str], Any], account: str) -> tuple[Any, str, str]:
    """An organization of the test's own: its management account's client, its root, and a member."""
    client = organizations(account)
    client.create_organization(FeatureSet="ALL")
    (root,) = (root["Id"] for root in client.list_roots()["Roots"])
    made = client.create_account(Email="member@example.com", AccountName="member")["CreateAccountStatus"]
    return client, root, made["AccountId"]


def refused(code: str, call: Callable[..., Any], **given: Any) -> str | None:
    """The reason with which a call must be refused, if there is one beside the code."""
    with pytest.raises(ClientError) as error:
        call(**given)
    assert error.value.response["Error"]["Code"] == code
    reason: str | None = error.value.response.get("Reason")
    return reason


def test_the_hub_manages_the_accounts_of_the_manifests(sandbox: Sandbox, organizations: Callable[[str], Any]) -> None:
    hub, dev, prod = (sandbox.accounts[name] for name in ("hub", "dev", "prod"))
    client = organizations(hub)
    organization = client.describe_organization()["Organization"]
    (root,) = client.list_roots()["Roots"]

    assert (organization["Id"], root["Id"]) == (sandbox.organization.id, sandbox.organization.root)
    assert organization["MasterAccountId"] == hub
    accounts = {account["Id"]: account for account in client.list_accounts()["Accounts"]}
    assert {id_: account["Name"] for id_, account in accounts.items()} == {hub: "hub", dev: "dev", prod: "prod"}
    (home,) = client.list_parents(ChildId=dev)["Parents"]
    assert [item["Id"] for item in client.list_accounts_for_parent(ParentId=home["Id"])["Accounts"]] == [dev, prod]
    unit = client.describe_organizational_unit(OrganizationalUnitId=home["Id"])["OrganizationalUnit"]
    (above,) = client.list_parents(ChildId=home["Id"])["Parents"]
    assert client.list_parents(ChildId=above["Id"])["Parents"] == [{"Id": root["Id"], "Type": "ROOT"}]
    assert unit["Path"] == f"{organization['Id']}/{root['Id']}/{above['Id']}/{home['Id']}/"
    assert client.describe_account(AccountId=dev)["Account"]["Paths"] == [f"{unit['Path']}{dev}/"]
    # What an ARN has of the organization is that of the records.
    assert accounts[dev]["Arn"] == f"arn:aws:organizations::{hub}:account/{organization['Id']}/{dev}"
    policies = client.list_policies_for_target(TargetId=dev, Filter="SERVICE_CONTROL_POLICY")["Policies"]
    assert [policy["Name"] for policy in policies] == ["FullAWSAccess"]


def test_a_member_knows_its_organization_and_no_more(sandbox: Sandbox, organizations: Callable[[str], Any]) -> None:
    client = organizations(sandbox.accounts["dev"])
    assert client.describe_organization()["Organization"]["Id"] == sandbox.organization.id
    for call in (client.list_accounts, client.list_roots, client.list_delegated_administrators):
        refused("AccessDeniedException", call)
    home = sandbox.organization.homes[sandbox.accounts["dev"]]
    refused("AccessDeniedException", client.create_organizational_unit, ParentId=home, Name="mine")
    refused("AlreadyInOrganizationException", client.create_organization)


def test_another_account_is_in_no_organization(organizations: Callable[[str], Any], account: str) -> None:
    refused("AWSOrganizationsNotInUseException", organizations(account).describe_organization)
    refused("AWSOrganizationsNotInUseException", organizations(account).leave_organization)


def test_units_are_made_renamed_and_removed(own: tuple[Any, str, str]) -> None:
    client, root, _ = own
    unit = client.create_organizational_unit(ParentId=root, Name="one")["OrganizationalUnit"]["Id"]
    assert unit.startswith(f"ou-{root.removeprefix('r-')}-")
    refused("DuplicateOrganizationalUnitException", client.create_organizational_unit, ParentId=root, Name="one")
    nested = unit
    for depth in range(2, 6):
        nested = client.create_organizational_unit(ParentId=nested, Name=str(depth))["OrganizationalUnit"]["Id"]
    reason = refused("ConstraintViolationException", client.create_organizational_unit, ParentId=nested, Name="6")
    assert reason == "OU_DEPTH_LIMIT_EXCEEDED"
    refused("OrganizationalUnitNotEmptyException", client.delete_organizational_unit, OrganizationalUnitId=unit)
    client.update_organizational_unit(OrganizationalUnitId=nested, Name="five")
    shown = client.describe_organizational_unit(OrganizationalUnitId=nested)["OrganizationalUnit"]
    assert (shown["Name"], shown["Path"].count("/ou-")) == ("five", 5)
    client.delete_organizational_unit(OrganizationalUnitId=nested)
    refused("OrganizationalUnitNotFoundException", client.describe_organizational_unit, OrganizationalUnitId=nested)
    refused("ParentNotFoundException", client.list_accounts_for_parent, ParentId=nested)


def test_an_account_is_moved_from_where_it_is(own: tuple[Any, str, str]) -> None:
    client, root, member = own
    one, two = (
        client.create_organizational_unit(ParentId=root, Name=name)["OrganizationalUnit"]["Id"]
        for name in ("one", "two")
    )
    move = {"AccountId": member, "SourceParentId": root, "DestinationParentId": one}
    client.move_account(**move)
    assert client.list_parents(ChildId=member)["Parents"] == [{"Id": one, "Type": "ORGANIZATIONAL_UNIT"}]
    refused("SourceParentNotFoundException", client.move_account, **{**move, "DestinationParentId": two})
    refused("DuplicateAccountException", client.move_account, **{**move, "SourceParentId": one})
    refused("AccountNotFoundException", client.move_account, **{**move, "AccountId": "999999999999"})
    children = client.list_children(ParentId=one, ChildType="ACCOUNT")["Children"]
    assert children == [{"Id": member, "Type": "ACCOUNT"}]
    client.close_account(AccountId=member)
    assert client.describe_account(AccountId=member)["Account"]["State"] == "CLOSED"


def test_lists_come_in_pages(own: tuple[Any, str, str]) -> None:
    client, root, _ = own
    for name in ("a", "b", "c"):
        client.create_organizational_unit(ParentId=root, Name=name)
    pages = client.get_paginator("list_organizational_units_for_parent")
    counted = [
        len(page["OrganizationalUnits"]) for page in pages.paginate(ParentId=root, PaginationConfig={"PageSize": 2})
    ]
    assert counted == [2, 1]
    assert refused("InvalidInputException", client.list_accounts, NextToken="nobody gave this out") == (
        "INVALID_NEXT_TOKEN"
    )


def test_a_delegated_administrator_reads(own: tuple[Any, str, str], organizations: Callable[[str], Any]) -> None:
    client, root, member = own
    delegation = {"AccountId": member, "ServicePrincipal": SERVICE}
    register = client.register_delegated_administrator
    assert refused("ConstraintViolationException", register, **delegation) == "SERVICE_ACCESS_NOT_ENABLED"
    client.enable_aws_service_access(ServicePrincipal=SERVICE)
    listed = client.list_aws_service_access_for_organization()["EnabledServicePrincipals"]
    assert [item["ServicePrincipal"] for item in listed] == [SERVICE]
    manager = client.describe_organization()["Organization"]["MasterAccountId"]
    reason = refused("ConstraintViolationException", register, AccountId=manager, ServicePrincipal=SERVICE)
    assert reason == "CANNOT_REGISTER_MASTER_AS_DELEGATED_ADMINISTRATOR"
    register(**delegation)
    refused("AccountAlreadyRegisteredException", register, **delegation)

    delegated = organizations(member)
    assert [item["Id"] for item in delegated.list_delegated_administrators()["DelegatedAdministrators"]] == [member]
    services = delegated.list_delegated_services_for_account(AccountId=member)["DelegatedServices"]
    assert [item["ServicePrincipal"] for item in services] == [SERVICE]
    refused("AccessDeniedException", delegated.create_organizational_unit, ParentId=root, Name="mine")
    disable = client.disable_aws_service_access
    reason = refused("ConstraintViolationException", disable, ServicePrincipal=SERVICE)
    assert reason == "DELEGATED_ADMINISTRATOR_EXISTS_FOR_THIS_SERVICE"
    reason = refused("ConstraintViolationException", delegated.leave_organization)
    assert reason == "CANNOT_REMOVE_DELEGATED_ADMINISTRATOR_FROM_ORG"

    client.deregister_delegated_administrator(**delegation)
    refused("AccountNotRegisteredException", client.deregister_delegated_administrator, **delegation)
    refused("AccessDeniedException", delegated.list_accounts)
    disable(ServicePrincipal=SERVICE)


def test_members_leave_and_the_organization_ends(
    own: tuple[Any, str, str], organizations: Callable[[str], Any]
) -> None:
    client, _, member = own
    refused("OrganizationNotEmptyException", client.delete_organization)
    refused("MasterCannotLeaveOrganizationException", client.leave_organization)
    organizations(member).leave_organization()
    refused("AccountNotFoundException", client.describe_account, AccountId=member)
    refused("AWSOrganizationsNotInUseException", organizations(member).describe_organization)
    client.delete_organization()
    refused("AWSOrganizationsNotInUseException", client.describe_organization)
    client.create_organization()
    assert len(client.list_accounts()["Accounts"]) == 1


def test_a_policy_may_name_the_organization(sandbox: Sandbox, clients: Clients, account: str) -> None:
    hub, bucket = sandbox.accounts["hub"], "for-the-organization"
    s3 = clients.get("s3", account=hub, region=REGION)
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="a", Body=b"content")
    statement = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{bucket}/*",
        "Condition": {"StringEquals": {"aws:PrincipalOrgID": sandbox.organization.id}},
    }
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    member, outsider = (clients.get("s3", account=other, region=REGION) for other in (sandbox.accounts["dev"], account))
    assert member.get_object(Bucket=bucket, Key="a")["Body"].read() == b"content"
    refused("AccessDenied", outsider.get_object, Bucket=bucket, Key="a")
