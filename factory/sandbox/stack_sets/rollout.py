"""One operation carried through accounts and regions, as its preferences say, until it is done, failed or stopped."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from factory.sandbox.stack_sets.preferences import Preferences
from factory.sandbox.stack_sets.state import Target

# Source: users report this wording of the first; the second is made up.
EXCEEDED = "Cancelled since failure tolerance has exceeded"
STOPPED = "Cancelled since the operation was stopped"


class Ending(enum.Enum):
    """How a rollout ended."""

    SUCCEEDED = enum.auto()
    FAILED = enum.auto()
    STOPPED = enum.auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """What a rollout calls: `act` tells whether it went well, `cancel` is told why, `stopped` whether to go on."""

    act: Callable[[Target], bool]
    cancel: Callable[[Target, str], None]
    stopped: Callable[[], bool]


def roll_out(accounts: Mapping[str, Sequence[str]], preferences: Preferences, steps: Steps) -> Ending:
    """Act on every account of each region, and tell how it ended.

    Where more accounts of a region fail than is tolerated, the region's other accounts and the regions that follow
    are cancelled. What `act` raises is raised here, once what is under way has ended.
    """
    order = preferences.ordered(accounts)
    if preferences.parallel_regions:
        with ThreadPoolExecutor(max(len(order), 1), thread_name_prefix="stack-set-region") as pool:
            regions = [pool.submit(_region, region, accounts[region], preferences, steps) for region in order]
        endings = [region.result() for region in regions]
    else:
        endings = []
        for region in order:
            if endings and endings[-1] is not Ending.SUCCEEDED:
                reason = EXCEEDED if endings[-1] is Ending.FAILED else STOPPED
                for account in accounts[region]:
                    steps.cancel(Target(account, region), reason)
            else:
                endings.append(_region(region, accounts[region], preferences, steps))
    return next((ending for ending in (Ending.STOPPED, Ending.FAILED) if ending in endings), Ending.SUCCEEDED)


def _region(region: str, accounts: Sequence[str], preferences: Preferences, steps: Steps) -> Ending:
    waiting = [Target(account, region) for account in accounts]
    running: set[Future[bool]] = set()
    failures = 0
    tolerated = preferences.tolerance.of(len(accounts))
    with ThreadPoolExecutor(max(len(accounts), 1), thread_name_prefix="stack-set-account") as pool:
        while waiting or running:
            if waiting and (failures > tolerated or steps.stopped()):
                for target in waiting:
                    steps.cancel(target, EXCEEDED if failures > tolerated else STOPPED)
                waiting = []
            while waiting and len(running) < preferences.concurrency(len(accounts), failures):
                running.add(pool.submit(steps.act, waiting.pop(0)))
            ended, running = wait(running, return_when=FIRST_COMPLETED)
            failures += sum(not future.result() for future in ended)
    if steps.stopped():
        return Ending.STOPPED
    return Ending.FAILED if failures > tolerated else Ending.SUCCEEDED
