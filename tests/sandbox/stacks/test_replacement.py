"""The verdicts of `factory diff` against what an update of a stack does in the sandbox: does a resource's id change?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.gates.difference.corpus import CORPUS, Pair, Verdict
from tests.sandbox.stacks.conftest import Launches

NAME = "pair"
UNTOUCHED = {"UPDATE_COMPLETE", "ValidationError"}


def update(launches: Launches, pair: Pair) -> str:
    """The status that the update ends in, or the code with which it is refused."""
    try:
        return launches.update(NAME, pair.after)
    except ClientError as refusal:
        return str(refusal.response["Error"]["Code"])


@pytest.mark.parametrize("pair", [pair for pair in CORPUS if pair.sandbox], ids=lambda pair: pair.name)
def test_the_sandbox_does_what_the_factory_says(pair: Pair, launches: Launches, aws: Callable[[str], Any]) -> None:
    def ids() -> dict[str, str]:
        listed = aws("cloudformation").describe_stack_resources(StackName=NAME)["StackResources"]
        return {
            item["LogicalResourceId"]: item["PhysicalResourceId"]
            for item in listed
            if item["ResourceStatus"] != "DELETE_COMPLETE"
        }

    assert launches.create(NAME, pair.before) == "CREATE_COMPLETE"
    before = ids()
    ended = update(launches, pair)
    if Verdict.REFUSED in pair.expected.values():
        assert ended in {"UPDATE_ROLLBACK_COMPLETE", "ValidationError"}
        return
    assert ended == "UPDATE_COMPLETE" if set(pair.expected.values()) - {Verdict.MAYBE} else ended in UNTOUCHED
    after = ids()
    for name in {*before, *after}:
        verdict = pair.expected.get(name, Verdict.SAME)
        if verdict is Verdict.CREATE:
            assert name not in before
        elif verdict in {Verdict.DESTROY, Verdict.ORPHAN}:
            assert name not in after
        elif verdict is Verdict.REPLACE:
            assert after[name] != before[name], name
        elif verdict in {Verdict.SAME, Verdict.UPDATE}:
            assert after[name] == before[name], name
