"""TEMPLATE: rules that narrow what a launch may be given, applied to every version at once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from factory.catalog.constraints.kind import Constraint, kind


@kind
@dataclass(frozen=True, slots=True, kw_only=True)
class Template(Constraint):
    """CloudFormation `Rules` that Service Catalog evaluates before a launch."""

    type: ClassVar[str] = "TEMPLATE"
    name: str
    """Tells several TEMPLATE constraints on one product apart: the name of its first rule."""
    rules: str
    """The `Rules` section as canonical JSON."""

    @property
    def identity(self) -> tuple[str, str, str]:
        return (self.type, self.product, self.name)

    @property
    def summary(self) -> str:
        assertions = [item for rule in json.loads(self.rules).values() for item in rule["Assertions"]]
        return " ".join(item.get("AssertDescription", json.dumps(item["Assert"])) for item in assertions)

    def document(self) -> dict[str, Any]:
        return {"Rules": json.loads(self.rules)}

    @classmethod
    def from_document(cls, product: str, document: dict[str, Any]) -> Self:
        return cls.of(product, document["Rules"])

    @classmethod
    def of(cls, product: str, rules: dict[str, Any]) -> Self:
        """The constraint that carries these rules, named after the first of them."""
        return cls(product=product, name=min(rules), rules=json.dumps(rules, sort_keys=True))

    @classmethod
    def allowing(cls, product: str, parameter: str, values: tuple[str, ...]) -> Self:
        """The constraint that admits only these values of a parameter; the console then offers no others."""
        assertion = {
            "Assert": {"Fn::Contains": [list(values), {"Ref": parameter}]},
            "AssertDescription": f"{parameter} must be {' or '.join(values)} here.",
        }
        return cls.of(product, {f"Only{parameter}": {"Assertions": [assertion]}})
