"""Settings in force: which of the calls or resources that a fault is for it hits, counted."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from typing import Any

from factory.sandbox.emulator import Resource
from factory.sandbox.faults.lag import Lag
from factory.sandbox.faults.settings import ANY, Kind, Occasion, ResourceFault, Settings, Step


class ResourceFaultError(Exception):
    """A resource fails because the faults say so; the text is the reason in the stack's events."""


class Trigger:
    """One fault's. It draws a number for each candidate, so that what it does depends on seed and order alone."""

    def __init__(self, occasion: Occasion, seed: str) -> None:
        self._occasion = occasion
        self._random = random.Random(seed)  # noqa: S311 - to be repeated, not to be secret
        self._lock = threading.Lock()
        self.matched = 0
        """How many candidates there were."""
        self.fired = 0
        """How many of them were hit."""

    def fires(self) -> bool:
        """Count a candidate, and tell whether it is hit."""
        with self._lock:
            self.matched += 1
            draw = self._random.random()
            if self.matched < self._occasion.nth or draw >= self._occasion.probability:
                return False
            if self._occasion.times is not None and self.fired >= self._occasion.times:
                return False
            self.fired += 1
            return True


class InForce:
    """Settings with the counters that go with them."""

    def __init__(self, settings: Settings, clock: Callable[[], float]) -> None:
        seed = settings.seed
        self.settings = settings
        self.calls = [(fault, Trigger(fault.occasion, f"{seed}/call/{n}")) for n, fault in enumerate(settings.calls)]
        self.resources = [
            (fault, Trigger(fault.occasion, f"{seed}/resource/{n}")) for n, fault in enumerate(settings.resources)
        ]
        self.lag = Lag(clock)
        self.ended = threading.Event()
        """Set when other settings have taken the place of these."""

    @property
    def lags(self) -> bool:
        """Whether reads may lag."""
        return any(fault.kind is Kind.READ_LAG for fault, _ in self.calls)

    def hurt(self, resource: Resource, step: Step) -> None:
        """Let a resource take its time, and raise ResourceFaultError where it is to fail."""
        for fault, trigger in self.resources:
            if _is_for(fault, resource, step) and trigger.fires():
                if fault.seconds is not None:
                    self.ended.wait(fault.seconds)
                if fault.reason is not None:
                    raise ResourceFaultError(fault.reason)

    def document(self) -> dict[str, Any]:
        """The settings, and beside each fault for how many it was and how many it hit."""
        document = self.settings.document()
        for name, found in (("faults", self.calls), ("resources", self.resources)):
            for item, (_, trigger) in zip(document[name], found, strict=True):
                item |= {"matched": trigger.matched, "fired": trigger.fired}
        return {**document, "missed-reads": self.lag.missed}


def _is_for(fault: ResourceFault, resource: Resource, step: Step) -> bool:
    return (
        fault.step is step
        and fault.type in (ANY, resource.type)
        and fault.logical_id in (None, resource.logical_id)
        and fault.account in (None, resource.account)
    )
