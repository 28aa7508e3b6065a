"""In which order an operation goes through accounts and regions, and when it gives up."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from factory.sandbox.stack_sets.preferences import Preferences
from factory.sandbox.stack_sets.rollout import EXCEEDED, STOPPED, Ending, Steps, roll_out
from factory.sandbox.stack_sets.state import Target

EVERYWHERE = {"us-east-1": ["a", "b", "c"], "eu-west-1": ["a", "b", "c"]}


class Log:
    """What a rollout did where; `act` decides what goes well."""

    def __init__(self, act: Callable[[Target], bool] = lambda _: True) -> None:
        self.begun: list[Target] = []
        self.cancelled: dict[Target, str] = {}
        self.stopping = False
        self.most_at_once = 0
        self._act = act
        self._now = 0
        self._lock = threading.Lock()

    def act(self, target: Target) -> bool:
        with self._lock:
            self.begun.append(target)
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)
        succeeded = self._act(target)
        with self._lock:
            self._now -= 1
        return succeeded

    def run(self, **preferences: Any) -> Ending:
        steps = Steps(act=self.act, cancel=self.cancelled.__setitem__, stopped=lambda: self.stopping)
        return roll_out(EVERYWHERE, Preferences.of(preferences), steps)


def test_one_account_after_the_other_region_by_region() -> None:
    log = Log()

    assert log.run(RegionOrder=["eu-west-1"]) is Ending.SUCCEEDED
    assert log.begun == [Target(account, region) for region in ("eu-west-1", "us-east-1") for account in "abc"]
    assert log.most_at_once == 1


def test_the_first_failure_ends_it_unless_it_is_tolerated() -> None:
    strict, tolerant = (Log(lambda target: target.account != "b") for _ in range(2))

    assert strict.run() is Ending.FAILED
    assert strict.begun == [Target("a", "us-east-1"), Target("b", "us-east-1")]
    left = [Target("c", "us-east-1"), *(Target(account, "eu-west-1") for account in "abc")]
    assert strict.cancelled == dict.fromkeys(left, EXCEEDED)

    assert tolerant.run(FailureToleranceCount=1) is Ending.SUCCEEDED
    assert (len(tolerant.begun), tolerant.cancelled) == (6, {})


def test_failures_are_counted_region_by_region() -> None:
    log = Log(lambda target: target.account == "a" or target.region == "us-east-1")

    assert log.run(FailureToleranceCount=1) is Ending.FAILED
    assert log.cancelled == {}


def test_as_many_accounts_at_once_as_is_asked_for() -> None:
    together = threading.Barrier(3, timeout=10)

    def meet(_: Target) -> bool:
        together.wait()
        return True

    log = Log(meet)

    assert log.run(MaxConcurrentCount=3, FailureToleranceCount=2) is Ending.SUCCEEDED
    assert log.most_at_once == 3


def test_regions_side_by_side() -> None:
    together = threading.Barrier(2, timeout=10)

    def meet(_: Target) -> bool:
        together.wait()
        return True

    assert Log(meet).run(RegionConcurrencyType="PARALLEL") is Ending.SUCCEEDED


def test_what_has_not_begun_when_it_is_stopped_is_cancelled() -> None:
    log = Log()

    def stop(_: Target) -> bool:
        log.stopping = True
        return True

    log._act = stop

    assert log.run() is Ending.STOPPED
    assert log.begun == [Target("a", "us-east-1")]
    assert set(log.cancelled.values()) == {STOPPED}
    assert len(log.cancelled) == 5


def test_what_goes_wrong_inside_is_raised() -> None:
    def fail(_: Target) -> bool:
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        Log(fail).run()
