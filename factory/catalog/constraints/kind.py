"""What every constraint kind has in common, and the registry that finds a kind by its type."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, ClassVar, Self

_KINDS: dict[str, type[Constraint]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraint:
    """A rule that Service Catalog applies to one product in one portfolio."""

    type: ClassVar[str]
    product: str

    @property
    def identity(self) -> tuple[str, str, str]:
        """What makes two constraints the same one: type, product, and a further key where a kind may occur twice."""
        return (self.type, self.product, "")

    @property
    def summary(self) -> str:
        """The content in a few words, for a reader of a plan."""
        raise NotImplementedError

    def document(self) -> dict[str, Any]:
        """The content of the API's `Parameters` document."""
        raise NotImplementedError

    @classmethod
    def from_document(cls, product: str, document: dict[str, Any]) -> Self:
        """The constraint that a `Parameters` document describes."""
        raise NotImplementedError

    def parameters(self) -> str:
        """The `Parameters` document as JSON, the same bytes for the same constraint."""
        return json.dumps(self.document(), sort_keys=True, separators=(",", ":"))


def kind(cls: type[Constraint]) -> type[Constraint]:
    """Register a constraint class under its type."""
    _KINDS[cls.type] = cls
    return cls


def known() -> dict[str, type[Constraint]]:
    """Every constraint class by its type."""
    return dict(_KINDS)


def parse(type_: str, product: str, parameters: str) -> Constraint:
    """The constraint that AWS describes. Raises KeyError for a type that the factory does not know."""
    return _KINDS[type_].from_document(product, json.loads(parameters))
