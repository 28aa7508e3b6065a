"""How services that another tool describes become launches: its fields, and the answers that each of them gives."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

from factory.errors import AuthoringError

Manifest = Mapping[str, Any]
"""The other tool's file as plain data: texts, numbers, truth values, lists and mappings."""


class Verdict(StrEnum):
    """What there is here in place of another tool's field."""

    HAVE = "have"
    """The same."""
    BETTER = "better"
    """More, or without being asked."""
    UNWANTED = "not wanted"
    """Nothing, on purpose."""
    MISSING = "not there"
    """Nothing so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What one parameter of the launch is to be, or, without a value, what a person has to look up for it."""

    parameter: str
    value: str | None = None
    ask: str = ""


Answering = Callable[[Any, Manifest], Iterable[Answer]]
"""From a field's value and the whole manifest to answers. Raises ValueError, which says what the value should be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of the other tool's manifest.

    `path` joins keys by dots. It stands for everything below it unless fields below it are named as well. `remark`
    says what there is in its place, or why nothing is. `answers` is None for a field that no parameter takes up.
    """

    path: str
    verdict: Verdict
    remark: str
    answers: Answering | None = None


class Migration:
    """Base of the ways from another tool's manifests to launches of one product.

    A subclass sets the name of the `tool`, the `environment_variable` that its texts call the environment by, the
    `type` that its manifests have in their field of that name, the `product` that is launched, and the `fields`, which
    must be all that the tool documents.
    """

    tool: ClassVar[str]
    environment_variable: ClassVar[str]
    type: ClassVar[str]
    product: ClassVar[str]
    fields: ClassVar[tuple[Field, ...]]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        paths = [field.path for field in getattr(cls, "fields", ())]
        if twice := sorted({path for path in paths if paths.count(path) > 1}):
            raise AuthoringError(f"migration {cls.__name__}: fields named twice: {', '.join(twice)}")
