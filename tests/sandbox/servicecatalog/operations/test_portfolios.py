"""Portfolios."""

from __future__ import annotations

from typing import Any


def test_a_portfolio_lives(scene: Any) -> None:
    created = scene.sc.create_portfolio(
        DisplayName="Tools", ProviderName="Platform", Description="For all", Tags=[{"Key": "a", "Value": "1"}]
    )
    detail = created["PortfolioDetail"]
    identifier = detail["Id"]
    assert detail["ARN"] == f"arn:aws:catalog:us-east-1:{scene.hub}:portfolio/{identifier}"
    assert created["Tags"] == [{"Key": "a", "Value": "1"}]

    updated = scene.sc.update_portfolio(
        Id=identifier, DisplayName="More tools", AddTags=[{"Key": "b", "Value": "2"}], RemoveTags=["a"]
    )
    described = scene.sc.describe_portfolio(Id=identifier)
    assert described["PortfolioDetail"] == updated["PortfolioDetail"] == {**detail, "DisplayName": "More tools"}
    assert described["Tags"] == [{"Key": "b", "Value": "2"}]
    assert (described["TagOptions"], described["Budgets"]) == ([], [])

    scene.sc.delete_portfolio(Id=identifier)
    scene.refused("ResourceNotFoundException", scene.sc.describe_portfolio, Id=identifier)
    scene.refused("ResourceNotFoundException", scene.sc.delete_portfolio, Id=identifier)


def test_names_are_not_unique(scene: Any) -> None:
    assert scene.portfolio("Same") != scene.portfolio("Same")


def test_portfolios_are_listed_page_by_page_up_to_the_quota(scene: Any) -> None:
    created = [scene.portfolio(f"P{number}") for number in range(100)]

    first = scene.sc.list_portfolios()
    assert len(first["PortfolioDetails"]) == 20
    pages = scene.sc.get_paginator("list_portfolios").paginate(PaginationConfig={"PageSize": 30})
    assert [item["Id"] for page in pages for item in page["PortfolioDetails"]] == created
    scene.refused("LimitExceededException", scene.sc.create_portfolio, DisplayName="101", ProviderName="me")


def test_what_hangs_on_a_portfolio_keeps_it(scene: Any) -> None:
    portfolio_id, product_id, _ = scene.placed()
    sc = scene.sc
    option = sc.create_tag_option(Key="k", Value="v")["TagOptionDetail"]["Id"]
    principal = {
        "PortfolioId": portfolio_id,
        "PrincipalARN": "arn:aws:iam:::role/x",
        "PrincipalType": "IAM_PATTERN",
    }
    constraint = scene.constrain(
        portfolio_id,
        product_id,
        "RESOURCE_UPDATE",
        {"Version": "2.0", "Properties": {"TagUpdateOnProvisionedProduct": "ALLOWED"}},
    )
    sc.associate_tag_option_with_resource(ResourceId=portfolio_id, TagOptionId=option)
    sc.associate_principal_with_portfolio(**principal)
    sc.create_portfolio_share(PortfolioId=portfolio_id, AccountId=scene.spoke)
    placed = {"PortfolioId": portfolio_id, "ProductId": product_id}

    scene.refused("ResourceInUseException", sc.disassociate_product_from_portfolio, **placed)
    scene.refused("ResourceInUseException", sc.delete_product, Id=product_id)
    for release in (
        lambda: sc.delete_portfolio_share(PortfolioId=portfolio_id, AccountId=scene.spoke),
        lambda: sc.delete_constraint(Id=constraint),
        lambda: sc.disassociate_principal_from_portfolio(**principal),
        lambda: sc.disassociate_tag_option_from_resource(ResourceId=portfolio_id, TagOptionId=option),
        lambda: sc.disassociate_product_from_portfolio(**placed),
    ):
        scene.refused("ResourceInUseException", sc.delete_portfolio, Id=portfolio_id)
        release()
    sc.delete_portfolio(Id=portfolio_id)
    sc.delete_product(Id=product_id)


def test_tags_have_a_quota_and_a_reserved_prefix(scene: Any) -> None:
    identifier = scene.portfolio(Tags=[{"Key": f"k{number}", "Value": "v"} for number in range(20)])

    for tags in ([{"Key": "more", "Value": "v"}], [{"Key": "aws:x", "Value": "v"}], [{"Key": "k", "Value": "v"}] * 2):
        scene.refused("InvalidParametersException", scene.sc.update_portfolio, Id=identifier, AddTags=tags)
    scene.sc.update_portfolio(Id=identifier, RemoveTags=["k0"], AddTags=[{"Key": "more", "Value": "v"}])
