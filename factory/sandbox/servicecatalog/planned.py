"""Plans: launches and updates drawn up as CloudFormation change sets and not yet carried out."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from factory.sandbox.servicecatalog.state import ProvisionedProduct, Record


class PlanStatus(enum.StrEnum):
    """How far a plan has come."""

    CREATE_IN_PROGRESS = "CREATE_IN_PROGRESS"
    CREATE_SUCCESS = "CREATE_SUCCESS"
    CREATE_FAILED = "CREATE_FAILED"
    EXECUTE_IN_PROGRESS = "EXECUTE_IN_PROGRESS"
    EXECUTE_SUCCESS = "EXECUTE_SUCCESS"
    EXECUTE_FAILED = "EXECUTE_FAILED"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSet:
    """A change set and its stack, which is an empty one under review where the plan is for a new launch."""

    id: str
    stack_id: str
    failure: str | None
    changes: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A plan for one provisioned product: `launched` is the product as it is to become.

    `parameters` and `tags` are what was asked for. `drawn` tells whether the attempt at a change set is over, and
    `record_id` names the request that carries the plan out.
    """

    id: str
    account: str
    name: str
    created: float
    updated: float
    user_arn: str
    user_arn_session: str
    launched: ProvisionedProduct
    is_new: bool
    parameters: tuple[Mapping[str, Any], ...]
    tags: Mapping[str, str]
    notification_arns: tuple[str, ...]
    drawn: bool = False
    change_set: ChangeSet | None = None
    failure: str | None = None
    record_id: str | None = None

    def status(self, records: Mapping[str, Record]) -> PlanStatus:
        """The status, which is the record's once there is one."""
        if self.record_id is not None:
            return _EXECUTED.get(records[self.record_id].status.value, PlanStatus.EXECUTE_IN_PROGRESS)
        if not self.drawn:
            return PlanStatus.CREATE_IN_PROGRESS
        return PlanStatus.CREATE_FAILED if self.failure is not None else PlanStatus.CREATE_SUCCESS


_EXECUTED = {"SUCCEEDED": PlanStatus.EXECUTE_SUCCESS, "FAILED": PlanStatus.EXECUTE_FAILED}
