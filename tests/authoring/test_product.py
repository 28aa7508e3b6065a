"""Product classes: what must be set, and in which order their parameters come."""

from __future__ import annotations

import pytest

from factory.authoring import Product, Text
from factory.errors import AuthoringError


def test_own_parameters_come_before_those_of_every_product() -> None:
    class Two(Product):
        """Two."""

        name = "two"
        version = "1.0.0"
        second = Text("B")
        first = Text("A")

    names = [parameter.name for parameter in Two.parameters()]
    assert names[:3] == ["Second", "First", "Environment"]


def test_the_first_paragraph_is_the_description() -> None:
    class Told(Product):
        """One line
        and a half.

        More, for readers of the code.
        """

        name = "told"
        version = "1.0.0"

    assert Told.description() == "One line and a half."


@pytest.mark.parametrize(
    ("attributes", "message"),
    [
        ({"name": "Bad Name", "version": "1.0.0", "__doc__": "x"}, "lower-case words"),
        ({"name": "good", "version": "1.0", "__doc__": "x"}, "three numbers"),
        ({"name": "good", "version": "01.0.0", "__doc__": "x"}, "three numbers"),
        ({"name": "good", "__doc__": "x"}, "three numbers"),
        ({"name": "good", "version": "1.0.0"}, "docstring"),
    ],
)
def test_incomplete_products_are_refused(attributes: dict[str, str], message: str) -> None:
    with pytest.raises(AuthoringError, match=message):
        type("Incomplete", (Product,), attributes)
