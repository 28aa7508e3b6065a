"""Pages of long answers."""

from __future__ import annotations

import pytest

from factory.sandbox.servicecatalog.errors import ServiceError
from factory.sandbox.servicecatalog.paging import page


def test_pages_follow_one_another_until_the_end() -> None:
    items = list(range(45))
    collected: list[int] = []
    parameters: dict[str, object] = {}
    while True:
        shown, token = page(items, parameters, "ListPortfolios")
        collected += shown
        if token is None:
            break
        parameters = {"PageToken": token}

    assert collected == items


@pytest.mark.parametrize(("size", "shown"), [(None, 20), (0, 20), (7, 7), (100, 45)])
def test_a_page_holds_what_is_asked_for(size: int | None, shown: int) -> None:
    items, _ = page(list(range(45)), {"PageSize": size}, "ListPortfolios")

    assert len(items) == shown


def test_the_last_page_has_no_token() -> None:
    assert page([1, 2], {"PageSize": 2}, "ListPortfolios")[1] is None


@pytest.mark.parametrize("token", ["nonsense", "!!!", "bGlzdDo=", "é"])
def test_a_token_that_nobody_gave_out_is_refused(token: str) -> None:
    with pytest.raises(ServiceError, match="InvalidParametersException"):
        page([1, 2], {"PageToken": token}, "ListPortfolios")


def test_a_token_of_another_operation_is_refused() -> None:
    _, token = page([1, 2], {"PageSize": 1}, "ListPortfolios")

    with pytest.raises(ServiceError, match="InvalidParametersException"):
        page([1, 2], {"PageToken": token}, "ListTagOptions")
