"""A stack that begins with what an earlier one left behind.

CloudFormation imports nothing into a stack beside what it makes there (User Guide, "Import AWS resources into a
CloudFormation stack manually"), and by itself only what has a fixed name in the template, which neither a key has nor a
bucket that is named by a parameter ("Import AWS resources into a CloudFormation stack automatically"). So a new stack
begins as an import of what was left, and is updated to the whole template. CloudFormation does not look at the settings
of what it imports either: those that can be made later are left out of the import, so that the update makes them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from factory.aws.bootstrap import stacks
from factory.aws.bootstrap.leftovers import KEY, USABLE, Leftover
from factory.aws.bootstrap.restoring import references
from factory.aws.bootstrap.steps import StackStep
from factory.aws.session import Accounts
from factory.errors import LaunchError


def take_back(accounts: Accounts, step: StackStep, poll_seconds: float) -> None:
    """Make a stack of nothing but what was left, with the settings of the step's template.

    Raises LaunchError where CloudFormation can't; where it can't import, it leaves no stack.
    """
    for key in (item for item in step.left if item.type == KEY and item.state != USABLE):
        _revive(step.target.client(accounts, "kms"), key)
    client = step.target.client(accounts, "cloudformation")
    imported = {
        item.name: {**_without(step.after.template["Resources"][item.name], "DependsOn"), "Properties": item.properties}
        for item in step.left
    }
    _import(client, step, _request(step, imported), poll_seconds)
    # By itself, so that nothing is rolled back to what was imported when something else of the template fails.
    client.update_stack(**_request(step, _with_needed(step)))
    stacks.finish(client, step.target, step.stack, "stack_update_complete", poll_seconds)


def _import(client: Any, step: StackStep, request: Mapping[str, Any], poll_seconds: float) -> None:
    drawn = client.create_change_set(
        **request,
        ChangeSetName="take-back",
        ChangeSetType="IMPORT",
        ResourcesToImport=[
            {"ResourceType": item.type, "LogicalResourceId": item.name, "ResourceIdentifier": dict(item.identifier)}
            for item in step.left
        ],
    )
    stack = drawn["StackId"]
    try:
        stacks.drawn(client, step.target, step.stack, drawn["Id"], poll_seconds)
        client.execute_change_set(ChangeSetName=drawn["Id"])
        stacks.finish(client, step.target, step.stack, "stack_import_complete", poll_seconds, stack_id=stack)
    except LaunchError:
        # It holds nothing, and would be in the way of the next one.
        client.delete_stack(StackName=stack)
        raise


def _request(step: StackStep, resources: Mapping[str, Any]) -> dict[str, Any]:
    """A stack of these resources alone. No outputs: an import adds none, and they may need more than these."""
    template = {**_without(step.after.template, "Outputs"), "Resources": resources}
    return {
        "StackName": step.stack,
        "TemplateBody": json.dumps(template, separators=(",", ":")),
        "Parameters": stacks.given(step.parameters),
        "Capabilities": ["CAPABILITY_NAMED_IAM"],
    }


def _with_needed(step: StackStep) -> dict[str, Any]:
    """What was left as the template has it, and what that refers to."""
    every = step.after.template["Resources"]
    names = {item.name for item in step.left}
    while more := {found for name in names for found in references(every[name]) if found in every} - names:
        names |= more
    return {name: _without(resource, "DependsOn") for name, resource in every.items() if name in names}


def _without(section: Mapping[str, Any], left_out: str) -> dict[str, Any]:
    return {name: value for name, value in section.items() if name != left_out}


def _revive(kms: Any, key: Leftover) -> None:
    if key.state == "PendingDeletion":
        kms.cancel_key_deletion(**key.identifier)
    kms.enable_key(**key.identifier)
