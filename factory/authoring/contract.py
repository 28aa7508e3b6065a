"""Values that products hand to each other, as typed SSM parameters under one path scheme.

The path is `/platform/<instance>/<product>[/<name>]/<value>`. The instance is `main` unless an account holds more than
one environment; the name is there only for products of which an environment may hold several.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from troposphere import Sub

PREFIX = "/platform"
DEFAULT_INSTANCE = "main"


class Kind(StrEnum):
    """The CloudFormation parameter type that a value has when it is required."""

    STRING = "String"
    STRINGS = "List<String>"
    VPC_ID = "AWS::EC2::VPC::Id"
    SUBNET_IDS = "List<AWS::EC2::Subnet::Id>"
    SECURITY_GROUP_ID = "AWS::EC2::SecurityGroup::Id"

    @property
    def is_list(self) -> bool:
        """Whether the value is several, kept as an SSM StringList."""
        return self.value.startswith("List<")


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractValue:
    """One value that `product` provides and others may require."""

    product: str
    name: str
    description: str
    kind: Kind = Kind.STRING
    named: bool = False
    """Whether the path carries the provider's name, as an environment may hold several of them."""

    def key(self, *, instance: str = DEFAULT_INSTANCE, provider: str = "main") -> str:
        """The SSM parameter's name for a given instance and, where the value is named, provider."""
        parts = [PREFIX, instance, self.product, *([provider] if self.named else []), self.name]
        return "/".join(parts)

    def key_expression(self, provider: str | None = None) -> Any:
        """The SSM parameter's name inside the providing template, as an expression over parameter `Instance`.

        `provider` is the name of the template parameter that holds the provider's name.
        """
        return Sub(self.key(instance="${Instance}", provider=f"${{{provider}}}"))
