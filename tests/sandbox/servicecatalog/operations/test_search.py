"""Search for products."""

from __future__ import annotations

from typing import Any


def names(answer: dict[str, Any]) -> list[str]:
    return [detail["ProductViewSummary"]["Name"] for detail in answer["ProductViewDetails"]]


def test_an_administrator_searches_all_products_or_those_of_a_portfolio(scene: Any) -> None:
    portfolio_id, _, _ = scene.placed("placed")
    scene.product("unplaced")
    search = scene.sc.search_products_as_admin

    assert names(search()) == ["placed", "unplaced"]
    assert names(search(PortfolioId=portfolio_id)) == ["placed"]
    scene.refused("ResourceNotFoundException", search, PortfolioId="port-none")


def test_a_full_text_search_matches_substrings_of_any_case(scene: Any) -> None:
    scene.product("network", Description="The VPC")
    scene.product("network-large")
    scene.product("cluster")

    def found(by: str, *values: str) -> list[str]:
        return names(scene.sc.search_products_as_admin(Filters={by: list(values)}))

    assert found("FullTextSearch", "NETWORK") == ["network", "network-large"]
    assert found("FullTextSearch", "vpc") == ["network"]
    assert found("FullTextSearch", "cluster", "vpc") == ["network", "cluster"]
    assert found("Owner", "Platform") == ["network", "network-large", "cluster"]
    assert found("Owner", "Plat") == []
    assert found("ProductType", "CLOUD_FORMATION_TEMPLATE") == ["network", "network-large", "cluster"]


def test_products_are_sorted(scene: Any) -> None:
    scene.product("b")
    product_id, _ = scene.product("a")
    scene.version(product_id, "2")
    search = scene.sc.search_products_as_admin

    assert names(search(SortBy="Title")) == ["a", "b"]
    assert names(search(SortBy="Title", SortOrder="DESCENDING")) == ["b", "a"]
    assert names(search(SortBy="VersionCount")) == ["b", "a"]
    assert names(search(SortBy="CreationDate")) == ["b", "a"]


def test_a_page_holds_twenty_products(scene: Any) -> None:
    properties = {**scene.version_properties(), "DisableTemplateValidation": True}
    for number in range(25):
        scene.sc.create_product(
            Name=f"p{number}",
            Owner="me",
            ProductType="CLOUD_FORMATION_TEMPLATE",
            ProvisioningArtifactParameters=properties,
        )

    first = scene.sc.search_products_as_admin()
    second = scene.sc.search_products_as_admin(PageToken=first["NextPageToken"])

    assert names(first) + names(second) == [f"p{number}" for number in range(25)]
    assert "NextPageToken" not in second
