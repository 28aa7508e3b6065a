"""Operations under way when the sandbox stops: those that do not end in time count as failed."""

from __future__ import annotations

from dataclasses import replace

from factory.sandbox.stack_sets.runs import ACTIVE
from factory.sandbox.stack_sets.state import InstanceKey, OperationStatus, ResultStatus, State

REASON = "The sandbox was stopped while this was under way."

_OPEN = frozenset({ResultStatus.PENDING, ResultStatus.RUNNING})


def under_way(state: State) -> bool:
    """Tell whether an operation is being worked on."""
    # Other threads add to the table meanwhile.
    return any(operation.status in ACTIVE for operation in list(state.operations.values()))


def interrupt(state: State, now: float) -> None:
    """Let every operation under way have failed, in each account and region that it had not come through."""
    for operation in list(state.operations.values()):
        if operation.status not in ACTIVE:
            continue
        state.operations[operation.key] = replace(operation, status=OperationStatus.FAILED, ended=now)
        for key, result in list(state.results.items()):
            if (key.stack_set_id, key.operation_id) != operation.key or result.status not in _OPEN:
                continue
            begun = result.status is ResultStatus.RUNNING
            status = ResultStatus.FAILED if begun else ResultStatus.CANCELLED
            state.results[key] = replace(result, status=status, reason=REASON)
            instance = state.instances.get(InstanceKey(key.stack_set_id, key.account, key.region))
            if instance is not None:
                state.instances[instance.key] = replace(instance, detail=status, reason=REASON)
