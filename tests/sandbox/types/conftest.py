"""Stacks for the tests of resource types: made, changed and removed through CloudFormation like any stack."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

_DEADLINE_SECONDS = 60.0
_PAUSE_SECONDS = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Stacks:
    """Makes stacks out of resources, each operation waited for."""

    aws: Callable[[str], Any]

    def put(self, name: str, resources: Mapping[str, Any], outputs: Mapping[str, Any] | None = None) -> str:
        """Create the stack, or update it if it is there; give the status that it ends in."""
        cloudformation = self.aws("cloudformation")
        body = json.dumps(
            {
                "AWSTemplateFormatVersion": "2010-09-09",
                "Resources": resources,
                "Outputs": {key: {"Value": value} for key, value in (outputs or {}).items()},
            }
        )
        given = {
            "StackName": name,
            "TemplateBody": body,
            "Capabilities": ["CAPABILITY_NAMED_IAM"],
            "Tags": [{"Key": "StackTag", "Value": "of-the-stack"}],
        }
        if self._status(name) in (None, "DELETE_COMPLETE"):
            cloudformation.create_stack(**given)
        else:
            cloudformation.update_stack(**given)
        return self._ended(name)

    def delete(self, name: str) -> str:
        """Delete the stack; give the status that it ends in."""
        stack_id = self.aws("cloudformation").describe_stacks(StackName=name)["Stacks"][0]["StackId"]
        self.aws("cloudformation").delete_stack(StackName=name)
        return self._ended(stack_id)

    def resource(self, name: str, logical_id: str) -> str:
        """Give the physical id of a resource."""
        detail = self.aws("cloudformation").describe_stack_resource(StackName=name, LogicalResourceId=logical_id)
        return str(detail["StackResourceDetail"]["PhysicalResourceId"])

    def reasons(self, name: str) -> str:
        """Give why resources failed, all in one text."""
        events = self.aws("cloudformation").describe_stack_events(StackName=name)["StackEvents"]
        return " ".join(event.get("ResourceStatusReason", "") for event in events)

    def outputs(self, name: str) -> dict[str, str]:
        """Give the stack's outputs."""
        (stack,) = self.aws("cloudformation").describe_stacks(StackName=name)["Stacks"]
        return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}

    def _status(self, name: str) -> str | None:
        cloudformation = self.aws("cloudformation")
        try:
            return str(cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"])
        except cloudformation.exceptions.ClientError:
            return None

    def _ended(self, name: str) -> str:
        deadline = time.monotonic() + _DEADLINE_SECONDS
        while (status := self._status(name) or "DELETE_COMPLETE").endswith("_IN_PROGRESS"):
            assert time.monotonic() < deadline, f"{name} is still {status}"
            time.sleep(_PAUSE_SECONDS)
        return status


@pytest.fixture
def stacks(aws: Callable[[str], Any]) -> Stacks:
    """The stacks of the test's account."""
    return Stacks(aws=aws)
