"""What holds when a product is launched by a path: role, rules, notifications, tags and tag options."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from factory.sandbox.servicecatalog import identifiers
from factory.sandbox.servicecatalog.errors import invalid
from factory.sandbox.servicecatalog.request import Request
from factory.sandbox.servicecatalog.state import (
    Constraint,
    ConstraintType,
    Portfolio,
    Product,
    ProvisionedProduct,
    Version,
)
from factory.sandbox.servicecatalog.visibility import shares_tag_options

# AWS Service Catalog Administrator Guide, "AWS Service Catalog default service quotas".
_MAX_TAGS = 50
_MAX_NOTIFICATION_ARNS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class StackSetSettings:
    """A STACKSET constraint. `instance_control` says whether users may add, change and remove single instances."""

    accounts: tuple[str, ...]
    regions: tuple[str, ...]
    administration_role_arn: str
    execution_role_name: str
    instance_control: bool


class Offer:
    """A product as a portfolio offers it to the account of a request."""

    def __init__(self, request: Request, portfolio: Portfolio, product: Product) -> None:
        self.portfolio = portfolio
        self.product = product
        self._request = request
        self.constraints = request.region.constraints_on(portfolio.id, product.id)

    def of(self, kind: ConstraintType) -> list[Constraint]:
        """The constraints of a kind."""
        return [constraint for constraint in self.constraints if constraint.type is kind]

    def launch_role_arn(self) -> str | None:
        """The role that launches; a local role's name stands for that role in the launching account."""
        for constraint in self.of(ConstraintType.LAUNCH):
            given: dict[str, str] = json.loads(constraint.parameters)
            return given.get("RoleArn") or f"arn:aws:iam::{self._request.account}:role/{given['LocalRoleName']}"
        return None

    def stack_set(self) -> StackSetSettings | None:
        """Where and by whose roles the product is launched as a stack set, if it is."""
        for constraint in self.of(ConstraintType.STACKSET):
            given = json.loads(constraint.parameters)["Properties"]
            return StackSetSettings(
                accounts=tuple(given["AccountList"]),
                regions=tuple(given["RegionList"]),
                administration_role_arn=given["AdminRole"],
                execution_role_name=given["ExecutionRole"],
                instance_control=given.get("StackInstanceControl") == "ALLOWED",
            )
        return None

    def rules(self) -> dict[str, str]:
        """The parameters of the template constraints, by constraint id."""
        return {constraint.id: constraint.parameters for constraint in self.of(ConstraintType.TEMPLATE)}

    def notification_arns(self, given: list[str]) -> tuple[str, ...]:
        """The topics to notify: those of the constraints and those of the launch."""
        arns = [
            arn
            for constraint in self.of(ConstraintType.NOTIFICATION)
            for arn in json.loads(constraint.parameters)["NotificationArns"]
        ]
        unique = tuple(dict.fromkeys(arns + given))
        if len(unique) > _MAX_NOTIFICATION_ARNS:
            raise invalid(f"At most {_MAX_NOTIFICATION_ARNS} notification ARNs are allowed.")
        return unique

    def tag_update(self) -> str:
        """Whether tags may change after the launch: ALLOWED or NOT_ALLOWED."""
        for constraint in self.of(ConstraintType.RESOURCE_UPDATE):
            return str(json.loads(constraint.parameters)["Properties"]["TagUpdateOnProvisionedProduct"])
        return "NOT_ALLOWED"

    def tag_options(self) -> dict[str, list[str]]:
        """The values on offer by tag key; none at all where portfolio and product have no value in common."""
        request = self._request
        if not shares_tag_options(request.region, self.portfolio, request.account, request.now):
            return {}
        portfolio, product = (self._active(owner.id) for owner in (self.portfolio, self.product))
        return {
            key: [value for value in portfolio[key] if value in product[key]]
            if key in portfolio and key in product
            else portfolio.get(key) or product[key]
            for key in dict.fromkeys([*portfolio, *product])
        }

    def tags(self, given: Sequence[Mapping[str, str]]) -> dict[str, str]:
        """The tags of a launch: those asked for, those of portfolio and product, and those of tag options.

        A tag option with one value is applied by itself, one with several must be chosen, and a conflict gets
        the marker that the API reference describes (DescribeProvisioningParameters). That tags of portfolio and
        product win over those asked for was not compared with the real service.
        """
        chosen = {tag["Key"]: tag["Value"] for tag in given}
        if len(chosen) < len(given):
            raise invalid("Tag keys must be unique.")
        reserved = [key for key in chosen if key.lower().startswith("aws:")]
        if reserved:
            raise invalid(f"Tag key {reserved[0]} is reserved.")
        for key, values in self.tag_options().items():
            chosen[key] = self._choose(key, values, chosen.get(key))
        tags = chosen | dict(self.portfolio.tags) | dict(self.product.tags)
        if len(tags) > _MAX_TAGS:
            raise invalid(f"A provisioned product can have at most {_MAX_TAGS} tags.")
        return tags

    def _active(self, resource_id: str) -> dict[str, list[str]]:
        values: dict[str, list[str]] = {}
        for option in self._request.region.tag_options_on(resource_id):
            if option.active:
                values.setdefault(option.key, []).append(option.value)
        return values

    def _choose(self, key: str, values: list[str], wanted: str | None) -> str:
        if not values:
            if wanted is not None:
                raise invalid(f"The TagOptions of key {key} are in conflict; leave this tag out.")
            return f"sc-tagoption-conflict-{self.portfolio.id}-{self.product.id}"
        if wanted is None and len(values) == 1:
            return values[0]
        if wanted not in values:
            raise invalid(f"The tag {key} must have one of the values: {', '.join(values)}")
        return wanted


def system_tags(product: Product, version: Version, launched: ProvisionedProduct, region: str) -> dict[str, str]:
    """The tags that AWS itself puts on a launch's stack."""
    prefix = "aws:servicecatalog:"
    return {
        f"{prefix}portfolioArn": launched.portfolio_arn,
        f"{prefix}productArn": identifiers.catalog_arn(region, product.account, "product", product.id),
        f"{prefix}provisioningArtifactIdentifier": version.id,
        f"{prefix}provisionedProductArn": launched.arn,
        f"{prefix}provisioningPrincipalArn": launched.user_arn_session,
    }


def summaries(constraints: list[Constraint]) -> list[dict[str, Any]]:
    """Constraints as launch paths and provisioning parameters name them."""
    return [{"Type": constraint.type.value, "Description": constraint.description} for constraint in constraints]
