"""The CloudFormation stacks behind launches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from factory.aws.errors import code_of
from factory.aws.launch.values import Event
from factory.catalog.model import AccountId, Tags

# The status of a stack set that was not deleted.
_ACTIVE = "ACTIVE"
NO_STACK = "ValidationError"
"""CloudFormation's code for a stack that is not there."""
DENIED = frozenset({"AccessDenied", "AccessDeniedException"})
"""CloudFormation's codes for a user who may not look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """A stack or stack set as it is now."""

    id: str
    status: str
    parameters: dict[str, str]
    resolved: dict[str, str]
    """What the parameters that name SSM parameters were resolved to."""
    outputs: Tags = ()
    """Sorted by name; none of a stack set."""

    @property
    def updatable(self) -> bool:
        """Whether CloudFormation takes an update of it; one that was rolled back at creation has to be deleted."""
        if self.status == _ACTIVE:
            return True
        return self.status.endswith("_COMPLETE") and self.status not in {"ROLLBACK_COMPLETE", "DELETE_COMPLETE"}


def stack_name(account: AccountId, launch_id: str) -> str:
    """How Service Catalog names the stack of a provisioned product."""
    return f"SC-{account}-{launch_id}"


def find_stack(cloudformation: Any, name: str) -> Stack | None:
    """The stack of that name or id, if there is one."""
    try:
        answer = cloudformation.describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        if code_of(error) == NO_STACK:
            return None
        raise
    parameters = answer[0].get("Parameters", [])
    return Stack(
        id=answer[0]["StackId"],
        status=answer[0]["StackStatus"],
        parameters={item["ParameterKey"]: item.get("ParameterValue", "") for item in parameters},
        resolved={item["ParameterKey"]: item["ResolvedValue"] for item in parameters if "ResolvedValue" in item},
        outputs=tuple(sorted((item["OutputKey"], item["OutputValue"]) for item in answer[0].get("Outputs", []))),
    )


def was_made(cloudformation: Any, name: str) -> bool:
    """Whether there is a stack of that name or id; supposed so where the user may not look at stacks."""
    try:
        return find_stack(cloudformation, name) is not None
    except ClientError as error:
        if code_of(error) not in DENIED:
            raise
        return True


def resource_types(cloudformation: Any, name: str) -> tuple[str, ...]:
    """The type of every resource in a stack; none where the user may not look at stacks."""
    try:
        pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=name)
        return tuple(item["ResourceType"] for page in pages for item in page["StackResourceSummaries"])
    except ClientError as error:
        if code_of(error) not in DENIED:
            raise
        return ()


class Events:
    """The events of one stack from a moment on, each given once."""

    def __init__(self, cloudformation: Any, name: str, since: datetime) -> None:
        self._cloudformation = cloudformation
        self._name = name
        self._since = since
        self._seen: set[str] = set()

    def fresh(self) -> tuple[Event, ...]:
        """Those that were not given before, oldest first.

        None where the stack is not there, or for a user who may launch but not look at stacks.
        """
        try:
            found = list(self._unseen())
        except ClientError as error:
            if code_of(error) not in {NO_STACK, *DENIED}:
                raise
            return ()
        self._seen |= {item["EventId"] for item in found}
        return tuple(_event(item) for item in reversed(found))

    def _unseen(self) -> Iterator[dict[str, Any]]:
        # Newest first.
        for page in self._cloudformation.get_paginator("describe_stack_events").paginate(StackName=self._name):
            for item in page["StackEvents"]:
                if item["EventId"] in self._seen or item["Timestamp"] < self._since:
                    return
                yield item


def _event(item: dict[str, Any]) -> Event:
    return Event(
        time=item["Timestamp"],
        resource=item["LogicalResourceId"],
        type=item["ResourceType"],
        status=item["ResourceStatus"],
        reason=item.get("ResourceStatusReason", ""),
    )
