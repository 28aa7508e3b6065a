"""Refuses callers that AWS would not know or not let in: unknown access keys, and roles that don't trust the caller."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from botocore.exceptions import ClientError

from factory.sandbox.asgi import (
    Application,
    Receive,
    Scope,
    Send,
    Signature,
    read_body,
    replaying,
    respond,
    signature,
)
from factory.sandbox.clients import Clients
from factory.sandbox.emulator.permissions import Caller, Decision

Trusts = Callable[[Mapping[str, Any], str, str | None], bool]
"""Tells whether a trust policy lets the principal of an access key in, with an external id if one was given."""

_UNKNOWN = "The security token included in the request is invalid."


@dataclass(frozen=True, slots=True, kw_only=True)
class Callers:
    """Checks who calls. `identity` gives an access key's account and ARN, or raises KeyError; `caller` its policies.

    Signatures are not verified. An account's root may assume any role of its own account, because that is how the
    sandbox's own services come to their roles.
    """

    clients: Clients
    identity: Callable[[str], tuple[str, str]]
    caller: Callable[[str], Caller]
    trusts: Trusts

    def before(self, served: Application) -> Application:
        """Give an application that refuses such callers and hands the rest on to `served`."""

        async def application(scope: Scope, receive: Receive, send: Send) -> None:
            signed = signature(scope)
            if signed is None:
                await served(scope, receive, send)
                return
            try:
                account, arn = self.identity(signed.access_key)
            except KeyError:
                await _refuse(scope, signed, send)
                return
            if signed.service != "sts":
                await served(scope, receive, send)
                return
            body = await read_body(receive)
            form = dict(parse_qsl(body.decode()))
            if form.get("Action") == "AssumeRole" and not await asyncio.to_thread(
                self._may_assume, form, signed, account, arn
            ):
                message = (
                    f"User: {arn} is not authorized to perform: sts:AssumeRole on resource: {form.get('RoleArn', '')}"
                )
                await respond(send, 403, _query_error("AccessDenied", message), "text/xml")
                return
            await served(scope, replaying(body, receive), send)

        return application

    def _may_assume(self, form: Mapping[str, str], signed: Signature, account: str, arn: str) -> bool:
        match form.get("RoleArn", "").split(":"):
            case ["arn", _, "iam", "", owner, role] if role.startswith("role/"):
                try:
                    iam = self.clients.get("iam", account=owner, region=signed.region)
                    found = iam.get_role(RoleName=role.rpartition("/")[2])["Role"]
                except ClientError:
                    return False
                if account == owner and arn.endswith(":root"):
                    return True
                if not self.trusts(found["AssumeRolePolicyDocument"], signed.access_key, form.get("ExternalId")):
                    return False
                return account == owner or self._may_leave(signed, found["Arn"])
        return True

    def _may_leave(self, signed: Signature, role: str) -> bool:
        """Whether the caller's own policies let it assume a role of another account, which has to allow it as well."""
        caller = self.caller(signed.access_key)()
        if caller is None:
            return True
        decision = caller.decide("sts:AssumeRole", role, exact=True, region=signed.region, context={})
        return decision is Decision.ALLOWED


async def _refuse(scope: Scope, signed: Signature, send: Send) -> None:
    """Answer in the protocol of the service that was called."""
    headers = {name.lower(): value for name, value in scope["headers"]}
    kind = headers.get(b"content-type", b"")
    if signed.service == "s3":
        message = "The AWS Access Key Id you provided does not exist in our records."
        body = f"<Error><Code>InvalidAccessKeyId</Code><Message>{message}</Message></Error>".encode()
        await respond(send, 403, body, "application/xml")
    elif signed.service == "ec2":
        error = "<Error><Code>AuthFailure</Code><Message>AWS was not able to validate the provided access credentials"
        body = f"<Response><Errors>{error}</Message></Error></Errors></Response>".encode()
        await respond(send, 401, body, "text/xml")
    elif b"x-www-form-urlencoded" in kind:
        await respond(send, 403, _query_error("InvalidClientTokenId", _UNKNOWN), "text/xml")
    else:
        body = json.dumps({"__type": "UnrecognizedClientException", "message": _UNKNOWN}).encode()
        await respond(send, 403, body, "application/x-amz-json-1.1")


def _query_error(code: str, message: str) -> bytes:
    return (
        f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
        "</ErrorResponse>"
    ).encode()
