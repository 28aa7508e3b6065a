"""Service actions: what end users may run on what they launched."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from factory.sandbox.servicecatalog import identifiers, views
from factory.sandbox.servicecatalog.attached import ServiceAction
from factory.sandbox.servicecatalog.errors import in_use, invalid, limit_exceeded, not_found
from factory.sandbox.servicecatalog.paging import page
from factory.sandbox.servicecatalog.registry import operation
from factory.sandbox.servicecatalog.request import Request

# AWS Service Catalog Administrator Guide, "AWS Service Catalog default service quotas".
_MAX_SERVICE_ACTIONS = 200

_LAUNCH_ROLE = "LAUNCH_ROLE"
_ROLE_ARN = re.compile(r"arn:aws:iam::\d{12}:role/.+")


@operation("CreateServiceAction", token="IdempotencyToken")  # noqa: S106
def create_service_action(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Make a service action; the name may be in use already.

    Whether AWS looks for the automation document and the role at once was not compared; here they are not looked
    for, as most documents are AWS's own and the emulator has none.
    """
    _check_definition(parameters["Definition"])
    if len(_owned(request)) >= _MAX_SERVICE_ACTIONS:
        raise limit_exceeded(f"An account can have at most {_MAX_SERVICE_ACTIONS} service actions in a region.")
    action = ServiceAction(
        id=identifiers.new("act"),
        account=request.account,
        name=parameters["Name"],
        description=parameters.get("Description"),
        definition=parameters["Definition"],
    )
    request.region.service_actions[action.id] = action
    return _answer(action)


@operation("DescribeServiceAction")
def describe_service_action(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Describe a service action of the account."""
    return _answer(owned_service_action(request, parameters["Id"]))


@operation("UpdateServiceAction")
def update_service_action(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Change a service action's name, description or definition; a definition given replaces the whole one."""
    current = owned_service_action(request, parameters["Id"])
    definition = parameters.get("Definition", current.definition)
    _check_definition(definition)
    action = replace(
        current,
        name=parameters.get("Name", current.name),
        description=parameters.get("Description", current.description),
        definition=definition,
    )
    request.region.service_actions[action.id] = action
    return _answer(action)


@operation("DeleteServiceAction", token="IdempotencyToken")  # noqa: S106
def delete_service_action(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Delete a service action that no version has any more."""
    action = owned_service_action(request, parameters["Id"])
    if any(use.service_action_id == action.id for use in request.region.service_action_uses):
        raise in_use(f"Service action {action.id} cannot be deleted, because it is still associated.")
    del request.region.service_actions[action.id]
    return {}


@operation("ListServiceActions")
def list_service_actions(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The account's service actions."""
    shown, token = page(_owned(request), parameters, request.operation)
    return {
        "ServiceActionSummaries": [views.service_action_summary(action) for action in shown],
        "NextPageToken": token,
    }


def owned_service_action(request: Request, identifier: str) -> ServiceAction:
    """The account's own service action. Raises ResourceNotFoundException."""
    action = request.region.service_actions.get(identifier)
    if action is None or action.account != request.account:
        raise not_found(f"Service action {identifier} does not exist or access was denied.")
    return action


def parameter_types(action: ServiceAction) -> dict[str, str]:
    """The parameters of a service action and their types: TARGET, TEXT_VALUE or the document's own."""
    return {item["Name"]: item["Type"] for item in _parameters(action.definition)}


def _owned(request: Request) -> list[ServiceAction]:
    return [item for item in request.region.service_actions.values() if item.account == request.account]


def _check_definition(definition: Mapping[str, str]) -> None:
    if "Name" not in definition:
        raise invalid("Definition must have the Name of an automation document.")
    role = definition.get("AssumeRole", _LAUNCH_ROLE)
    if role != _LAUNCH_ROLE and not _ROLE_ARN.fullmatch(role):
        raise invalid(f"AssumeRole must be the ARN of a role or {_LAUNCH_ROLE}.")
    names = [item["Name"] for item in _parameters(definition)]
    if len(set(names)) < len(names):
        raise invalid("Every parameter of a service action must have a Name of its own.")


def _parameters(definition: Mapping[str, str]) -> list[dict[str, str]]:
    try:
        given = json.loads(definition.get("Parameters", "[]"))
    except ValueError as error:
        raise invalid("Parameters of a service action must be JSON.") from error
    if not isinstance(given, list) or not all(_is_parameter(item) for item in given):
        raise invalid('Parameters of a service action must be a list like [{"Name":"InstanceId","Type":"TARGET"}].')
    return given


def _is_parameter(item: object) -> bool:
    return isinstance(item, dict) and all(
        isinstance(item.get(key), str) and 1 <= len(item[key]) <= length for key, length in _LENGTHS.items()
    )


# ExecutionParameter, API reference.
_LENGTHS = {"Name": 50, "Type": 1024}


def _answer(action: ServiceAction) -> dict[str, Any]:
    return {
        "ServiceActionDetail": {
            "ServiceActionSummary": views.service_action_summary(action),
            "Definition": dict(action.definition),
        }
    }
