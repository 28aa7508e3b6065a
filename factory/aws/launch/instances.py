"""The stack sets behind launches in several accounts and regions, and what happens to their stack instances."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from factory.aws.errors import code_of
from factory.aws.launch.stacks import DENIED, Stack
from factory.aws.launch.values import STACK_INSTANCE, Event, Instance
from factory.aws.paging import items

STACK_SET = "CFN_STACKSET"
"""The type of a provisioned product that is a stack set."""
_NO_STACK_SET = "StackSetNotFoundException"
# Nothing has happened yet.
_WAITING = "PENDING"


def find_stack_set(cloudformation: Any, name: str) -> Stack | None:
    """The stack set of that name, if there is one. What its parameters come to is another thing in each account."""
    try:
        found = cloudformation.describe_stack_set(StackSetName=name)["StackSet"]
    except ClientError as error:
        if code_of(error) == _NO_STACK_SET:
            return None
        raise
    return Stack(
        id=found["StackSetId"],
        status=found["Status"],
        parameters={item["ParameterKey"]: item.get("ParameterValue", "") for item in found.get("Parameters", [])},
        resolved={},
    )


def set_was_made(cloudformation: Any, name: str) -> bool:
    """Whether there is a stack set of that name; supposed so where the user may not look at stack sets."""
    try:
        return find_stack_set(cloudformation, name) is not None
    except ClientError as error:
        if code_of(error) not in DENIED:
            raise
        return True


def instances_of(catalog: Any, launch_id: str) -> tuple[Instance, ...]:
    """The stack instances of a launch, by account and region."""
    found = items(catalog, "ListStackInstancesForProvisionedProduct", "StackInstances", ProvisionedProductId=launch_id)
    return tuple(
        sorted(
            (
                Instance(account=item["Account"], region=item["Region"], status=item["StackInstanceStatus"])
                for item in found
            ),
            key=lambda item: (item.account, item.region),
        )
    )


class InstanceEvents:
    """What happens to the instances of one stack set from a moment on, each change given once.

    An instance that is gone was deleted.
    """

    def __init__(self, cloudformation: Any, name: str, since: datetime) -> None:
        self._cloudformation = cloudformation
        self._name = name
        self._since = since
        self._seen: dict[str, str] = {}

    def fresh(self) -> tuple[Event, ...]:
        """The changes since the last time; none where there is no stack set, or the user may not look at it."""
        try:
            now = self._now()
        except ClientError as error:
            if code_of(error) in DENIED:
                return ()
            if code_of(error) != _NO_STACK_SET:
                raise
            # Service Catalog deletes a stack set after the last of its instances.
            now = {}
        changed = [
            event for name, event in now.items() if event.status != _WAITING and self._seen.get(name) != event.status
        ]
        gone = [_event(name, "DELETED") for name in self._seen if name not in now]
        self._seen = {name: event.status for name, event in now.items()}
        return (*changed, *gone)

    def _now(self) -> dict[str, Event]:
        operations = set(self._operations())
        pages = self._cloudformation.get_paginator("list_stack_instances").paginate(StackSetName=self._name)
        found = (item for page in pages for item in page["Summaries"])
        return {
            name: _event(name, item["StackInstanceStatus"]["DetailedStatus"], item.get("StatusReason", ""))
            for item in found
            if item.get("LastOperationId") in operations
            for name in [f"{item['Account']} {item['Region']}"]
        }

    def _operations(self) -> Iterator[str]:
        """The operations that began since then, newest first."""
        pages = self._cloudformation.get_paginator("list_stack_set_operations").paginate(StackSetName=self._name)
        for item in (item for page in pages for item in page["Summaries"]):
            if item["CreationTimestamp"] < self._since:
                return
            yield item["OperationId"]


def _event(name: str, status: str, reason: str = "") -> Event:
    return Event(time=datetime.now(UTC), resource=name, type=STACK_INSTANCE, status=status, reason=reason)
