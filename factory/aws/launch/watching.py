"""A request on a provisioned product, followed to its end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from factory.aws.launch.instances import STACK_SET, InstanceEvents
from factory.aws.launch.stacks import Events, stack_name
from factory.aws.launch.values import Event, Watcher
from factory.aws.session import Accounts
from factory.catalog.model import Place, Tags

_STACK_OUTPUT = "CloudformationStackARN"
# The key of a stack set's was not compared with the real service.
_OWN_OUTPUTS = frozenset({_STACK_OUTPUT, "CloudformationStackSetARN"})
_STACK_TYPE = "AWS::CloudFormation::Stack"
_ENDED = frozenset({"SUCCEEDED", "FAILED"})
# What CloudFormation says of resources that it gave up because another one failed.
_FOLLOWERS = frozenset({"Resource creation cancelled", "Resource update cancelled"})
# Clocks of two services: a stack's first event may seem a little older than the request for it.
_LEEWAY = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a request ended."""

    succeeded: bool
    launch_id: str
    stack: str
    """The stack's id, or its name where there may be none; of a stack set its name."""
    is_stack_set: bool
    reason: str
    """Of a failure: the first resource that failed and why, else what Service Catalog says."""


def watch(accounts: Accounts, place: Place, record_id: str, watcher: Watcher) -> Ending:
    """Follow a record until it has ended, telling the watcher what happens to its stack, or stack set's instances.

    Raises ClientError.
    """
    catalog = accounts.in_place("servicecatalog", place)
    cloudformation = accounts.in_place("cloudformation", place)
    account = accounts.environments[place.environment].account
    history: list[Event] = []
    events: Events | InstanceEvents | None = None
    while True:
        # The record first: what happened until it ended is then among the events that are read after it.
        answer = catalog.describe_record(Id=record_id)
        record = answer["RecordDetail"]
        stack = stack_of(answer) or stack_name(account, record["ProvisionedProductId"])
        is_stack_set = record.get("ProvisionedProductType") == STACK_SET
        source = InstanceEvents if is_stack_set else Events
        events = events or source(cloudformation, stack, record["CreatedTime"] - _LEEWAY)
        for event in events.fresh():
            history.append(event)
            watcher.observe(event)
        if record["Status"] in _ENDED:
            return Ending(
                succeeded=record["Status"] == "SUCCEEDED",
                launch_id=record["ProvisionedProductId"],
                stack=stack,
                is_stack_set=is_stack_set,
                reason=_reason(history, record),
            )
        watcher.sleep(watcher.poll_seconds)


def stack_of(answer: dict[str, Any]) -> str | None:
    """The stack's id, as far as DescribeRecord's answer has it already."""
    outputs = {item["OutputKey"]: item.get("OutputValue") for item in answer.get("RecordOutputs", [])}
    return outputs.get(_STACK_OUTPUT)


def outputs_of(catalog: Any, record_id: str, answer: dict[str, Any]) -> Tags:
    """The template's outputs in DescribeRecord's answer and on the pages that follow it."""
    found = list(answer.get("RecordOutputs", []))
    while page := answer.get("NextPageToken"):
        answer = catalog.describe_record(Id=record_id, PageToken=page)
        found += answer.get("RecordOutputs", [])
    values = {item["OutputKey"]: item.get("OutputValue", "") for item in found if item["OutputKey"] not in _OWN_OUTPUTS}
    return tuple(sorted(values.items()))


def _reason(history: list[Event], record: dict[str, Any]) -> str:
    failed = [event for event in history if event.failed and event.type != _STACK_TYPE]
    first = next((event for event in failed if event.reason not in _FOLLOWERS), None)
    if first is not None:
        return f"{first.resource} ({first.type}): {first.reason or first.status}"
    errors = [error.get("Description") or error.get("Code", "") for error in record.get("RecordErrors", [])]
    return "; ".join(errors) or "Service Catalog gives no reason"
