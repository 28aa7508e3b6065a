"""What is known of stack sets: plain frozen records in tables. Times are seconds since the epoch."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class PermissionModel(enum.StrEnum):
    """Whose roles make the stacks: those that the user set up, or those of AWS Organizations."""

    SELF_MANAGED = "SELF_MANAGED"
    SERVICE_MANAGED = "SERVICE_MANAGED"


class Action(enum.StrEnum):
    """What an operation does to stack instances."""

    CREATE = "CREATE"
    UPDATE = "UPDATE"
    DELETE = "DELETE"


class OperationStatus(enum.StrEnum):
    """How far an operation has come; FAILED means that more failed than was tolerated."""

    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    STOPPING = "STOPPING"
    STOPPED = "STOPPED"
    QUEUED = "QUEUED"


class ResultStatus(enum.StrEnum):
    """How far an operation has come in one account and region; also the detailed status of the instance there."""

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


class InstanceStatus(enum.StrEnum):
    """Whether a stack is as its stack set wants it; INOPERABLE is one that could not be deleted."""

    CURRENT = "CURRENT"
    OUTDATED = "OUTDATED"
    INOPERABLE = "INOPERABLE"


class Target(NamedTuple):
    """An account in a region."""

    account: str
    region: str


class OperationKey(NamedTuple):
    """An operation of a stack set, by the ids of both."""

    stack_set_id: str
    id: str


class InstanceKey(NamedTuple):
    """A stack instance: its stack set's id, its account and its region."""

    stack_set_id: str
    account: str
    region: str


class ResultKey(NamedTuple):
    """What an operation did in an account and region."""

    stack_set_id: str
    operation_id: str
    account: str
    region: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoDeployment:
    """Whether accounts get a stack, and lose it, as they come into and leave the organizational units."""

    enabled: bool
    retain_stacks: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StackSet:
    """A stack set in the account that administers it. `token` is that of the request that made it.

    With service-managed permissions, `members` are the accounts that were last seen in its organizational units.
    """

    id: str
    name: str
    account: str
    region: str
    description: str | None
    template: str
    parameters: Mapping[str, str]
    capabilities: tuple[str, ...]
    tags: Mapping[str, str]
    permission_model: PermissionModel
    administration_role_arn: str
    execution_role_name: str
    auto_deployment: AutoDeployment | None
    managed_execution: bool
    token: str
    request: str
    organizational_units: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    deleted: bool = False

    @property
    def arn(self) -> str:
        """The stack set's ARN."""
        return f"arn:aws:cloudformation:{self.region}:{self.account}:stackset/{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """A stack of a stack set, or the place where one should be: `stack_id` is None until there was one."""

    stack_set_id: str
    account: str
    region: str
    overrides: Mapping[str, str]
    status: InstanceStatus = InstanceStatus.OUTDATED
    detail: ResultStatus = ResultStatus.PENDING
    reason: str | None = None
    stack_id: str | None = None
    last_operation_id: str = ""
    organizational_unit: str | None = None

    @property
    def key(self) -> InstanceKey:
        """By what it is known."""
        return InstanceKey(self.stack_set_id, self.account, self.region)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """Something that is done to instances of a stack set; `request` is the text of what was asked for."""

    id: str
    stack_set_id: str
    action: Action
    status: OperationStatus
    created: float
    request: str
    preferences: Mapping[str, Any]
    targets: Mapping[str, Any] | None
    retain_stacks: bool | None
    administration_role_arn: str
    execution_role_name: str
    ended: float | None = None

    @property
    def key(self) -> OperationKey:
        """By what it is known."""
        return OperationKey(self.stack_set_id, self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What an operation did, or has yet to do, in one account and region.

    `gate` is what the account gate said: its status, and a reason.
    """

    status: ResultStatus = ResultStatus.PENDING
    reason: str | None = None
    gate: tuple[str, str] | None = None
    organizational_unit: str | None = None


@dataclass(slots=True)
class State:
    """Everything that is remembered of stack sets. Insertion order is the order in which lists are answered."""

    stack_sets: dict[str, StackSet] = field(default_factory=dict)
    instances: dict[InstanceKey, Instance] = field(default_factory=dict)
    operations: dict[OperationKey, Operation] = field(default_factory=dict)
    results: dict[ResultKey, Result] = field(default_factory=dict)
    organizations_access: set[str] = field(default_factory=set)

    def instances_of(self, stack_set: StackSet) -> list[Instance]:
        """A stack set's instances."""
        return [instance for key, instance in self.instances.items() if key.stack_set_id == stack_set.id]

    def operations_of(self, stack_set: StackSet) -> list[Operation]:
        """A stack set's operations, newest first."""
        found = [operation for key, operation in self.operations.items() if key.stack_set_id == stack_set.id]
        return found[::-1]

    def results_of(self, operation: Operation) -> dict[Target, Result]:
        """What an operation did where."""
        return {
            Target(key.account, key.region): result
            for key, result in self.results.items()
            if (key.stack_set_id, key.operation_id) == operation.key
        }
