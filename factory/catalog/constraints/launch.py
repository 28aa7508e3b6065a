"""LAUNCH: the role that Service Catalog assumes to create a product's resources."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

from factory.catalog.constraints.kind import Constraint, kind


@kind
@dataclass(frozen=True, slots=True, kw_only=True)
class Launch(Constraint):
    """Launch under a role of this name, which must exist in the hub and in every account that launches."""

    type: ClassVar[str] = "LAUNCH"
    local_role_name: str
    arn: str = field(default="", compare=False)
    """Of a constraint made by hand, the ARN by which it names the role; the factory makes none such."""

    @property
    def summary(self) -> str:
        return f"role {self.local_role_name}"

    def document(self) -> dict[str, Any]:
        return {"LocalRoleName": self.local_role_name}

    @classmethod
    def from_document(cls, product: str, document: dict[str, Any]) -> Self:
        # The name of a role is the last part of its ARN.
        arn = document.get("RoleArn", "")
        return cls(product=product, local_role_name=document.get("LocalRoleName") or arn.rpartition("/")[2], arn=arn)
