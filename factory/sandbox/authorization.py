"""Refuses calls that the caller's IAM policies do not allow, where that is switched on.

It is about role sessions and users: an account's root may do everything. What the sandbox calls itself in the name of
others, its parts hold against policies themselves.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit
from xml.sax.saxutils import escape

from botocore.exceptions import ClientError

from factory.authoring.actions import arn_formats
from factory.sandbox.asgi import Application, Receive, Scope, Send, read_body, replaying, respond, signature
from factory.sandbox.clients import OWN_CALL, Clients
from factory.sandbox.emulator import Call, Decision, Principal, Question, questions

PATH = "/_factory/permissions"
_CATALOG = "servicecatalog"
# Parameters that name a portfolio or product; `Id` means whichever an operation is about.
_NAMING = {"portfolio": ("PortfolioId", "Id", "ResourceId"), "product": ("ProductId", "Id", "ResourceId")}
_BEGINNINGS = {"portfolio": "port-", "product": "prod-"}
_DECRYPTING = {
    "s3:GetObject": "kms:Decrypt",
    "s3:GetObjectVersion": "kms:Decrypt",
    "s3:PutObject": "kms:GenerateDataKey",
}


class Tags(Protocol):
    """Gives the account and the tags of a portfolio or product; None where there is none of that id."""

    def __call__(self, identifier: str, region: str) -> tuple[str, Mapping[str, str]] | None: ...


class Authorization:
    """Holds calls against policies once it is `enforced`; `asked` then holds what was asked, by principal."""

    def __init__(
        self, *, clients: Clients, caller: Callable[[str], Callable[[], Principal | None]], tags: Tags
    ) -> None:
        self._clients = clients
        self._caller = caller
        self._tags = tags
        self.enforced = False
        self.asked: dict[tuple[str, str, str, str], Decision] = {}

    def change(self, *, enforced: bool) -> None:
        """Switch it on or off; what was asked before is forgotten."""
        self.enforced = enforced
        self.asked = {}

    def document(self) -> dict[str, Any]:
        """Whether it is on, and everything that was asked."""
        return {
            "enforced": self.enforced,
            "asked": [
                {
                    "principal": principal,
                    "action": action,
                    "resource": arn,
                    "context": json.loads(context),
                    "allowed": decision is Decision.ALLOWED,
                }
                for (principal, action, arn, context), decision in list(self.asked.items())
            ],
        }

    def before(self, served: Application) -> Application:
        """Give an application that refuses what is not allowed, and hands the rest on to `served`."""

        async def application(scope: Scope, receive: Receive, send: Send) -> None:
            signed = signature(scope) if self.enforced else None
            if signed is None or _is_own(scope):
                await served(scope, receive, send)
                return
            principal = await asyncio.to_thread(self._caller(signed.access_key))
            if principal is None:
                await served(scope, receive, send)
                return
            body = await read_body(receive)
            call = Call(
                service=signed.service,
                region=signed.region,
                account=principal.account,
                method=scope["method"],
                path=unquote(scope["path"]),
                query=scope["query_string"].decode(),
                headers={name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]},
                body=body,
            )
            denied = await asyncio.to_thread(self._denied, call, principal)
            if denied is not None:
                await _refuse(call, denied, send)
                return
            await served(scope, replaying(body, receive), send)

        return application

    def _denied(self, call: Call, principal: Principal) -> str | None:
        """The message of the first refusal, in AWS's words."""
        for question in self._questions(call):
            decision = principal.decide(
                question.action, question.arn, exact=True, region=call.region, context=question.context
            )
            context = json.dumps(question.context, sort_keys=True)
            self.asked[principal.arn, question.action, question.arn, context] = decision
            if decision is not Decision.ALLOWED:
                return (
                    f"User: {principal.arn} is not authorized to perform: {question.action} on resource: "
                    f"{question.arn} {decision.value.format(action=question.action)}"
                )
        return None

    def _questions(self, call: Call) -> Iterator[Question]:
        if call.service == _CATALOG:
            yield from self._about_catalog(call)
            return
        if call.service == "sts" and b"Action=AssumeRole&" not in call.body:
            # Who one is, anybody may ask, and what a provider's token is good for, the role's trust policy says.
            return
        for question in questions(call):
            if question.arn.partition("/")[0].endswith(":key"):
                question = replace(question, context={**question.context, **self._key_tags(question.arn, call)})
            yield question
            yield from self._about_key(question.action, question.arn, call)

    def _about_catalog(self, call: Call) -> Iterator[Question]:
        try:
            parameters = json.loads(call.body or b"{}")
        except ValueError:
            return
        action = f"{_CATALOG}:{call.operation}"
        try:
            kinds = sorted(arn_formats(action))
        except KeyError:
            return
        context = _tag_keys("aws:requesttag", {tag["Key"]: tag["Value"] for tag in parameters.get("Tags", [])})
        context |= _tag_keys("aws:requesttag", {tag["Key"]: tag["Value"] for tag in parameters.get("AddTags", [])})
        named = [(kind, id_) for kind in kinds if (id_ := _named(kind, parameters))]
        for kind, identifier in named:
            account, tags = self._tags(identifier, call.region) or (call.account, {})
            arn = f"arn:aws:catalog:{call.region}:{account}:{kind}/{identifier}"
            yield Question(action=action, arn=arn, context={**context, **_tag_keys("aws:resourcetag", tags)})
        if not named:
            arn = f"arn:aws:catalog:{call.region}:{call.account}:{kinds[0]}/*" if kinds else "*"
            yield Question(action=action, arn=arn, context=context)
        yield from self._dependent(call, parameters)

    def _dependent(self, call: Call, parameters: Mapping[str, Any]) -> Iterator[Question]:
        """What Service Catalog does with the caller's own permissions.

        That is reading and validating a template, and handing a launch role on; the reference does not say so, but
        AWS's own policies for administrators allow it (`AWSServiceCatalogAdminFullAccess`).
        """
        template = parameters.get("ProvisioningArtifactParameters", parameters.get("Parameters"))
        info = template.get("Info", {}) if isinstance(template, dict) else {}
        if url := info.get("LoadTemplateFromURL"):
            parts = urlsplit(url)
            arn = f"arn:aws:s3:::{str(parts.hostname).partition('.')[0]}{unquote(parts.path)}"
            yield Question(action="s3:GetObject", arn=arn)
            yield from self._about_key("s3:GetObject", arn, call)
            yield Question(action="cloudformation:ValidateTemplate", arn="*")
        if call.operation == "CreateConstraint" and parameters.get("Type") == "LAUNCH":
            try:
                named = json.loads(parameters.get("Parameters", ""))
            except ValueError:
                return
            arn = named.get("RoleArn") or f"arn:aws:iam::{call.account}:role/{named.get('LocalRoleName')}"
            yield Question(
                action="iam:PassRole", arn=arn, context={"iam:passedtoservice": "servicecatalog.amazonaws.com"}
            )

    def _about_key(self, action: str, arn: str, call: Call) -> Iterator[Question]:
        """S3 asks for the key of a bucket of the caller's account in the name of the caller."""
        if action not in _DECRYPTING:
            return
        s3 = self._clients.get("s3", account=call.account, region=call.region)
        try:
            rules = s3.get_bucket_encryption(Bucket=arn.split(":::")[1].partition("/")[0])
        except ClientError:
            return
        for rule in rules["ServerSideEncryptionConfiguration"]["Rules"]:
            key = rule.get("ApplyServerSideEncryptionByDefault", {}).get("KMSMasterKeyID", "")
            if key.startswith("arn:"):
                via = {"kms:viaservice": f"s3.{call.region}.amazonaws.com"}
                yield Question(action=_DECRYPTING[action], arn=key, context={**via, **self._key_tags(key, call)})

    def _key_tags(self, arn: str, call: Call) -> dict[str, Any]:
        kms = self._clients.get("kms", account=call.account, region=call.region)
        try:
            tags = kms.list_resource_tags(KeyId=arn)["Tags"]
        except ClientError:
            # The call itself says that there is no such key.
            return {}
        return _tag_keys("aws:resourcetag", {tag["TagKey"]: tag["TagValue"] for tag in tags})


def _named(kind: str, parameters: Mapping[str, Any]) -> str | None:
    found = (parameters.get(name) for name in _NAMING.get(kind, ()))
    return next((item for item in found if isinstance(item, str) and item.startswith(_BEGINNINGS[kind])), None)


def _tag_keys(prefix: str, tags: Mapping[str, str]) -> dict[str, Any]:
    return {f"{prefix}/{key}".lower(): value for key, value in tags.items()}


def _is_own(scope: Scope) -> bool:
    return any(name.lower() == b"user-agent" and OWN_CALL.encode() in value for name, value in scope["headers"])


async def _refuse(call: Call, message: str, send: Send) -> None:
    """Answer in the protocol of the service that was called."""
    kind = call.headers.get("content-type", "")
    if call.service == "s3":
        body = f"<Error><Code>AccessDenied</Code><Message>{escape(message)}</Message></Error>"
        await respond(send, 403, body.encode(), "application/xml")
    elif "x-www-form-urlencoded" in kind:
        error = f"<Type>Sender</Type><Code>AccessDenied</Code><Message>{escape(message)}</Message>"
        await respond(send, 403, f"<ErrorResponse><Error>{error}</Error></ErrorResponse>".encode(), "text/xml")
    else:
        document = {"__type": "AccessDeniedException", "message": message}
        await respond(send, 400, json.dumps(document).encode(), "application/x-amz-json-1.1")
