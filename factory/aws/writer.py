"""A plan's actions carried out in AWS: places side by side, within a place from first to last."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from factory.aws.artifacts import ArtifactStore
from factory.aws.errors import translated
from factory.aws.ids import Ids
from factory.aws.patience import Patience
from factory.aws.session import Accounts
from factory.aws.writing import Context, carry_out
from factory.errors import FactoryError
from factory.planning.actions import Action
from factory.planning.plan import Plan
from factory.synthesis.artifact import Artifact

_WORKERS = 8


class Stage(StrEnum):
    """How far an action has come."""

    STARTED = "started"
    DONE = "done"
    FAILED = "failed"


Progress = Callable[[Action, Stage], None]
"""Called at each stage of each action, never twice at the same time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """The action at which a place stopped, and why."""

    action: Action
    error: FactoryError


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What became of a plan's actions; each of them is in one of the three."""

    done: tuple[Action, ...] = ()
    failures: tuple[Failure, ...] = ()
    """More than one only where several places were at work at the same moment."""
    not_done: tuple[Action, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether every action was carried out."""
        return not self.failures and not self.not_done


def apply(
    plan: Plan,
    accounts: Accounts,
    ids: Ids,
    store: ArtifactStore,
    artifacts: Iterable[Artifact],
    progress: Progress | None = None,
    patience: Patience | None = None,
) -> Report:
    """Carry out a plan; `ids` are those of the catalog that it was made from, and are added to.

    The first failure ends the work: other places finish the action that they are at. What the report lists as not
    done, the next plan holds again. An interrupt (Ctrl-C) ends the work in the same way and is raised.
    """
    at = partial(
        Context,
        accounts=accounts,
        ids=ids,
        store=store,
        artifacts={artifact.digest: artifact for artifact in artifacts},
        patience=patience or Patience(),
        sharing=threading.Lock(),
    )
    run = _Run(progress)
    with ThreadPoolExecutor(max_workers=_WORKERS, thread_name_prefix="write") as pool:
        futures = [
            pool.submit(run.carry_out, [action for action in plan.actions if action.place == place], at(place=place))
            for place in plan.places()
        ]
        try:
            for future in as_completed(futures):
                future.result()
        except BaseException:
            run.stop()
            raise
    return run.report(plan)


class _Run:
    """What the places that are at work share."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._done: list[Action] = []
        self._failures: list[Failure] = []

    def stop(self) -> None:
        """Let no further action begin."""
        self._stopped.set()

    def carry_out(self, actions: Sequence[Action], at: Context) -> None:
        """Carry out a place's actions until the first failure here or elsewhere."""
        for action in actions:
            if self._stopped.is_set():
                return
            self._tell(action, Stage.STARTED)
            try:
                with translated(f"{action.effect} {action.subject} in {action.place}"):
                    carry_out(action, at)
            except FactoryError as error:
                self.stop()
                self._failures.append(Failure(action=action, error=error))
                self._tell(action, Stage.FAILED)
                return
            except BaseException:
                self.stop()
                raise
            self._done.append(action)
            self._tell(action, Stage.DONE)

    def report(self, plan: Plan) -> Report:
        """What became of each action, in the plan's order."""
        failed = [failure.action for failure in self._failures]
        return Report(
            done=tuple(action for action in plan.actions if action in self._done),
            failures=tuple(self._failures),
            not_done=tuple(action for action in plan.actions if action not in self._done and action not in failed),
        )

    def _tell(self, action: Action, stage: Stage) -> None:
        if self._progress:
            with self._lock:
                self._progress(action, stage)
