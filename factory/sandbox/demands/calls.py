"""Holds calls that set something up without a stack against what its service demands, in front of the emulator."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote
from xml.sax.saxutils import escape

from botocore.exceptions import ClientError

from factory.sandbox.asgi import Application, Receive, Scope, Send, Signature, read_body, replaying, respond, signature
from factory.sandbox.clients import OWN_CALL, Clients
from factory.sandbox.demands import iam, kms, parameters, s3
from factory.sandbox.stacks.account import Account
from factory.sandbox.types.refusal import RefusedError

_SESSION_NAME = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)
# AWS STS API Reference, AssumeRole: as long as the role's own limit says.
_USUAL_SECONDS = 3600
# AWS Systems Manager API Reference, GetParameters and GetParametersByPath.
_MAX_NAMES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class _Called:
    """A call's parameters, where it is made, and by whom: an ARN, None for the account's root."""

    given: Mapping[str, Any]
    account: Account
    caller: str | None


def _create_role(called: _Called) -> None:
    iam.refuse_same_name(called.given["RoleName"], called.account)
    iam.check_trust(called.given["AssumeRolePolicyDocument"], called.account)
    if boundary := called.given.get("PermissionsBoundary"):
        _require_policy(boundary, called.account)


def _update_trust(called: _Called) -> None:
    iam.check_trust(called.given["PolicyDocument"], called.account)


def _embed(called: _Called) -> None:
    iam.check_embedded(
        called.given["RoleName"], called.given["PolicyName"], called.given["PolicyDocument"], called.account
    )


def _manage(called: _Called) -> None:
    iam.check_managed(called.given["PolicyDocument"])


def _attach(called: _Called) -> None:
    arn = called.given["PolicyArn"]
    _require_policy(arn, called.account)
    listed = called.account.client("iam").list_attached_role_policies(RoleName=called.given["RoleName"])
    iam.check_attached(len({arn, *(policy["PolicyArn"] for policy in listed["AttachedPolicies"])}))


def _bound(called: _Called) -> None:
    _require_policy(called.given["PermissionsBoundary"], called.account)


def _require_policy(arn: str, account: Account) -> None:
    """Policies that AWS keeps can't be looked up: the emulator has no list of them all."""
    if f"::{account.id}:" not in arn:
        return
    try:
        account.client("iam").get_policy(PolicyArn=arn)
    except ClientError as error:
        raise RefusedError(f"Policy {arn} does not exist or is not attachable.", code="NoSuchEntity") from error


def _assume(called: _Called) -> None:
    name, arn = called.given.get("RoleSessionName", ""), called.given.get("RoleArn", "")
    if not _SESSION_NAME.fullmatch(name):
        raise RefusedError(
            f"1 validation error detected: Value '{name}' at 'roleSessionName' failed to satisfy constraint: Member "
            r"must satisfy regular expression pattern: [\w+=,.@-]*",
            code="ValidationError",
        )
    if f"::{called.account.id}:" not in arn or "DurationSeconds" not in called.given:
        return
    role = called.account.client("iam").get_role(RoleName=arn.rpartition("/")[2])["Role"]
    if int(called.given["DurationSeconds"]) > role.get("MaxSessionDuration", _USUAL_SECONDS):
        raise RefusedError(
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.", code="ValidationError"
        )


def _key_policy(called: _Called) -> None:
    if (document := called.given.get("Policy")) is not None:
        bypassed = bool(called.given.get("BypassPolicyLockoutSafetyCheck"))
        kms.check_policy(document, called.account, caller=called.caller, bypassed=bypassed)


def _put_parameter(called: _Called) -> None:
    parameters.check_parameter(called.given)
    stored = called.account.stored([called.given["Name"]])
    kind = called.given.get("Type")
    if kind and any(found != kind for found, _value in stored.values()) and called.given.get("Overwrite"):
        raise RefusedError(
            "The parameter already exists with another type, which can't be changed.",
            code="HierarchyTypeMismatchException",
        )


def _name_parameters(called: _Called) -> None:
    if len(called.given.get("Names") or ()) > _MAX_NAMES:
        raise RefusedError(
            "1 validation error detected: Value at 'names' failed to satisfy constraint: Member must have length less "
            f"than or equal to {_MAX_NAMES}",
            code="ValidationException",
        )


def _create_bucket(called: _Called) -> None:
    s3.check_name(called.given["Bucket"])


def _bucket_policy(called: _Called) -> None:
    s3.check_policy(called.given["Bucket"], called.given["Policy"], called.account)


_DEMANDS: Mapping[str, Mapping[str, Callable[[_Called], None]]] = {
    "iam": {
        "AttachRolePolicy": _attach,
        "CreatePolicy": _manage,
        "CreatePolicyVersion": _manage,
        "CreateRole": _create_role,
        "PutRolePermissionsBoundary": _bound,
        "PutRolePolicy": _embed,
        "UpdateAssumeRolePolicy": _update_trust,
    },
    "kms": {"CreateKey": _key_policy, "PutKeyPolicy": _key_policy},
    "s3": {"CreateBucket": _create_bucket, "PutBucketPolicy": _bucket_policy},
    "ssm": {"GetParameters": _name_parameters, "PutParameter": _put_parameter},
    "sts": {"AssumeRole": _assume},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CallDemands:
    """Refuses calls that their services would refuse; what the sandbox calls itself has been looked at already.

    `identity` gives an access key's account and ARN, or raises KeyError.
    """

    clients: Clients
    identity: Callable[[str], tuple[str, str]]

    def before(self, served: Application) -> Application:
        """Give an application that hands on to `served` what it does not refuse."""

        async def application(scope: Scope, receive: Receive, send: Send) -> None:
            signed = signature(scope)
            if signed is None or signed.service not in _DEMANDS or _is_own(scope) or not _may_write(scope, signed):
                await served(scope, receive, send)
                return
            body = await read_body(receive)
            operation, given = _parsed(scope, signed.service, body)
            demand = _DEMANDS[signed.service].get(operation)
            if demand is not None:
                try:
                    await asyncio.to_thread(self._check, demand, given, signed)
                except RefusedError as refused:
                    await _refuse(signed.service, refused, send)
                    return
            await served(scope, replaying(body, receive), send)

        return application

    def _check(self, demand: Callable[[_Called], None], given: Mapping[str, Any], signed: Signature) -> None:
        try:
            identifier, arn = self.identity(signed.access_key)
            account = Account(id=identifier, region=signed.region, clients=self.clients)
            demand(_Called(given=given, account=account, caller=None if arn.endswith(":root") else arn))
        except (KeyError, ClientError):
            # What lacks, and what is asked about things that are not there, the service itself refuses.
            return


def _may_write(scope: Scope, signed: Signature) -> bool:
    """Whether it is worth reading a request's body: objects may be large."""
    return signed.service != "s3" or (scope["method"] == "PUT" and not scope["path"].strip("/").partition("/")[2])


def _parsed(scope: Scope, service: str, body: bytes) -> tuple[str, Mapping[str, Any]]:
    """Give operation and parameters of a call, in whichever protocol the service speaks."""
    if service == "s3":
        query = parse_qs(scope["query_string"].decode(), keep_blank_values=True)
        bucket = unquote(scope["path"]).strip("/")
        if "policy" in query:
            return "PutBucketPolicy", {"Bucket": bucket, "Policy": body.decode(errors="replace")}
        return ("" if query else "CreateBucket"), {"Bucket": bucket}
    headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
    if target := headers.get(b"x-amz-target"):
        try:
            given = json.loads(body or b"{}")
        except ValueError:
            given = None
        return target.rpartition(".")[2], given if isinstance(given, dict) else {}
    form = dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))
    return form.get("Action", ""), form


def _is_own(scope: Scope) -> bool:
    return any(name.lower() == b"user-agent" and OWN_CALL.encode() in value for name, value in scope["headers"])


async def _refuse(service: str, refused: RefusedError, send: Send) -> None:
    """Answer in the protocol of the service."""
    error = f"<Code>{refused.code}</Code><Message>{escape(refused.message)}</Message>"
    if service == "s3":
        status = 403 if refused.code == "AccessDenied" else 400
        await respond(send, status, f"<Error>{error}</Error>".encode(), "application/xml")
    elif service in ("iam", "sts"):
        status = {"LimitExceeded": 409, "EntityAlreadyExists": 409, "NoSuchEntity": 404}.get(refused.code, 400)
        body = f"<ErrorResponse><Error><Type>Sender</Type>{error}</Error></ErrorResponse>"
        await respond(send, status, body.encode(), "text/xml")
    else:
        document = {"__type": refused.code, "message": refused.message}
        await respond(send, 400, json.dumps(document).encode(), "application/x-amz-json-1.1")
