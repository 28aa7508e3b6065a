"""Several values in one answer of the form, which the template takes apart."""

from __future__ import annotations

from typing import Any

from troposphere import Select, Split, Sub

from factory.authoring import Parameter

ITEMS_SEPARATOR = ";"
"""What stands between values that may hold commas themselves."""


def item(parameter: Parameter, index: int, *, separator: str = ITEMS_SEPARATOR) -> Any:
    """One of several values, from 0; an empty text where the answer has fewer of them."""
    # As many separators more as the place has before it: then there is always something to select.
    return Select(index, Split(separator, Sub(f"${{{parameter.name}}}{separator * index}")))


def word(parameter: Parameter, index: int, *defaults: str) -> Any:
    """One word of an answer that is the first one alone, or as many as there are defaults besides.

    The defaults stand for the second word and those after it.
    """
    return Select(index, Split(" ", Sub(" ".join([f"${{{parameter.name}}}", *defaults]))))
