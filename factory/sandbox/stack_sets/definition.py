"""What requests say about a stack set's template, parameters, tags and roles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from factory.sandbox.servicecatalog.endpoint import account_credentials, error_message
from factory.sandbox.servicecatalog.errors import ServiceError
from factory.sandbox.stack_sets.errors import invalid
from factory.sandbox.stack_sets.request import Request
from factory.sandbox.stack_sets.state import AutoDeployment, PermissionModel
from factory.sandbox.stacks import capabilities, permissions, shape
from factory.sandbox.stacks.parameters import ParameterError, chosen
from factory.sandbox.stacks.requests import RefusalError, location
from factory.sandbox.stacks.targets import Target

_ADMINISTRATION_ROLE = "AWSCloudFormationStackSetAdministrationRole"
_EXECUTION_ROLE = "AWSCloudFormationStackSetExecutionRole"


def template(request: Request, previous: str | None = None) -> str:
    """The template of a request, which may be the previous one. Raises ValidationError, or AccessDenied."""
    given = request.parameters
    sources = [name for name in ("TemplateBody", "TemplateURL") if name in given]
    if given.get("UsePreviousTemplate") and previous is not None:
        sources.append("UsePreviousTemplate")
    if len(sources) != 1:
        names = (
            "TemplateBody or TemplateURL" if previous is None else "TemplateBody, TemplateURL or UsePreviousTemplate"
        )
        raise invalid(f"Exactly one of {names} must be specified")
    if sources == ["UsePreviousTemplate"]:
        return str(previous)
    return str(given["TemplateBody"]) if sources == ["TemplateBody"] else _fetched(request, given["TemplateURL"])


def checked(request: Request, body: str, parameters: Mapping[str, str]) -> dict[str, str]:
    """Give the values of all parameters of a template, as given or by default.

    Raises ValidationError or InsufficientCapabilitiesException for what template and parameters lack. Whether the
    template can be made a stack of is found out where it is: what parameters name may exist in one account only.
    """
    try:
        parsed = request.parse(body)
    except ValueError as error:
        raise invalid(f"Template format error: {error}") from error
    for problem in shape.problems(parsed):
        raise invalid(problem)
    if lacking := capabilities.missing(parsed, request.parameters.get("Capabilities", [])):
        raise ServiceError("InsufficientCapabilitiesException", f"Requires capabilities : [{', '.join(lacking)}]")
    try:
        return chosen(parsed, parameters)
    except ParameterError as error:
        raise invalid(str(error)) from error


def values(given: list[Mapping[str, Any]], previous: Mapping[str, str]) -> dict[str, str]:
    """The parameters of a request by key, some of which may keep their previous value. Raises ValidationError."""
    found: dict[str, str] = {}
    for item in given:
        key = item.get("ParameterKey", "")
        if key in found:
            raise invalid(f"Parameter {key} is specified twice")
        if item.get("UsePreviousValue"):
            if "ParameterValue" in item or key not in previous:
                raise invalid(f"Invalid input for parameter key {key}. Cannot specify usePreviousValue as true")
            found[key] = previous[key]
        else:
            found[key] = item.get("ParameterValue", "")
    return found


def overrides(request: Request, body: str, previous: Mapping[str, str]) -> dict[str, str]:
    """The overridden parameters of an instance; without a list they stay what they are. Raises ValidationError."""
    given = request.parameters.get("ParameterOverrides")
    if given is None:
        return dict(previous)
    found = values(given, previous)
    declared = request.parse(body).get("Parameters") or {}
    if unknown := sorted(found.keys() - declared.keys()):
        raise invalid(f"Parameters: [{', '.join(unknown)}] do not exist in the template")
    return found


def tags(given: list[Mapping[str, str]]) -> dict[str, str]:
    """The tags of a request by key. Raises ValidationError for one given twice or reserved."""
    found = {tag["Key"]: tag["Value"] for tag in given}
    if len(found) < len(given):
        raise invalid("Duplicate tag keys found")
    # Service Catalog, too, tags its stack sets so, but those tags are not put on their stacks by the emulator.
    if reserved := [key for key in found if key.lower().startswith("aws:")]:
        raise invalid(f"aws: prefixed tag key names are not allowed for external use: {reserved[0]}")
    return found


def roles(request: Request, model: PermissionModel) -> tuple[str, str]:
    """The administration role's ARN and the execution role's name, AWS's own unless a request gives others.

    Raises ValidationError, or AccessDenied.
    A request that names its administration role passes it to CloudFormation, which is for its own account's only.
    """
    given = request.parameters
    if model is PermissionModel.SERVICE_MANAGED:
        if "AdministrationRoleARN" in given or "ExecutionRoleName" in given:
            raise invalid("Roles are not supported for SERVICE_MANAGED stack sets")
        return "", ""
    arn = given.get("AdministrationRoleARN")
    if arn is not None:
        _check_passed(request, arn)
    return (
        arn or f"arn:aws:iam::{request.owner}:role/{_ADMINISTRATION_ROLE}",
        given.get("ExecutionRoleName", _EXECUTION_ROLE),
    )


def auto_deployment(request: Request, model: PermissionModel) -> AutoDeployment | None:
    """What a request says about automatic deployment. Raises ValidationError where that makes no sense."""
    given = request.parameters.get("AutoDeployment")
    if given is None:
        return None
    if model is PermissionModel.SELF_MANAGED:
        raise invalid("AutoDeployment is supported for SERVICE_MANAGED stack sets only")
    if given.get("DependsOn"):
        raise invalid("DependsOn of AutoDeployment is not supported by the sandbox")
    enabled, retain = given.get("Enabled", False), given.get("RetainStacksOnAccountRemoval")
    if not enabled and retain is not None:
        raise invalid("RetainStacksOnAccountRemoval can only be specified if AutoDeployment is enabled")
    return AutoDeployment(enabled=enabled, retain_stacks=bool(retain))


def _check_passed(request: Request, arn: str) -> None:
    match arn.split(":", 5):
        case ["arn", _, "iam", "", account, role] if role.startswith("role/"):
            if account != request.owner:
                raise ServiceError("AccessDenied", "Cross-account pass role is not allowed.", status=403)
        case _:
            raise invalid(f"Invalid role ARN: {arn}")
    principal = request.caller()
    if principal is None:
        return
    context = {"iam:passedtoservice": "cloudformation.amazonaws.com"}
    try:
        permissions.require(principal, "iam:PassRole", Target(arn, exact=True), request.region, context)
    except permissions.AccessDeniedError as denied:
        raise ServiceError("AccessDenied", str(denied), status=403) from denied


def _fetched(request: Request, url: str) -> str:
    try:
        bucket, key = location(url)
    except RefusalError as refusal:
        raise invalid(refusal.message) from refusal
    s3 = request.endpoint.client("s3", account_credentials(request.account), request.region)
    try:
        return str(s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode())
    except ClientError as error:
        raise invalid(f"S3 error: {error_message(error)}") from error
