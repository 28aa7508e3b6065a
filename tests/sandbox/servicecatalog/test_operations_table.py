"""The table of operations in the docs."""

from __future__ import annotations

import pytest

from tests.sandbox.servicecatalog.operations_table import PAGE, behaviour, table
from tests.sandbox.servicecatalog.service_model import SUPPORTED


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text() == table(), "python -m tests.sandbox.servicecatalog.operations_table writes it anew"


@pytest.mark.parametrize("name", SUPPORTED)
def test_the_behaviour_of_every_operation_is_tested(name: str) -> None:
    assert behaviour(name)
