"""Exports: each name once in an account and region, and unchanged while it is used."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.sandbox.stacks.conftest import Launches

TOPIC = {"Type": "AWS::SNS::Topic"}


def exporting(value: str, *, export: bool = True) -> dict[str, Any]:
    output = {"Value": value, **({"Export": {"Name": "shared"}} if export else {})}
    return {"Resources": {"Topic": TOPIC}, "Outputs": {"Out": output}}


def importing() -> dict[str, Any]:
    return {"Resources": {"Topic": {**TOPIC, "Properties": {"DisplayName": {"Fn::ImportValue": "shared"}}}}}


def why(aws: Callable[[str], Any], name: str) -> str:
    events = aws("cloudformation").describe_stack_events(StackName=name)["StackEvents"]
    return " ".join(event.get("ResourceStatusReason", "") for event in events)


def test_an_export_stays_as_it_is_while_it_is_used(launches: Launches, aws: Callable[[str], Any]) -> None:
    assert launches.create("giver", exporting("a")) == "CREATE_COMPLETE"
    assert launches.create("taker", importing()) == "CREATE_COMPLETE"

    assert launches.update("giver", exporting("b")) == "UPDATE_ROLLBACK_COMPLETE"
    assert "Export shared cannot be updated as it is in use by taker" in why(aws, "giver")
    assert launches.update("giver", exporting("a", export=False)) == "UPDATE_ROLLBACK_COMPLETE"
    assert "Export shared cannot be deleted as it is in use by taker" in why(aws, "giver")
    with pytest.raises(aws("cloudformation").exceptions.ClientError, match="Export shared is imported by stack taker"):
        launches.delete("giver")

    assert launches.delete("taker") == "DELETE_COMPLETE"
    assert launches.update("giver", exporting("b")) == "UPDATE_COMPLETE"
    assert launches.delete("giver") == "DELETE_COMPLETE"


def test_a_name_is_exported_once(launches: Launches, aws: Callable[[str], Any]) -> None:
    assert launches.create("first", exporting("a")) == "CREATE_COMPLETE"
    assert launches.create("second", exporting("a")) == "ROLLBACK_COMPLETE"
    assert "Export with name shared is already exported by stack first" in why(aws, "second")


def test_an_export_that_is_not_there_fails_its_user(launches: Launches) -> None:
    assert launches.create("taker", importing()) == "ROLLBACK_COMPLETE"
    (reason,) = launches.reasons("taker")
    assert "shared" in reason
