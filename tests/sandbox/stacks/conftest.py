"""Stacks made by real clients over HTTP, each waited for."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

_PATIENCE_SECONDS = 60.0
_PAUSE_SECONDS = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Launches:
    """Makes stacks in the test's account."""

    aws: Callable[[str], Any]

    def create(self, name: str, template: Mapping[str, Any], **given: Any) -> str:
        """Create a stack; give the status that it ends in."""
        self._request("create_stack", name, template, given)
        return self.ended(name)

    def update(self, name: str, template: Mapping[str, Any], **given: Any) -> str:
        """Update a stack; give the status that it ends in."""
        self._request("update_stack", name, template, given)
        return self.ended(name)

    def delete(self, name: str) -> str:
        """Delete a stack; give the status that it ends in."""
        cloudformation = self.aws("cloudformation")
        stack_id = cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackId"]
        cloudformation.delete_stack(StackName=name)
        return self.ended(stack_id)

    def refusal(self, template: Mapping[str, Any], **given: Any) -> tuple[str, str]:
        """Try to create a stack that must be refused; give error code and message."""
        name = "refused"
        try:
            self._request("create_stack", name, template, given)
        except ClientError as error:
            with pytest.raises(ClientError, match="does not exist"):
                self.aws("cloudformation").describe_stacks(StackName=name)
            return error.response["Error"]["Code"], error.response["Error"]["Message"]
        pytest.fail(f"not refused: {self.ended(name)} {self.reasons(name)}")

    def reasons(self, name: str) -> list[str]:
        """Give why resources of a stack failed."""
        events = self.aws("cloudformation").describe_stack_events(StackName=name)["StackEvents"]
        return [
            event.get("ResourceStatusReason", "")
            for event in events
            if event["ResourceStatus"].endswith("_FAILED") and event["LogicalResourceId"] != event["StackName"]
        ]

    def resource(self, name: str, logical_id: str) -> str:
        """Give the physical id of a resource."""
        found = self.aws("cloudformation").describe_stack_resource(StackName=name, LogicalResourceId=logical_id)
        return str(found["StackResourceDetail"]["PhysicalResourceId"])

    def ended(self, name: str) -> str:
        """Wait for a stack; give its status."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            status = self.aws("cloudformation").describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]
            if not status.endswith("_IN_PROGRESS"):
                return str(status)
            assert time.monotonic() < deadline, f"{name} is still {status}"
            time.sleep(_PAUSE_SECONDS)

    def _request(self, operation: str, name: str, template: Mapping[str, Any], given: Mapping[str, Any]) -> None:
        arguments = {"Capabilities": ["CAPABILITY_NAMED_IAM"], **given}
        if parameters := arguments.pop("parameters", None):
            arguments["Parameters"] = [
                {"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()
            ]
        getattr(self.aws("cloudformation"), operation)(StackName=name, TemplateBody=json.dumps(template), **arguments)


@pytest.fixture
def launches(aws: Callable[[str], Any]) -> Launches:
    """Makes stacks in the test's account."""
    return Launches(aws=aws)
