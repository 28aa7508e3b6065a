"""What the catalog also keeps: copies of products, service actions of versions, budgets of portfolios and products."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple


class CopyStatus(enum.StrEnum):
    """How far a copy of a product has come."""

    IN_PROGRESS = "IN_PROGRESS"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A copy of a product into `product_id`; `failure` says why there is none."""

    token: str
    account: str
    product_id: str | None
    failure: str | None
    finishes: float

    def status(self, now: float) -> CopyStatus:
        """The status at a moment."""
        if now < self.finishes:
            return CopyStatus.IN_PROGRESS
        return CopyStatus.FAILED if self.failure else CopyStatus.SUCCEEDED


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceAction:
    """A Systems Manager Automation that end users may run on what they launched; texts as they were given."""

    id: str
    account: str
    name: str
    description: str | None
    definition: Mapping[str, str]


class ServiceActionUse(NamedTuple):
    """A service action on a version of a product."""

    product_id: str
    version_id: str
    service_action_id: str


class BudgetUse(NamedTuple):
    """A budget of the account that owns the portfolio or product."""

    resource_id: str
    budget_name: str
