"""Decides which of the calls or resources that a fault is for it hits, and counts them."""

from __future__ import annotations

import random
import threading

from factory.sandbox.faults.settings import Occasion


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
