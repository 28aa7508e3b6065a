"""Pages as one stream."""

from __future__ import annotations

from factory.aws.paging import items
from tests.aws.conftest import HOME, World


def test_all_pages_are_read_each_as_large_as_allowed(world: World) -> None:
    accounts = world.accounts()
    catalog = accounts.in_hub("servicecatalog", HOME)
    for number in range(45):
        catalog.create_tag_option(Key=f"Number{number}", Value=str(number))

    found = [item["Value"] for item in items(catalog, "ListTagOptions", "TagOptionDetails")]

    assert found == [str(number) for number in range(45)]
    assert accounts.calls["servicecatalog:ListTagOptions"] == 3


def test_nothing_to_read(world: World) -> None:
    assert list(items(world.accounts().in_hub("servicecatalog", HOME), "ListPortfolios", "PortfolioDetails")) == []
