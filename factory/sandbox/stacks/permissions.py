"""Holds what a stack's caller may do against what the handlers of its resource types name."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from botocore.exceptions import ClientError

from factory.authoring.actions import Handler, handler_actions, has_reason, tagging_actions
from factory.authoring.schemas import tag_property
from factory.sandbox.emulator import Decision, Principal, Resource
from factory.sandbox.stacks.account import Account
from factory.sandbox.stacks.targets import Target, arns, objects, targets

_PASS_ROLE = "iam:PassRole"  # noqa: S105 - an action
# They are about the roles that a service is handed.
_ON_HANDED_ROLES = frozenset({_PASS_ROLE, "iam:GetRole"})
_ROLE = re.compile(r"arn:aws:iam::\d{12}:role/.+")
_UNBOUND = "iam:DeleteRolePermissionsBoundary"
_VIA = "cloudformation.amazonaws.com"


class AccessDeniedError(ValueError):
    """The caller may not do it; the message is AWS's, as users report it."""


def require(
    principal: Principal,
    action: str,
    target: Target | tuple[Target, ...],
    region: str,
    context: Mapping[str, Any] | None = None,
) -> None:
    """Raise AccessDeniedError unless the principal may do the action on the target, or on one of several."""
    alternatives = (target,) if isinstance(target, Target) else target
    decisions = [
        principal.decide(action, one.arn, exact=one.exact, region=region, context=context or {}) for one in alternatives
    ]
    if Decision.ALLOWED not in decisions:
        raise AccessDeniedError(
            f"User: {principal.arn} is not authorized to perform: {action} on resource: {alternatives[0].arn} "
            + decisions[0].value.format(action=action)
        )


def check(resource: Resource, handler: Handler, account: Account) -> None:
    """Raise AccessDeniedError unless the resource's caller may do all that its handler names.

    All of a handler's actions are asked for, those for reading after making and changing, and those for tagging where
    tags are set, although the real handlers call only those that the properties give reason to: a role that passes here
    passes there, as far as the lists are complete, but one may be refused here that would do there. Reading and passing
    roles is asked for only where the properties name a role, reading a state machine's definition where they say that
    it is in S3, and taking a boundary away where the properties do so.
    Condition keys: what AWS knows of every request, tags of the request and of the resource, the account of the
    resource, `iam:PassedToService`, `iam:PermissionsBoundary`, `kms:GrantIsForAWSResource`, for objects
    `kms:ViaService` and their tags; any other is absent, so that a condition on it is not met. An account's root may do
    everything.
    """
    principal = resource.caller()
    if principal is None:
        return
    if handler is Handler.CREATE:
        # The successor of a resource is yet to get an id.
        resource = replace(resource, physical_id=None)
    context = _context(resource, handler)
    try:
        for action in _actions(resource, handler):
            if action in _ON_HANDED_ROLES and resource.type != "AWS::IAM::Role":
                for role in dict.fromkeys(arn for arn in arns(resource.properties) if _ROLE.fullmatch(arn)):
                    for keys in _passed(role, resource, account) if action == _PASS_ROLE else [{}]:
                        require(principal, action, Target(role, exact=True), resource.region, {**context, **keys})
                continue
            if action == "s3:GetObject" and (named := list(objects(resource.properties))):
                for bucket, key in named:
                    _require_code(principal, bucket, key, account)
                continue
            for alternatives in targets(action, resource):
                require(principal, action, alternatives, resource.region, {**context, **_keys(action, resource)})
    except AccessDeniedError as denied:
        # The service's name and the ids are made up.
        raise AccessDeniedError(
            f'Resource handler returned message: "{denied} (Service: {action.partition(":")[0].capitalize()}, Status '
            f'Code: 403, Request ID: {uuid.uuid4()})" (RequestToken: {uuid.uuid4()}, HandlerErrorCode: AccessDenied)'
        ) from denied


def require_object(
    principal: Principal, bucket: str, key: str, account: Account, context: Mapping[str, Any] | None = None
) -> None:
    """Raise AccessDeniedError unless the principal may read an object, which its tags may decide.

    Of an object whose tags the account itself may not read, there are none.
    """
    try:
        found = account.client("s3").get_object_tagging(Bucket=bucket, Key=key)["TagSet"]
    except ClientError:
        found = []
    tags = {f"s3:existingobjecttag/{tag['Key']}".lower(): tag["Value"] for tag in found}
    target = Target(f"arn:aws:s3:::{bucket}/{key}", exact=True)
    require(principal, "s3:GetObject", target, account.region, {**(context or {}), **tags})


def _require_code(principal: Principal, bucket: str, key: str, account: Account) -> None:
    """Raise AccessDeniedError unless the principal may read an object, and use the key that it is encrypted with."""
    require_object(principal, bucket, key, account, called_via(_VIA))
    try:
        encrypted = account.client("s3").head_object(Bucket=bucket, Key=key).get("SSEKMSKeyId")
    except ClientError:
        return
    if encrypted and ":alias/" not in encrypted:
        through = {"kms:viaservice": f"s3.{account.region}.amazonaws.com", **called_via(_VIA, "s3.amazonaws.com")}
        require(principal, "kms:Decrypt", Target(encrypted, exact=True), account.region, through)


def require_parameter(principal: Principal, name: str, account: Account) -> None:
    """Raise AccessDeniedError unless the principal may read a Systems Manager parameter, of which AWS owns some."""
    owner = "" if name.startswith("/aws/") else account.id
    arn = f"arn:aws:ssm:{account.region}:{owner}:parameter/{name.partition(':')[0].removeprefix('/')}"
    require(principal, "ssm:GetParameters", Target(arn, exact=True), account.region, called_via(_VIA))


def require_stack(principal: Principal, action: str, name: str, account: Account) -> None:
    """Raise AccessDeniedError unless the principal may do something, named as the API does, to a stack."""
    arn = f"arn:aws:cloudformation:{account.region}:{account.id}:stack/{name}/*"
    target = Target(name if name.startswith("arn:") else arn, exact=True)
    require(principal, f"cloudformation:{action}", target, account.region)


def _actions(resource: Resource, handler: Handler) -> Iterator[str]:
    if resource.type.startswith("Custom::") or resource.type == "AWS::CloudFormation::CustomResource":
        yield "sns:Publish" if ":sns:" in str(resource.properties.get("ServiceToken")) else "lambda:InvokeFunction"
        return
    try:
        named = handler_actions(resource.type, handler)
        if handler is not Handler.DELETE:
            named += handler_actions(resource.type, Handler.READ)
        for action in dict.fromkeys(named):
            if not has_reason(action, resource.type, resource.properties):
                continue
            if action != _UNBOUND or (_boundary(resource.old_properties) and not _boundary(resource.properties)):
                yield action
        new, old = _tags(resource.type, resource.properties), _tags(resource.type, resource.old_properties or {})
        if handler is not Handler.DELETE and new != old:
            yield from tagging_actions(resource.type)
    except KeyError:
        return


def _passed(role: str, resource: Resource, account: Account) -> list[dict[str, str]]:
    """Give the condition keys for each service that may be the one to take the role."""
    services = list(trusted(role, account))
    prefix = resource.type.split("::")[1].lower()
    # Which service takes it isn't said anywhere; it must be one that the role trusts.
    likely = [service for service in services if service.startswith(prefix)] or services
    return [{"iam:passedtoservice": service} for service in likely] or [{}]


def trusted(role: str, account: Account) -> Iterator[str]:
    """Give the services that a role trusts, by their names as principals; none if there is no such role."""
    try:
        found = account.client("iam").get_role(RoleName=role.rpartition("/")[2])["Role"]
    except ClientError:
        return
    for statement in found["AssumeRolePolicyDocument"].get("Statement", []):
        principal = statement.get("Principal")
        service = principal.get("Service", []) if isinstance(principal, Mapping) else []
        yield from [service] if isinstance(service, str) else service


def _boundary(properties: Mapping[str, Any] | None) -> str:
    return str((properties or {}).get("PermissionsBoundary", ""))


def _keys(action: str, resource: Resource) -> dict[str, Any]:
    """Give the condition keys of one action."""
    if action == "kms:CreateGrant":
        # Handlers have services make grants for the resources that these encrypt.
        return {"kms:grantisforawsresource": "true"}
    # What a role is given, else what it has.
    boundary = _boundary(resource.properties) or _boundary(resource.old_properties)
    return {"iam:permissionsboundary": boundary} if boundary and resource.type == "AWS::IAM::Role" else {}


def _context(resource: Resource, handler: Handler) -> dict[str, Any]:
    tags = _tags(resource.type, resource.properties)
    context: dict[str, Any] = {**called_via(_VIA), "aws:resourceaccount": resource.account}
    if handler is not Handler.DELETE and tags:
        context["aws:tagkeys"] = list(tags)
        context |= {f"aws:requesttag/{key}".lower(): value for key, value in tags.items()}
    if handler is not Handler.CREATE:
        has = _tags(resource.type, resource.old_properties or resource.properties)
        context |= {f"aws:resourcetag/{key}".lower(): value for key, value in has.items()}
    return context


def called_via(*services: str) -> dict[str, Any]:
    """Give the condition keys of a request that a service makes in a principal's name (IAM User Guide, "AWS global
    condition context keys")."""
    return {
        "aws:calledvia": list(services),
        "aws:calledviafirst": services[0],
        "aws:calledvialast": services[-1],
        "aws:viaawsservice": "true",
    }


def _tags(resource_type: str, properties: Mapping[str, Any]) -> dict[str, str]:
    try:
        carrier = tag_property(resource_type)
    except KeyError:
        carrier = None
    given: Any = properties.get(carrier.name if carrier else "Tags") or {}
    pairs: Iterable[tuple[Any, Any]] = (
        given.items()
        if isinstance(given, Mapping)
        else ((tag.get("Key"), tag.get("Value")) for tag in given if isinstance(tag, Mapping))
    )
    return {str(key): str(value) for key, value in pairs}
