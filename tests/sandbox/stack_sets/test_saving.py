"""Stack sets that go on where others stopped; an operation that was under way has failed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from factory.sandbox.serialization import UnreadableError
from factory.sandbox.stack_sets.interruption import REASON
from factory.sandbox.stack_sets.service import StackSets
from factory.sandbox.stack_sets.state import (
    Action,
    Instance,
    Operation,
    OperationStatus,
    Result,
    ResultKey,
    ResultStatus,
    State,
)

ACCOUNTS = ("222222222222", "333333333333", "444444444444")
REGION = "us-east-1"


def stack_sets() -> StackSets:
    """Stack sets at no emulator, which are asked for nothing."""
    unused: Any = None
    return StackSets(endpoint_url="http://127.0.0.1:1", identify=unused, caller=unused, parse=unused, clock=lambda: 7.0)


def operation(identifier: str, status: OperationStatus) -> Operation:
    return Operation(
        id=identifier,
        stack_set_id="topics",
        action=Action.CREATE,
        status=status,
        created=1.0,
        request="",
        preferences={},
        targets=None,
        retain_stacks=None,
        administration_role_arn="",
        execution_role_name="",
    )


def under_way() -> State:
    """An operation that has come through the first of three accounts, and one that waits for it."""
    state = State()
    for item in (operation("first", OperationStatus.RUNNING), operation("second", OperationStatus.QUEUED)):
        state.operations[item.key] = item
    for account, status in zip(
        ACCOUNTS, (ResultStatus.SUCCEEDED, ResultStatus.RUNNING, ResultStatus.PENDING), strict=True
    ):
        state.results[ResultKey("topics", "first", account, REGION)] = Result(status=status)
        instance = Instance(stack_set_id="topics", account=account, region=REGION, overrides={}, detail=status)
        state.instances[instance.key] = instance
    return state


def followed(before: StackSets) -> StackSets:
    left_out: list[str] = []
    saved = json.loads(json.dumps(before.save(left_out.append)))
    assert left_out == []
    after = stack_sets()
    after.restore(saved)
    return after


def test_what_was_under_way_has_failed_where_it_had_not_come_through() -> None:
    before = stack_sets()
    before.state = under_way()
    assert before.busy()

    after = followed(before)

    assert not after.busy()
    ended = [(item.status, item.ended) for item in after.state.operations.values()]
    assert ended == [(OperationStatus.FAILED, 7.0)] * 2
    expected = [(ResultStatus.SUCCEEDED, None), (ResultStatus.FAILED, REASON), (ResultStatus.CANCELLED, REASON)]
    assert [(item.status, item.reason) for item in after.state.results.values()] == expected
    assert [(item.detail, item.reason) for item in after.state.instances.values()] == expected


def test_what_was_over_stays_as_it_was() -> None:
    before = stack_sets()
    over = operation("first", OperationStatus.SUCCEEDED)
    before.state.operations[over.key] = over
    before.state.organizations_access.add("111111111111")
    assert not before.busy()
    assert followed(before).state == before.state


def test_something_else_is_no_state() -> None:
    with pytest.raises(UnreadableError):
        stack_sets().restore({"stack_sets": {}})
