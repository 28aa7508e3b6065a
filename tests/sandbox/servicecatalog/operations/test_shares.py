"""Shares: to accounts, to organization nodes, one action at a time."""

from __future__ import annotations

from typing import Any

import pytest

from factory.sandbox.servicecatalog.errors import ServiceError
from factory.sandbox.servicecatalog.request import Delays


@pytest.fixture
def organization(scene: Any) -> dict[str, str]:
    """An organization of the hub with an account in a nested unit and one outside of it."""
    client = scene.client("organizations", scene.hub)
    client.create_organization()
    accounts = [
        client.create_account(Email=f"{name}@example.com", AccountName=name)["CreateAccountStatus"]["AccountId"]
        for name in ("inside", "outside")
    ]
    root = client.list_roots()["Roots"][0]["Id"]
    unit = client.create_organizational_unit(ParentId=root, Name="workloads")["OrganizationalUnit"]["Id"]
    nested = client.create_organizational_unit(ParentId=unit, Name="dev")["OrganizationalUnit"]["Id"]
    client.move_account(AccountId=accounts[0], SourceParentId=root, DestinationParentId=nested)
    identifier = client.describe_organization()["Organization"]["Id"]
    return {
        "id": identifier,
        "root": root,
        "unit": unit,
        "nested": nested,
        "inside": accounts[0],
        "outside": accounts[1],
    }


def imported(scene: Any, account: str, kind: str = "IMPORTED") -> list[str]:
    client = scene.client("servicecatalog", account)
    listed = client.list_accepted_portfolio_shares(PortfolioShareType=kind)["PortfolioDetails"]
    return [portfolio["Id"] for portfolio in listed]


def shares(scene: Any, portfolio_id: str, kind: str) -> list[tuple[str, bool]]:
    listed = scene.sc.describe_portfolio_shares(PortfolioId=portfolio_id, Type=kind)["PortfolioShareDetails"]
    return [(share["PrincipalId"], share["Accepted"]) for share in listed]


def test_a_share_to_an_account_must_be_accepted(scene: Any) -> None:
    portfolio_id, product_id, _ = scene.placed()
    spoke = scene.spoke_sc
    assert "PortfolioShareToken" not in scene.sc.create_portfolio_share(PortfolioId=portfolio_id, AccountId=scene.spoke)
    assert shares(scene, portfolio_id, "ACCOUNT") == [(scene.spoke, False)]
    assert imported(scene, scene.spoke) == []
    scene.refused("ResourceNotFoundException", spoke.describe_product_as_admin, Id=product_id)

    spoke.accept_portfolio_share(PortfolioId=portfolio_id)

    assert shares(scene, portfolio_id, "ACCOUNT") == [(scene.spoke, True)]
    assert imported(scene, scene.spoke) == [portfolio_id]
    assert scene.sc.list_portfolio_access(PortfolioId=portfolio_id)["AccountIds"] == [scene.spoke]
    assert spoke.list_portfolios()["PortfolioDetails"] == []
    assert spoke.describe_portfolio(Id=portfolio_id)["PortfolioDetail"]["Id"] == portfolio_id
    assert [item["Name"] for item in spoke.search_products()["ProductViewSummaries"]] == ["topic"]
    assert len(spoke.search_products_as_admin()["ProductViewDetails"]) == 1
    assert spoke.search_products_as_admin(ProductSource="ACCOUNT")["ProductViewDetails"] == []
    scene.refused(
        "ResourceNotFoundException", spoke.create_portfolio_share, PortfolioId=portfolio_id, AccountId=scene.hub
    )

    spoke.reject_portfolio_share(PortfolioId=portfolio_id)
    assert imported(scene, scene.spoke) == []
    spoke.accept_portfolio_share(PortfolioId=portfolio_id)

    scene.sc.delete_portfolio_share(PortfolioId=portfolio_id, AccountId=scene.spoke)
    assert imported(scene, scene.spoke) == []
    scene.refused("ResourceNotFoundException", spoke.accept_portfolio_share, PortfolioId=portfolio_id)
    scene.refused("ResourceNotFoundException", spoke.reject_portfolio_share, PortfolioId=portfolio_id)
    scene.refused(
        "ResourceNotFoundException",
        scene.sc.delete_portfolio_share,
        PortfolioId=portfolio_id,
        AccountId=scene.spoke,
    )


def test_creating_a_share_again_changes_nothing_but_updating_does(scene: Any) -> None:
    portfolio_id = scene.portfolio()
    scene.shared(portfolio_id)
    given = {"PortfolioId": portfolio_id, "AccountId": scene.spoke, "ShareTagOptions": True}

    scene.sc.create_portfolio_share(**given)
    (share,) = scene.sc.describe_portfolio_shares(PortfolioId=portfolio_id, Type="ACCOUNT")["PortfolioShareDetails"]
    assert (share["Accepted"], share["ShareTagOptions"]) == (True, False)

    assert scene.sc.update_portfolio_share(**given)["Status"] == "COMPLETED"
    (share,) = scene.sc.describe_portfolio_shares(PortfolioId=portfolio_id, Type="ACCOUNT")["PortfolioShareDetails"]
    assert (share["Accepted"], share["ShareTagOptions"]) == (True, True)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"AccountId": "{hub}"},
        {"AccountId": "{spoke}", "SharePrincipals": True},
        {"AccountId": "{spoke}", "OrganizationNode": {"Type": "ACCOUNT", "Value": "{spoke}"}},
    ],
)
def test_a_wrong_recipient_is_refused(scene: Any, given: dict[str, Any]) -> None:
    filled = {
        key: value.format(hub=scene.hub, spoke=scene.spoke) if isinstance(value, str) else value
        for key, value in given.items()
    }
    if "OrganizationNode" in filled:
        filled["OrganizationNode"] = {"Type": "ACCOUNT", "Value": scene.spoke}

    scene.refused(
        "InvalidParametersException", scene.sc.create_portfolio_share, PortfolioId=scene.portfolio(), **filled
    )


def test_shares_to_nodes_need_organizations_access(scene: Any, organization: dict[str, str]) -> None:
    node = {"Type": "ORGANIZATION", "Value": organization["id"]}
    given = {"PortfolioId": scene.portfolio(), "OrganizationNode": node}

    assert scene.sc.get_aws_organizations_access_status()["AccessStatus"] == "DISABLED"
    scene.refused("OperationNotSupportedException", scene.sc.create_portfolio_share, **given)
    scene.sc.enable_aws_organizations_access()
    assert scene.sc.get_aws_organizations_access_status()["AccessStatus"] == "ENABLED"
    assert scene.sc.create_portfolio_share(**given)["PortfolioShareToken"].startswith("share-")
    scene.sc.disable_aws_organizations_access()
    scene.refused("OperationNotSupportedException", scene.sc.create_portfolio_share, **given)
    assert shares(scene, given["PortfolioId"], "ORGANIZATION") == [(organization["id"], True)]


def test_a_share_to_a_unit_reaches_the_accounts_in_it_by_itself(scene: Any, organization: dict[str, str]) -> None:
    portfolio_id, product_id, _ = scene.placed()
    scene.sc.enable_aws_organizations_access()
    node = {"Type": "ORGANIZATIONAL_UNIT", "Value": organization["unit"]}

    token = scene.sc.create_portfolio_share(PortfolioId=portfolio_id, OrganizationNode=node)["PortfolioShareToken"]

    status = scene.sc.describe_portfolio_share_status(PortfolioShareToken=token)
    assert (status["Status"], status["OrganizationNodeValue"]) == ("COMPLETED", organization["unit"])
    assert status["ShareDetails"]["SuccessfulShares"] == [organization["inside"]]
    assert shares(scene, portfolio_id, "ORGANIZATIONAL_UNIT") == [(organization["unit"], True)]
    assert imported(scene, organization["inside"], "AWS_ORGANIZATIONS") == [portfolio_id]
    assert imported(scene, organization["inside"]) == []
    assert imported(scene, organization["outside"], "AWS_ORGANIZATIONS") == []
    assert scene.sc.list_portfolio_access(PortfolioId=portfolio_id)["AccountIds"] == []
    access = scene.sc.list_portfolio_access(PortfolioId=portfolio_id, OrganizationParentId=organization["unit"])
    assert access["AccountIds"] == [organization["inside"]]
    inside = scene.client("servicecatalog", organization["inside"])
    assert inside.list_launch_paths(ProductId=product_id)["LaunchPathSummaries"]
    scene.sc.delete_portfolio_share(PortfolioId=portfolio_id, OrganizationNode=node)
    scene.refused("ResourceNotFoundException", inside.list_launch_paths, ProductId=product_id)


def test_the_nodes_of_a_type_that_have_access_are_listed(scene: Any, organization: dict[str, str]) -> None:
    portfolio_id = scene.portfolio()
    scene.sc.enable_aws_organizations_access()
    nodes = {"ORGANIZATION": "id", "ORGANIZATIONAL_UNIT": "unit", "ACCOUNT": "outside"}
    nodes = {kind: organization[name] for kind, name in nodes.items()}
    for kind, value in nodes.items():
        scene.sc.create_portfolio_share(PortfolioId=portfolio_id, OrganizationNode={"Type": kind, "Value": value})

    for kind, value in nodes.items():
        listed = scene.sc.list_organization_portfolio_access(PortfolioId=portfolio_id, OrganizationNodeType=kind)
        assert listed["OrganizationNodes"] == [{"Type": kind, "Value": value}]
    outside = scene.client("servicecatalog", organization["outside"]).list_organization_portfolio_access
    scene.refused("ResourceNotFoundException", outside, PortfolioId=portfolio_id, OrganizationNodeType="ORGANIZATION")


def test_the_whole_organization_and_single_members_can_be_nodes(scene: Any, organization: dict[str, str]) -> None:
    portfolio_id = scene.portfolio()
    scene.sc.enable_aws_organizations_access()
    for kind, value in (("ORGANIZATION", organization["id"]), ("ACCOUNT", organization["outside"])):
        scene.sc.create_portfolio_share(PortfolioId=portfolio_id, OrganizationNode={"Type": kind, "Value": value})

    assert shares(scene, portfolio_id, "ORGANIZATION_MEMBER_ACCOUNT") == [(organization["outside"], True)]
    for account in (organization["inside"], organization["outside"]):
        assert imported(scene, account, "AWS_ORGANIZATIONS") == [portfolio_id]


@pytest.mark.parametrize(
    ("kind", "value", "code"),
    [
        ("ORGANIZATION", "o-aaaaaaaaaa", "ResourceNotFoundException"),
        ("ORGANIZATIONAL_UNIT", "ou-aaaa-bbbbbbbb", "ResourceNotFoundException"),
        ("ACCOUNT", "999999999999", "ResourceNotFoundException"),
        ("ACCOUNT", "o-aaaaaaaaaa", "InvalidParametersException"),
    ],
)
@pytest.mark.usefixtures("organization")
def test_a_node_that_is_not_there_is_refused(scene: Any, kind: str, value: str, code: str) -> None:
    scene.sc.enable_aws_organizations_access()

    scene.refused(
        code,
        scene.sc.create_portfolio_share,
        PortfolioId=scene.portfolio(),
        OrganizationNode={"Type": kind, "Value": value},
    )


def test_shared_principals_let_the_roles_of_other_accounts_in(scene: Any, organization: dict[str, str]) -> None:
    portfolio_id, _, _ = scene.placed()
    scene.sc.associate_principal_with_portfolio(
        PortfolioId=portfolio_id, PrincipalARN="arn:aws:iam:::role/dev*", PrincipalType="IAM_PATTERN"
    )
    scene.sc.enable_aws_organizations_access()
    node = {"PortfolioId": portfolio_id, "OrganizationNode": {"Type": "ORGANIZATION", "Value": organization["id"]}}
    scene.sc.create_portfolio_share(**node)
    client = scene.as_role("servicecatalog", scene.role(organization["inside"], "developer"))
    assert client.search_products()["ProductViewSummaries"] == []

    updated = scene.sc.update_portfolio_share(SharePrincipals=True, **node)

    assert updated["Status"] == "IN_PROGRESS"
    assert len(client.search_products()["ProductViewSummaries"]) == 1
    inside = scene.client("servicecatalog", organization["inside"])
    assert len(inside.list_principals_for_portfolio(PortfolioId=portfolio_id)["Principals"]) == 1


def test_an_account_takes_one_share_action_at_a_time(scene: Any, organization: dict[str, str]) -> None:
    now = [0.0]
    core = scene.core(lambda: now[0], Delays(share_seconds=10))
    hub, inside = (core.caller(account, "us-east-1") for account in (scene.hub, organization["inside"]))
    core.handle("EnableAWSOrganizationsAccess", {}, hub)
    made = core.handle("CreatePortfolio", {"DisplayName": "P", "ProviderName": "M", "IdempotencyToken": "t"}, hub)
    portfolio = {"PortfolioId": made["PortfolioDetail"]["Id"]}
    node = {**portfolio, "OrganizationNode": {"Type": "ORGANIZATION", "Value": organization["id"]}}
    token = core.handle("CreatePortfolioShare", node, hub)

    for operation in ("CreatePortfolioShare", "UpdatePortfolioShare", "DeletePortfolioShare"):
        with pytest.raises(ServiceError, match="InvalidStateException"):
            core.handle(operation, node, hub)
    # Nor does the account for another portfolio, in whatever region.
    away = core.caller(scene.hub, "eu-west-1")
    for caller in (hub, away):
        made = core.handle(
            "CreatePortfolio", {"DisplayName": "Q", "ProviderName": "M", "IdempotencyToken": "q"}, caller
        )
        other = {"PortfolioId": made["PortfolioDetail"]["Id"], "AccountId": scene.spoke}
        with pytest.raises(ServiceError, match="InvalidStateException"):
            core.handle("CreatePortfolioShare", other, caller)
    assert core.handle("DescribePortfolioShareStatus", token, hub)["Status"] == "IN_PROGRESS"
    arrived = {"PortfolioShareType": "AWS_ORGANIZATIONS"}
    assert core.handle("ListAcceptedPortfolioShares", arrived, inside) == {"PortfolioDetails": []}

    now[0] = 10.0
    assert core.handle("DescribePortfolioShareStatus", token, hub)["Status"] == "COMPLETED"
    assert len(core.handle("ListAcceptedPortfolioShares", arrived, inside)["PortfolioDetails"]) == 1
    core.handle("CreatePortfolioShare", {**portfolio, "AccountId": scene.spoke}, hub)


def test_shares_stop_following_while_trusted_access_is_off(scene: Any, organization: dict[str, str]) -> None:
    """What changes meanwhile is not made up for: who left keeps the portfolio, who came waits for an update."""
    portfolio_id, _, _ = scene.placed()
    client = scene.client("organizations", scene.hub)
    root, inside, outside = (organization[name] for name in ("root", "inside", "outside"))
    node = {"OrganizationNode": {"Type": "ORGANIZATIONAL_UNIT", "Value": organization["unit"]}}

    def has() -> tuple[bool, bool]:
        return tuple(bool(imported(scene, account, "AWS_ORGANIZATIONS")) for account in (inside, outside))

    scene.sc.enable_aws_organizations_access()
    scene.sc.create_portfolio_share(PortfolioId=portfolio_id, **node)
    client.move_account(AccountId=outside, SourceParentId=root, DestinationParentId=organization["unit"])
    assert has() == (True, True)
    client.move_account(AccountId=outside, SourceParentId=organization["unit"], DestinationParentId=root)
    assert has() == (True, False)

    scene.sc.disable_aws_organizations_access()
    assert client.list_aws_service_access_for_organization()["EnabledServicePrincipals"] == []
    client.move_account(AccountId=outside, SourceParentId=root, DestinationParentId=organization["unit"])
    client.move_account(AccountId=inside, SourceParentId=organization["nested"], DestinationParentId=root)
    assert has() == (True, False)
    scene.refused("OperationNotSupportedException", scene.sc.update_portfolio_share, PortfolioId=portfolio_id, **node)
    scene.sc.enable_aws_organizations_access()
    assert has() == (True, False)
    client.move_account(AccountId=inside, SourceParentId=root, DestinationParentId=organization["unit"])
    assert has() == (True, False)
    client.move_account(AccountId=inside, SourceParentId=organization["unit"], DestinationParentId=root)
    assert has() == (False, False)
    scene.sc.update_portfolio_share(PortfolioId=portfolio_id, **node)
    assert has() == (False, True)

    scene.sc.disable_aws_organizations_access()
    scene.sc.delete_portfolio_share(PortfolioId=portfolio_id, **node)
    assert has() == (False, False)


def test_what_an_account_built_on_a_share_goes_when_it_moves(scene: Any, organization: dict[str, str]) -> None:
    portfolio_id, product_id, _ = scene.placed()
    scene.sc.enable_aws_organizations_access()
    node = {"Type": "ORGANIZATIONAL_UNIT", "Value": organization["unit"]}
    scene.sc.create_portfolio_share(PortfolioId=portfolio_id, OrganizationNode=node)
    inside, member = organization["inside"], scene.client("servicecatalog", organization["inside"])
    given = {"PortfolioId": portfolio_id, "PrincipalType": "IAM", "PrincipalARN": scene.role(inside, "developer")}
    member.associate_principal_with_portfolio(**given)
    own = member.create_portfolio(DisplayName="Own", ProviderName="Inside")["PortfolioDetail"]["Id"]
    member.associate_product_with_portfolio(ProductId=product_id, PortfolioId=own, SourcePortfolioId=portfolio_id)

    move = {"AccountId": inside, "SourceParentId": organization["nested"], "DestinationParentId": organization["root"]}
    scene.client("organizations", scene.hub).move_account(**move)

    assert member.search_products_as_admin(PortfolioId=own)["ProductViewDetails"] == []
    scene.refused("ResourceNotFoundException", member.list_principals_for_portfolio, PortfolioId=portfolio_id)
    back = {**move, "SourceParentId": organization["root"], "DestinationParentId": organization["nested"]}
    scene.client("organizations", scene.hub).move_account(**back)
    assert member.list_principals_for_portfolio(PortfolioId=portfolio_id)["Principals"] == []


def test_a_delegated_administrator_shares_until_it_is_none(scene: Any, organization: dict[str, str]) -> None:
    inside, outside = organization["inside"], organization["outside"]
    member = scene.client("servicecatalog", inside)
    for call in (member.enable_aws_organizations_access, member.get_aws_organizations_access_status):
        scene.refused("OperationNotSupportedException", call)
    portfolio_id = member.create_portfolio(DisplayName="Own", ProviderName="Inside")["PortfolioDetail"]["Id"]
    share = {
        "PortfolioId": portfolio_id,
        "OrganizationNode": {"Type": "ORGANIZATION", "Value": organization["id"]},
    }
    scene.sc.enable_aws_organizations_access()
    scene.refused("OperationNotSupportedException", member.create_portfolio_share, **share)

    client = scene.client("organizations", scene.hub)
    delegation = {"AccountId": inside, "ServicePrincipal": "servicecatalog.amazonaws.com"}
    client.register_delegated_administrator(**delegation)
    assert member.get_aws_organizations_access_status()["AccessStatus"] == "ENABLED"
    token = member.create_portfolio_share(**share)["PortfolioShareToken"]
    status = member.describe_portfolio_share_status(PortfolioShareToken=token)
    assert status["ShareDetails"] == {"SuccessfulShares": [outside], "ShareErrors": []}
    assert imported(scene, outside, "AWS_ORGANIZATIONS") == [portfolio_id]
    scene.refused("OperationNotSupportedException", member.disable_aws_organizations_access)
    scene.refused("InvalidStateException", scene.sc.disable_aws_organizations_access)

    client.deregister_delegated_administrator(**delegation)
    assert imported(scene, outside, "AWS_ORGANIZATIONS") == []
    scene.refused("OperationNotSupportedException", member.delete_portfolio_share, **share)
    scene.sc.disable_aws_organizations_access()


def test_a_closed_account_is_an_error_of_the_share(scene: Any, organization: dict[str, str]) -> None:
    portfolio_id = scene.portfolio()
    scene.sc.enable_aws_organizations_access()
    scene.client("organizations", scene.hub).close_account(AccountId=organization["outside"])
    node = {"Type": "ORGANIZATION", "Value": organization["id"]}
    token = scene.sc.create_portfolio_share(PortfolioId=portfolio_id, OrganizationNode=node)["PortfolioShareToken"]

    status = scene.sc.describe_portfolio_share_status(PortfolioShareToken=token)

    assert status["Status"] == "COMPLETED_WITH_ERRORS"
    assert status["ShareDetails"]["SuccessfulShares"] == [organization["inside"]]
    assert [error["Accounts"] for error in status["ShareDetails"]["ShareErrors"]] == [[organization["outside"]]]


def test_a_share_of_a_unit_that_is_gone_can_be_withdrawn(scene: Any, organization: dict[str, str]) -> None:
    portfolio_id = scene.portfolio()
    scene.sc.enable_aws_organizations_access()
    client = scene.client("organizations", scene.hub)
    unit = client.create_organizational_unit(ParentId=organization["root"], Name="gone")["OrganizationalUnit"]["Id"]
    given = {"PortfolioId": portfolio_id, "OrganizationNode": {"Type": "ORGANIZATIONAL_UNIT", "Value": unit}}
    scene.sc.create_portfolio_share(**given)
    client.delete_organizational_unit(OrganizationalUnitId=unit)

    assert shares(scene, portfolio_id, "ORGANIZATIONAL_UNIT") == [(unit, True)]
    scene.sc.delete_portfolio_share(**given)
    assert shares(scene, portfolio_id, "ORGANIZATIONAL_UNIT") == []


def test_tag_options_come_along_if_they_are_shared(scene: Any, organization: dict[str, str]) -> None:
    portfolio_id, product_id, _ = scene.placed()
    option = scene.sc.create_tag_option(Key="Team", Value="one")["TagOptionDetail"]["Id"]
    scene.sc.associate_tag_option_with_resource(ResourceId=portfolio_id, TagOptionId=option)
    scene.sc.enable_aws_organizations_access()
    given = {"PortfolioId": portfolio_id, "OrganizationNode": {"Type": "ORGANIZATION", "Value": organization["id"]}}
    scene.sc.create_portfolio_share(**given)
    inside = scene.client("servicecatalog", organization["inside"])

    def offered() -> list[str]:
        (path,) = inside.list_launch_paths(ProductId=product_id)["LaunchPathSummaries"]
        return [tag["Key"] for tag in path.get("Tags", [])]

    assert offered() == []
    scene.sc.update_portfolio_share(ShareTagOptions=True, **given)
    scene.refused("ResourceNotFoundException", inside.accept_portfolio_share, PortfolioId=portfolio_id)
    versions = inside.describe_product(Id=product_id)["ProvisioningArtifacts"]
    described = inside.describe_provisioning_parameters(ProductId=product_id, ProvisioningArtifactId=versions[0]["Id"])
    assert [(item["Key"], item["Values"]) for item in described["TagOptions"]] == [("Team", ["one"])]
