"""The page of refusals in the docs."""

from __future__ import annotations

from tests.sandbox.demands.page import PAGE, page


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text() == page(), "python -m tests.sandbox.demands.page writes it anew"
