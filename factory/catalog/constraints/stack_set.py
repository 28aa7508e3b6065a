"""STACKSET: launch a product into several accounts and regions at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Self

from factory.catalog.constraints.kind import Constraint, kind


@kind
@dataclass(frozen=True, slots=True, kw_only=True)
class StackSet(Constraint):
    """Launch as a stack set. Excludes a LAUNCH constraint on the same product and portfolio.

    The document is that of the API's `CreateConstraint`. Its page writes the version as a placeholder; "2.0" is what
    RESOURCE_UPDATE documents and what clients send. `StackInstanceControl` is documented for CloudFormation's
    AWS::ServiceCatalog::StackSetConstraint only. Neither was compared with the real service.
    """

    type: ClassVar[str] = "STACKSET"
    accounts: tuple[str, ...]
    """Sorted."""
    regions: tuple[str, ...]
    """In the order in which they are deployed."""
    admin_role_arn: str
    execution_role_name: str
    instance_control: bool = False
    """Whether users may add, change or remove single stack instances."""

    @property
    def summary(self) -> str:
        return f"accounts {', '.join(self.accounts)} in {', '.join(self.regions)}"

    def document(self) -> dict[str, Any]:
        return {
            "Version": "2.0",
            "Properties": {
                "AccountList": list(self.accounts),
                "RegionList": list(self.regions),
                "AdminRole": self.admin_role_arn,
                "ExecutionRole": self.execution_role_name,
                "StackInstanceControl": "ALLOWED" if self.instance_control else "NOT_ALLOWED",
            },
        }

    @classmethod
    def from_document(cls, product: str, document: dict[str, Any]) -> Self:
        properties = document["Properties"]
        return cls(
            product=product,
            accounts=tuple(sorted(properties["AccountList"])),
            regions=tuple(properties["RegionList"]),
            admin_role_arn=properties["AdminRole"],
            execution_role_name=properties["ExecutionRole"],
            instance_control=properties.get("StackInstanceControl") == "ALLOWED",
        )
