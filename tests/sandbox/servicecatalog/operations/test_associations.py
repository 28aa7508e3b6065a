"""Products in portfolios."""

from __future__ import annotations

from typing import Any


def test_a_product_can_be_in_several_portfolios_and_is_put_there_once(scene: Any) -> None:
    first, product_id, _ = scene.placed()
    second = scene.portfolio("Second")
    for _ in range(2):
        scene.sc.associate_product_with_portfolio(ProductId=product_id, PortfolioId=second)

    listed = scene.sc.list_portfolios_for_product(ProductId=product_id)["PortfolioDetails"]
    assert [portfolio["Id"] for portfolio in listed] == [first, second]

    scene.sc.disassociate_product_from_portfolio(ProductId=product_id, PortfolioId=first)
    listed = scene.sc.list_portfolios_for_product(ProductId=product_id)["PortfolioDetails"]
    assert [portfolio["Id"] for portfolio in listed] == [second]
    scene.refused(
        "ResourceNotFoundException",
        scene.sc.disassociate_product_from_portfolio,
        ProductId=product_id,
        PortfolioId=first,
    )


def test_only_what_exists_can_be_associated(scene: Any) -> None:
    portfolio_id, product_id, _ = scene.placed()
    associate = scene.sc.associate_product_with_portfolio

    scene.refused("ResourceNotFoundException", associate, ProductId="prod-none", PortfolioId=portfolio_id)
    scene.refused("ResourceNotFoundException", associate, ProductId=product_id, PortfolioId="port-none")
    scene.refused("ResourceNotFoundException", scene.sc.list_portfolios_for_product, ProductId="prod-none")


def test_a_shared_product_comes_from_its_source_portfolio(scene: Any) -> None:
    portfolio_id, product_id, version_id = scene.placed()
    scene.shared(portfolio_id)
    spoke = scene.spoke_sc
    local = spoke.create_portfolio(DisplayName="Local", ProviderName="me")["PortfolioDetail"]["Id"]
    given = {"ProductId": product_id, "PortfolioId": local}

    scene.refused("ResourceNotFoundException", spoke.associate_product_with_portfolio, **given)
    scene.refused("ResourceNotFoundException", spoke.associate_product_with_portfolio, SourcePortfolioId=local, **given)
    spoke.associate_product_with_portfolio(SourcePortfolioId=portfolio_id, **given)

    scene.launch(product_id, version_id, "mine", spoke, PathName="Local")
    scene.refused(
        "OperationNotSupportedException", spoke.create_portfolio_share, PortfolioId=local, AccountId=scene.hub
    )
    scene.sc.delete_portfolio_share(PortfolioId=portfolio_id, AccountId=scene.spoke)
    assert spoke.search_products_as_admin(PortfolioId=local)["ProductViewDetails"] == []
