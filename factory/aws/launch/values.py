"""What is ordered, what would change, what happens, and what is there, as plain values."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from factory.catalog.model import Place, ProductName, Tags, VersionName


class LaunchStatus(StrEnum):
    """The state of a provisioned product. TAINTED (an update failed and was rolled back) is still usable."""

    AVAILABLE = "AVAILABLE"
    UNDER_CHANGE = "UNDER_CHANGE"
    TAINTED = "TAINTED"
    ERROR = "ERROR"
    PLAN_IN_PROGRESS = "PLAN_IN_PROGRESS"


class Course(StrEnum):
    """What carrying out an order comes to."""

    PROVISION = "provision"
    UPDATE = "update"
    RESUME = "resume"
    """The launch is under change already; it is watched to its end, and the order's parameters are not looked at."""
    NOTHING = "nothing"
    """It is there as ordered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A launch as somebody wants it. The name is the provisioned product's, one of its kind in the account."""

    name: str
    product: ProductName
    version: VersionName | None = None
    """The newest one that is offered, unless given."""
    portfolio: str | None = None
    """Display name of the portfolio to launch from, where more than one offers the product."""
    parameters: Tags = ()
    tags: Tags = ()
    """Chosen values of tag options."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A parameter that gets another value; `before` is none where it had no value. Secrets are masked."""

    parameter: str
    before: str | None
    after: str

    def __str__(self) -> str:
        return f"{self.parameter}: {'' if self.before is None else f'{self.before} → '}{self.after}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """An order that was checked against the catalog, and what is needed to carry it out."""

    place: Place
    name: str
    product: ProductName
    version: VersionName
    course: Course
    current_version: VersionName | None = None
    """What is launched now."""
    changes: tuple[Change, ...] = ()
    request: tuple[tuple[str, Any], ...] = field(default=(), repr=False)
    """The arguments of the call that it comes to."""
    record: str = ""
    """The record to watch, where it is under change already."""
    there: Outcome | None = None
    """What is there, where nothing is to be done; its resources were not looked at."""


STACK_INSTANCE = "stack instance"
"""The type of events of a launch in several accounts and regions; their resource is account and region."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to a resource or stack instance of a launch, or to its stack as a whole."""

    time: datetime
    resource: str
    type: str
    status: str
    """CloudFormation's, such as `CREATE_IN_PROGRESS`; of a stack instance its detailed status, such as `RUNNING`."""
    reason: str = ""

    @property
    def failed(self) -> bool:
        """Whether this tells a failure."""
        return self.status.endswith("FAILED") or self.status == "INOPERABLE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """A stack of a launch in several accounts and regions."""

    account: str
    region: str
    status: str
    """CURRENT, OUTDATED, or INOPERABLE where it could not be deleted."""

    @property
    def current(self) -> bool:
        """Whether it is as the launch wants it."""
        return self.status == "CURRENT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A launch that ended well."""

    name: str
    product: ProductName
    version: VersionName
    status: LaunchStatus
    outputs: Tags = ()
    stack: str = ""
    """Id or name of the stack that holds its resources."""
    resource_types: tuple[str, ...] = ()
    """The type of every resource in the stack, one entry a resource."""
    instances: tuple[Instance, ...] = ()
    """The stacks of a launch in several accounts and regions, whose resources are not looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Launched:
    """A provisioned product of an account."""

    name: str
    product: ProductName
    version: VersionName
    status: LaunchStatus
    message: str = ""
    newest: VersionName | None = None
    """The newest version that is offered; none where the product is no longer offered."""
    instances: tuple[Instance, ...] = ()
    """The stacks of a launch in several accounts and regions."""
    stack: str = ""
    """The id of its stack, empty before there is one."""

    @property
    def behind(self) -> bool:
        """Whether another version than the newest one is launched."""
        return self.newest is not None and self.newest != self.version


@dataclass(frozen=True, slots=True, kw_only=True)
class Watcher:
    """How a launch is watched: who is told of its events, how often it is asked for."""

    observe: Callable[[Event], None] = lambda event: None  # noqa: ARG005
    poll_seconds: float = 5.0
    sleep: Callable[[float], None] = time.sleep
