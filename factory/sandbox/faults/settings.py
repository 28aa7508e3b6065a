"""What is to go wrong, as data: the seed, the faults of calls and those of stacks' resources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

ANY = "*"


class Kind(StrEnum):
    """What happens to a call."""

    THROTTLE = "throttle"
    """It is refused as one too many."""
    SERVER_ERROR = "server-error"
    """It is answered with HTTP status 500 or 503."""
    TIMEOUT_BEFORE = "timeout-before"
    """It has no effect and is not answered."""
    TIMEOUT_AFTER = "timeout-after"
    """It has its effect and is not answered."""
    DROP_BEFORE = "drop-before"
    """The connection is lost before it has an effect."""
    DROP_AFTER = "drop-after"
    """The connection is lost when it has had its effect."""
    DELAY = "delay"
    """It is carried out later."""
    READ_LAG = "read-lag"
    """What it made or associated in Service Catalog is not seen at first."""


class Step(StrEnum):
    """What is done to a resource of a stack."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """Which of the calls or resources that a fault is for it hits.

    From the `nth` on (counted from 1), each with this probability, at most so many times; None is no limit.
    """

    probability: float = 1.0
    nth: int = 1
    times: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFault:
    """A fault of calls to a service (boto3's name) and operation; `*` stands for any, also at the end of a name.

    `seconds` is the length of a delay, or after how long a call that hangs is given up by the server, or how long
    reads lag; `reads` is how many reads lag, where no time says it. `status` is that of a server error.
    """

    service: str
    operation: str
    kind: Kind
    account: str | None = None
    seconds: float | None = None
    reads: int | None = None
    status: int | None = None
    occasion: Occasion = field(default_factory=Occasion)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceFault:
    """A fault of a stack's resources of a type: it takes `seconds` longer, and fails if there is a `reason`."""

    type: str
    step: Step
    logical_id: str | None = None
    account: str | None = None
    reason: str | None = None
    seconds: float | None = None
    occasion: Occasion = field(default_factory=Occasion)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that is to go wrong. The same seed and the same calls in the same order have the same faults."""

    seed: int = 0
    calls: tuple[CallFault, ...] = ()
    resources: tuple[ResourceFault, ...] = ()

    def document(self) -> dict[str, Any]:
        """The settings as the reader takes them."""
        return {
            "seed": self.seed,
            "faults": [
                _given(
                    {
                        "service": fault.service,
                        "operation": fault.operation,
                        "kind": fault.kind.value,
                        "account": fault.account,
                        "seconds": fault.seconds,
                        "reads": fault.reads,
                        "status": fault.status,
                    },
                    fault.occasion,
                )
                for fault in self.calls
            ],
            "resources": [
                _given(
                    {
                        "type": fault.type,
                        "logical-id": fault.logical_id,
                        "step": fault.step.value,
                        "account": fault.account,
                        "reason": fault.reason,
                        "seconds": fault.seconds,
                    },
                    fault.occasion,
                )
                for fault in self.resources
            ],
        }


def _given(values: Mapping[str, Any], occasion: Occasion) -> dict[str, Any]:
    """What differs from what holds anyway."""
    usual = Occasion()
    when = {
        name: getattr(occasion, name)
        for name in ("probability", "nth", "times")
        if getattr(occasion, name) != getattr(usual, name)
    }
    return {name: value for name, value in values.items() if value is not None} | when
