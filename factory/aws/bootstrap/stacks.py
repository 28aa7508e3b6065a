"""A stack in CloudFormation: as it is there, as a request, and waited for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError, WaiterError

from factory.aws.bootstrap.targets import Target, bucket_name
from factory.aws.errors import code_of
from factory.aws.session import Accounts
from factory.catalog.model import Region
from factory.errors import LaunchError

_ATTEMPTS = 360
_MEND = "mend the cause and run factory bootstrap again"
# What CloudFormation takes in the request itself (User Guide, "Understand CloudFormation quotas").
_INLINE_BYTES = 51_200
_UNUSABLE = frozenset(
    {"CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED", "IMPORT_ROLLBACK_FAILED"}
)
# What is left of a change set that was never carried out: a name without a stack.
_PLANNED = "REVIEW_IN_PROGRESS"


@dataclass(frozen=True, slots=True, kw_only=True)
class Existing:
    """A stack that is there."""

    status: str
    parameters: Mapping[str, str]


def find(client: Any, name: str) -> Existing | None:
    """The stack of that name, if there is one."""
    try:
        found: dict[str, Any] = client.describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as error:
        # CloudFormation's code for a stack that is not there.
        if code_of(error) == "ValidationError":
            return None
        raise
    parameters = {item["ParameterKey"]: item["ParameterValue"] for item in found.get("Parameters", [])}
    return Existing(status=found["StackStatus"], parameters=parameters)


def settled(client: Any, name: str, target: Target, poll_seconds: float, *, removable: bool = False) -> Existing | None:
    """The stack once nothing is under way with it any more, as an interrupted command leaves that.

    Raises LaunchError for a stack that can't be updated, unless it is only to be removed.
    """
    existing = find(client, name)
    for prefix in ("CREATE", "UPDATE", "IMPORT"):
        if existing and existing.status.startswith(prefix) and existing.status.endswith("_IN_PROGRESS"):
            state = f"stack_{prefix.lower()}_complete"
            finish(client, target, name, state, poll_seconds)
            existing = find(client, name)
    if existing and existing.status == "DELETE_IN_PROGRESS":
        finish(client, target, name, "stack_delete_complete", poll_seconds)
        existing = None
    if existing and existing.status == _PLANNED:
        existing = None
    if existing and existing.status in _UNUSABLE and not removable:
        raise LaunchError(
            f"{target.place}: stack {name} is {existing.status}: CloudFormation can't update it",
            hint=f"aws cloudformation delete-stack --stack-name {name} --region {target.region}",
        )
    return existing


def clear(client: Any, name: str, target: Target, poll_seconds: float) -> None:
    """Free a name that an interrupted command took for a stack, and made none."""
    existing = find(client, name)
    if existing and existing.status == _PLANNED:
        client.delete_stack(StackName=name)
        finish(client, target, name, "stack_delete_complete", poll_seconds)


def body(client: Any, name: str) -> dict[str, Any]:
    """The template of a stack, which boto3 gives as data where it is JSON."""
    return data(client.get_template(StackName=name)["TemplateBody"])


def data(template: Any) -> dict[str, Any]:
    """A template of JSON as data, whichever of both it is."""
    found: dict[str, Any] = json.loads(template) if isinstance(template, str) else template
    return found


def wanted_parameters(template: str, held: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """Every parameter of a template: as it is given, else as it was, else its default."""
    declared = json.loads(template).get("Parameters", {})
    defaults = {name: str(item["Default"]) for name, item in declared.items() if "Default" in item}
    kept = {name: value for name, value in held.items() if name in declared}
    return {**defaults, **kept, **given}


def given(parameters: Mapping[str, str]) -> list[dict[str, str]]:
    """Parameters as a request takes them."""
    return [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()]


def source(accounts: Accounts, region: Region, template: str) -> dict[str, str]:
    """The template as a request takes it: itself, or where it is too large, its address in the artifact bucket."""
    if len(template.encode()) <= _INLINE_BYTES:
        return {"TemplateBody": template}
    bucket = bucket_name(accounts.hub.account, region)
    key = f"bootstrap/{hashlib.sha256(template.encode()).hexdigest()}.template.json"
    accounts.in_hub("s3", region).put_object(Bucket=bucket, Key=key, Body=template.encode())
    return {"TemplateURL": f"https://{bucket}.s3.{region}.amazonaws.com/{key}"}


def drawn(client: Any, target: Target, name: str, change_set: str, poll_seconds: float) -> None:
    """Wait for a change set. Raises LaunchError with CloudFormation's reason where it can't be carried out."""
    waiter = client.get_waiter("change_set_create_complete")
    try:
        waiter.wait(ChangeSetName=change_set, WaiterConfig={"Delay": poll_seconds, "MaxAttempts": _ATTEMPTS})
    except WaiterError as error:
        reason = client.describe_change_set(ChangeSetName=change_set).get("StatusReason", str(error))
        raise LaunchError(f"{target.place}: stack {name} failed: {reason}", hint=_MEND) from error


def finish(client: Any, target: Target, name: str, state: str, poll_seconds: float, *, stack_id: str = "") -> None:
    """Wait for a state of a stack, as boto3 calls it; one that may be gone by then is found by its id.

    Raises LaunchError with CloudFormation's first reason where the state can't come any more.
    """
    stack = stack_id or name
    waiter = client.get_waiter(state)
    try:
        waiter.wait(StackName=stack, WaiterConfig={"Delay": poll_seconds, "MaxAttempts": _ATTEMPTS})
    except WaiterError as error:
        reason = _first_failure(client, stack) or str(error)
        raise LaunchError(
            f"{target.place}: stack {name} failed: {reason}",
            hint=_MEND,
        ) from error


def _first_failure(client: Any, stack: str) -> str:
    try:
        events = client.describe_stack_events(StackName=stack)["StackEvents"]
    except ClientError:
        return ""
    failed = [event for event in events if event["ResourceStatus"].endswith("_FAILED")]
    return f"{failed[-1]['LogicalResourceId']}: {failed[-1].get('ResourceStatusReason', '')}" if failed else ""
