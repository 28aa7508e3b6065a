"""Principals of portfolios."""

from __future__ import annotations

from typing import Any

import pytest


def test_a_principal_is_associated_once_and_listed(scene: Any) -> None:
    portfolio_id = scene.portfolio()
    role = scene.role(scene.hub, "developer", path="/team/")
    given = {"PortfolioId": portfolio_id, "PrincipalARN": role, "PrincipalType": "IAM"}
    for _ in range(2):
        scene.sc.associate_principal_with_portfolio(**given)

    listed = scene.sc.list_principals_for_portfolio(PortfolioId=portfolio_id)["Principals"]
    assert listed == [{"PrincipalARN": role, "PrincipalType": "IAM"}]

    scene.sc.disassociate_principal_from_portfolio(PortfolioId=portfolio_id, PrincipalARN=role)
    assert scene.sc.list_principals_for_portfolio(PortfolioId=portfolio_id)["Principals"] == []
    scene.refused("ResourceNotFoundException", scene.sc.disassociate_principal_from_portfolio, **given)


@pytest.mark.parametrize("kind", ["user", "group"])
def test_users_and_groups_are_principals_too(scene: Any, kind: str) -> None:
    iam = scene.client("iam", scene.hub)
    created = iam.create_user(UserName="someone") if kind == "user" else iam.create_group(GroupName="someone")

    scene.sc.associate_principal_with_portfolio(
        PortfolioId=scene.portfolio(), PrincipalARN=created[kind.capitalize()]["Arn"], PrincipalType="IAM"
    )


@pytest.mark.parametrize(
    ("kind", "arn"),
    [
        ("IAM", "arn:aws:iam::{hub}:role/none"),
        ("IAM", "arn:aws:iam::{hub}:role/other/developer"),
        ("IAM", "arn:aws:iam::{hub}:user/developer"),
        ("IAM", "arn:aws:iam::{hub}:role/develop*"),
        ("IAM", "arn:aws:iam::{hub}:root"),
        ("IAM", "arn:aws:iam::999999999999:role/developer"),
        ("IAM", "arn:aws:sts::{hub}:assumed-role/developer/someone"),
        ("IAM", "developer"),
        ("IAM_PATTERN", "arn:aws:iam::{hub}:role/developer"),
        ("IAM_PATTERN", "arn:aws:iam:::*/developer"),
        ("IAM_PATTERN", "arn:aws:iam:::role"),
        ("IAM_PATTERN", "*"),
    ],
)
def test_a_wrong_principal_is_refused(scene: Any, kind: str, arn: str) -> None:
    scene.role(scene.hub, "developer")

    scene.refused(
        "InvalidParametersException",
        scene.sc.associate_principal_with_portfolio,
        PortfolioId=scene.portfolio(),
        PrincipalARN=arn.format(hub=scene.hub),
        PrincipalType=kind,
    )


def test_there_are_at_most_ten_patterns(scene: Any) -> None:
    portfolio_id = scene.portfolio()

    def associate(number: int) -> None:
        scene.sc.associate_principal_with_portfolio(
            PortfolioId=portfolio_id,
            PrincipalARN=f"arn:aws:iam:::role/team-{number}-*",
            PrincipalType="IAM_PATTERN",
        )

    for number in range(10):
        associate(number)
    associate(9)
    scene.refused("LimitExceededException", associate, number=10)


def test_an_accounts_principals_are_its_own(scene: Any) -> None:
    portfolio_id, _, _ = scene.placed()
    scene.shared(portfolio_id)
    role = scene.role(scene.spoke, "developer")
    given = {"PortfolioId": portfolio_id, "PrincipalARN": role, "PrincipalType": "IAM"}

    scene.spoke_sc.associate_principal_with_portfolio(**given)

    assert scene.sc.list_principals_for_portfolio(PortfolioId=portfolio_id)["Principals"] == []
    assert len(scene.spoke_sc.list_principals_for_portfolio(PortfolioId=portfolio_id)["Principals"]) == 1
    scene.refused("InvalidParametersException", scene.sc.associate_principal_with_portfolio, **given)
    scene.sc.delete_portfolio_share(PortfolioId=portfolio_id, AccountId=scene.spoke)
    scene.refused("ResourceNotFoundException", scene.spoke_sc.list_principals_for_portfolio, PortfolioId=portfolio_id)
