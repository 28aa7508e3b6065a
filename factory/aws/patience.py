"""Waiting for a service that is not consistent at once, with a bound and growing pauses."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from botocore.exceptions import ClientError

from factory.aws.errors import code_of

_Out = TypeVar("_Out")


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long and how often to try again. The pauses double up to the longest one."""

    attempts: int = 12
    first_seconds: float = 0.4
    longest_seconds: float = 10.0
    refusals: int = 8
    """How many refusals `until` takes for a delay."""
    sleep: Callable[[float], None] = time.sleep

    def retry(self, call: Callable[[], _Out], *codes: str) -> _Out:
        """The call's result, repeating it while AWS answers one of these codes; the last refusal is raised."""
        for attempt in range(self.attempts - 1):
            try:
                return call()
            except ClientError as error:
                if code_of(error) not in codes:
                    raise
            self._pause(attempt)
        return call()

    def until(self, check: Callable[[], bool], *codes: str) -> bool:
        """Whether the check comes true in time; a refusal with one of these codes counts as not yet, for a while."""
        refusals = 0
        for attempt in range(self.attempts):
            self._pause(attempt)
            try:
                if check():
                    return True
            except ClientError as error:
                refusals += 1
                if code_of(error) not in codes:
                    raise
                if refusals == self.refusals:
                    return False
        return False

    def _pause(self, attempt: int) -> None:
        self.sleep(min(self.longest_seconds, self.first_seconds * 2**attempt))
