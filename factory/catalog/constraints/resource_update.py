"""RESOURCE_UPDATE: whether users may change the tags of what they launched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Self

from factory.catalog.constraints.kind import Constraint, kind


@kind
@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceUpdate(Constraint):
    """Allow or refuse tag updates on provisioned products."""

    type: ClassVar[str] = "RESOURCE_UPDATE"
    tag_updates: bool = True

    @property
    def summary(self) -> str:
        return f"tag updates {'allowed' if self.tag_updates else 'refused'}"

    def document(self) -> dict[str, Any]:
        value = "ALLOWED" if self.tag_updates else "NOT_ALLOWED"
        return {"Version": "2.0", "Properties": {"TagUpdateOnProvisionedProduct": value}}

    @classmethod
    def from_document(cls, product: str, document: dict[str, Any]) -> Self:
        value = document["Properties"]["TagUpdateOnProvisionedProduct"]
        return cls(product=product, tag_updates=value == "ALLOWED")
