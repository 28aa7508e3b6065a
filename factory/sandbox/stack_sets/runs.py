"""Operations on stack sets under way: each in a thread of its own, written into the state as it goes."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from factory.sandbox.stack_sets.deployment import AbandonedError, Deployment, DeploymentError
from factory.sandbox.stack_sets.preferences import Preferences
from factory.sandbox.stack_sets.rollout import Ending, Steps, roll_out
from factory.sandbox.stack_sets.state import (
    Action,
    Instance,
    InstanceKey,
    InstanceStatus,
    Operation,
    OperationStatus,
    Result,
    ResultKey,
    ResultStatus,
    StackSet,
    State,
    Target,
)

ACTIVE = frozenset({OperationStatus.RUNNING, OperationStatus.STOPPING, OperationStatus.QUEUED})
_ENDED = {
    Ending.SUCCEEDED: OperationStatus.SUCCEEDED,
    Ending.FAILED: OperationStatus.FAILED,
    Ending.STOPPED: OperationStatus.STOPPED,
}


_log = logging.getLogger(__name__)


class Runs:
    """The operations of one life of the sandbox. The state changes only while `lock` is held."""

    def __init__(self, state: State, deployment: Deployment, lock: threading.RLock, clock: Callable[[], float]) -> None:
        self._state = state
        self._deployment = deployment
        self._lock = lock
        self._clock = clock

    def abandon(self) -> None:
        """Let every operation under way end without a trace."""
        self._deployment.abandoned.set()

    def begin(self, operation: Operation, instances: list[Instance]) -> None:
        """Begin an operation on instances, which are in the state already; the lock is held."""
        state = self._state
        waiting = self._is_blocked(operation)
        state.operations[operation.key] = replace(
            operation, status=OperationStatus.QUEUED if waiting else OperationStatus.RUNNING
        )
        for instance in instances:
            state.results[_result_key(operation, instance.key)] = Result(
                organizational_unit=instance.organizational_unit
            )
            state.instances[instance.key] = replace(
                instance, detail=ResultStatus.PENDING, last_operation_id=operation.id
            )
        accounts: dict[str, list[str]] = {}
        for instance in instances:
            accounts.setdefault(instance.region, []).append(instance.account)
        threading.Thread(
            target=self._run, args=(operation, accounts), name=f"stack-set-{operation.id}", daemon=True
        ).start()

    def _run(self, operation: Operation, accounts: Mapping[str, list[str]]) -> None:
        steps = Steps(
            act=lambda target: self._act(operation, target),
            cancel=lambda target, reason: self._note(operation, target, ResultStatus.CANCELLED, reason=reason),
            stopped=lambda: self._status(operation) is OperationStatus.STOPPING,
        )
        try:
            self._wait_for_turn(operation)
            ending = roll_out(accounts, Preferences.of(operation.preferences), steps)
        except AbandonedError:
            return
        except Exception:
            # Nobody waits for this thread: an operation that never ended would hold its stack set for good.
            _log.exception("Operation %s on %s failed", *reversed(operation.key))
            ending = Ending.FAILED
        with self._lock:
            current = self._state.operations[operation.key]
            self._state.operations[operation.key] = replace(current, status=_ENDED[ending], ended=self._clock())

    def _wait_for_turn(self, operation: Operation) -> None:
        while self._status(operation) is OperationStatus.QUEUED:
            with self._lock:
                if not self._is_blocked(operation):
                    current = self._state.operations[operation.key]
                    self._state.operations[operation.key] = replace(current, status=OperationStatus.RUNNING)
                    return
            if self._deployment.abandoned.wait(self._deployment.poll_seconds):
                raise AbandonedError

    def _is_blocked(self, operation: Operation) -> bool:
        """Whether an operation on the same stack set that began before is not over."""
        for key, other in self._state.operations.items():
            if key == operation.key:
                return False
            if key.stack_set_id == operation.stack_set_id and other.status in ACTIVE:
                return True
        return False

    def _status(self, operation: Operation) -> OperationStatus:
        with self._lock:
            return self._state.operations[operation.key].status

    def _act(self, operation: Operation, target: Target) -> bool:
        self._note(operation, target, ResultStatus.RUNNING)
        with self._lock:
            stack_set = self._state.stack_sets[operation.stack_set_id]
            instance = self._state.instances[InstanceKey(stack_set.id, *target)]
        try:
            if operation.action is Action.DELETE:
                self._delete(stack_set, operation, instance)
            else:
                self._deploy(stack_set, operation, instance)
        except (DeploymentError, ClientError, BotoCoreError) as error:
            status = InstanceStatus.INOPERABLE if operation.action is Action.DELETE else InstanceStatus.OUTDATED
            self._note(operation, target, ResultStatus.FAILED, reason=str(error), status=status)
            return False
        self._note(operation, target, ResultStatus.SUCCEEDED, status=InstanceStatus.CURRENT)
        if operation.action is Action.DELETE:
            with self._lock:
                del self._state.instances[instance.key]
        return True

    def _deploy(self, stack_set: StackSet, operation: Operation, instance: Instance) -> None:
        target = Target(instance.account, instance.region)
        credentials = self._deployment.enter(stack_set, operation, target)
        self._pass_gate(operation, target)
        if instance.stack_id is not None and self._deployment.exists(instance.stack_id, target):
            self._deployment.update(stack_set, instance, instance.stack_id, credentials)
            return

        def made(stack_id: str) -> None:
            self._change(instance.key, stack_id=stack_id)

        self._deployment.create(stack_set, instance, credentials, made)

    def _delete(self, stack_set: StackSet, operation: Operation, instance: Instance) -> None:
        """Delete the instance's stack if there is one, unless it is to be retained."""
        target = Target(instance.account, instance.region)
        if operation.retain_stacks or not self._deployment.exists(instance.stack_id, target):
            return
        credentials = self._deployment.enter(stack_set, operation, target)
        self._pass_gate(operation, target)
        self._deployment.delete(str(instance.stack_id), target, credentials)

    def _pass_gate(self, operation: Operation, target: Target) -> None:
        status, reason = self._deployment.gate(target)
        with self._lock:
            key = ResultKey(operation.stack_set_id, operation.id, *target)
            self._state.results[key] = replace(self._state.results[key], gate=(status, reason))
        if status == "FAILED":
            raise DeploymentError(f"Account gate check failed: {reason}")

    def _note(
        self,
        operation: Operation,
        target: Target,
        result: ResultStatus,
        *,
        reason: str | None = None,
        status: InstanceStatus | None = None,
    ) -> None:
        """Write down how far the operation has come somewhere, and what that makes of the instance there."""
        with self._lock:
            key = ResultKey(operation.stack_set_id, operation.id, *target)
            self._state.results[key] = replace(self._state.results[key], status=result, reason=reason)
        changes = {} if status is None else {"status": status}
        self._change(InstanceKey(operation.stack_set_id, *target), detail=result, reason=reason, **changes)

    def _change(self, key: InstanceKey, **changes: Any) -> None:
        with self._lock:
            self._state.instances[key] = replace(self._state.instances[key], **changes)


def _result_key(operation: Operation, instance: InstanceKey) -> ResultKey:
    return ResultKey(operation.stack_set_id, operation.id, instance.account, instance.region)
