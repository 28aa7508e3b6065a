"""AWS CloudFormation: stacks inside of stacks, made through the same door as any other.

AWS CloudFormation User Guide, "Split a template into reusable pieces using nested stacks".
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from factory.sandbox.types.naming import generated_name
from factory.sandbox.types.plugin import Fidelity, Made, Request, ResourceType

_LOOK_SECONDS = 0.1
_LONGEST_NAME = 128
_UNCHANGED = "No updates are to be performed."


def _create(request: Request) -> Made:
    """Make the stack; one that fails goes again by itself, so that nothing of it is left."""
    name = generated_name(request, longest=_LONGEST_NAME)
    try:
        made = request.as_caller("cloudformation").create_stack(
            StackName=name, OnFailure="DELETE", **_arguments(request)
        )
    except ClientError as error:
        raise ValueError(error.response["Error"]["Message"]) from error
    return _made(request, str(made["StackId"]), "CREATE_COMPLETE", "created")


def _update(request: Request, physical_id: str, _old: Mapping[str, Any]) -> Made:
    """Change the stack; one that fails goes back to what it was by itself."""
    arguments = _arguments(request)
    arguments.pop("TimeoutInMinutes", None)
    try:
        request.as_caller("cloudformation").update_stack(StackName=physical_id, **arguments)
    except ClientError as error:
        if (message := error.response["Error"]["Message"]) != _UNCHANGED:
            raise ValueError(message) from error
        return Made(physical_id=physical_id, attributes=_outputs(_stack(request, physical_id)))
    return _made(request, physical_id, "UPDATE_COMPLETE", "updated")


def _delete(request: Request, physical_id: str) -> None:
    if _stack(request, physical_id)["StackStatus"] == "DELETE_COMPLETE":
        return
    request.as_caller("cloudformation").delete_stack(StackName=physical_id)
    stack = _ended(request, physical_id)
    if stack["StackStatus"] != "DELETE_COMPLETE":
        raise ValueError(_failure(request, stack, "deleted"))


def _arguments(request: Request) -> dict[str, Any]:
    given = request.properties
    parameters = given.get("Parameters") or {}
    if any(isinstance(value, list | dict) for value in parameters.values()):
        raise ValueError("Value of property Parameters must be an object with String (or simple type) properties")
    arguments: dict[str, Any] = {
        "TemplateURL": given["TemplateURL"],
        "Parameters": [{"ParameterKey": key, "ParameterValue": _text(value)} for key, value in parameters.items()],
        "Tags": [tag for tag in given.get("Tags") or () if not str(tag["Key"]).startswith("aws:")],
        # What was acknowledged for the outermost stack holds for all of them.
        "Capabilities": _stack(request, request.stack_name).get("Capabilities", []),
        "NotificationARNs": given.get("NotificationARNs") or [],
    }
    if "TimeoutInMinutes" in given:
        arguments["TimeoutInMinutes"] = int(given["TimeoutInMinutes"])
    return arguments


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _made(request: Request, stack_id: str, expected: str, done: str) -> Made:
    stack = _ended(request, stack_id)
    if stack["StackStatus"] != expected:
        raise ValueError(_failure(request, stack, done))
    return Made(physical_id=stack_id, attributes=_outputs(stack))


def _ended(request: Request, stack_id: str) -> Mapping[str, Any]:
    while (stack := _stack(request, stack_id))["StackStatus"].endswith("_IN_PROGRESS"):
        time.sleep(_LOOK_SECONDS)
    return stack


def _stack(request: Request, name: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = request.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
    return found


def _outputs(stack: Mapping[str, Any]) -> dict[str, str]:
    return {f"Outputs.{output['OutputKey']}": output["OutputValue"] for output in stack.get("Outputs", [])}


def _failure(request: Request, stack: Mapping[str, Any], done: str) -> str:
    """Give CloudFormation's reason, as users report it."""
    events = request.client("cloudformation").describe_stack_events(StackName=stack["StackId"])["StackEvents"]
    failed = sorted(
        {
            event["LogicalResourceId"]
            for event in events
            if event["ResourceStatus"].endswith("_FAILED") and event["PhysicalResourceId"] != stack["StackId"]
        }
    )
    verb = done.removesuffix("d")
    reason = f"The following resource(s) failed to {verb}: [{', '.join(failed)}]. "
    return f"Embedded stack {stack['StackId']} was not successfully {done}: {reason}"


TYPES = (
    ResourceType(
        name="AWS::CloudFormation::Stack",
        fidelity=Fidelity.REAL,
        create=_create,
        update=_update,
        delete=_delete,
    ),
)
