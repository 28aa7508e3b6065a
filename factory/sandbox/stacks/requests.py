"""Looks at requests for stacks before the emulator does, and refuses what CloudFormation would."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit
from xml.sax.saxutils import escape

from botocore.exceptions import ClientError

from factory.sandbox.asgi import Application, Receive, Scope, Send, read_body, replaying, respond, signature
from factory.sandbox.clients import Clients
from factory.sandbox.emulator import Emulator, Principal
from factory.sandbox.stacks import capabilities, forms, permissions, references, secure, shape
from factory.sandbox.stacks.account import Account
from factory.sandbox.stacks.parameters import ParameterError, resolved, stored_names
from factory.sandbox.stacks.schemas import Schemas
from factory.sandbox.stacks.targets import Target
from factory.sandbox.stacks.values import Setting, Values

_ACTIONS = frozenset({"CreateStack", "UpdateStack", "CreateChangeSet"})
_GUARDED = _ACTIONS | {"DeleteStack", "ExecuteChangeSet", "ValidateTemplate"}
_SERVICE = "cloudformation.amazonaws.com"
_S3_HINT = "\nFor more information check http://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html"
# The session in which Service Catalog takes on a launch role, and what it asks CloudFormation about a template before
# it makes a stack of it (Administrator Guide, "AWS Service Catalog launch constraints").
_SERVICE_CATALOG = "/servicecatalog"
_ABOUT_TEMPLATES = ("cloudformation:GetTemplateSummary", "cloudformation:ValidateTemplate")
_S3_HOST = re.compile(r"(?:(?P<bucket>.+)\.)?s3(?:[.-](?:dualstack\.)?[a-z]{2}(?:-[a-z]+)+-\d)?\.amazonaws\.com")


class RefusalError(Exception):
    """The request is refused with one of CloudFormation's error codes."""

    def __init__(self, code: str, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class StackRequests:
    """Checks requests for stacks that come to the emulator."""

    clients: Clients
    schemas: Schemas
    emulator: Emulator

    def before(self, served: Application) -> Application:
        """Give an application that refuses what must be refused and hands the rest on to `served`."""

        async def application(scope: Scope, receive: Receive, send: Send) -> None:
            signed = signature(scope)
            if signed is None or signed.service != "cloudformation":
                await served(scope, receive, send)
                return
            body = await read_body(receive)
            form = dict(parse_qsl(body.decode(), keep_blank_values=True))
            if form.get("Action") in _GUARDED:
                try:
                    await asyncio.to_thread(self.check, form, signed.access_key, signed.region)
                except RefusalError as refusal:
                    await respond(send, refusal.status, _worded(refusal), "text/xml")
                    return
                body = urlencode(form).encode()
                headers = [pair for pair in scope["headers"] if pair[0].lower() != b"content-length"]
                scope = {**scope, "headers": [*headers, (b"content-length", str(len(body)).encode())]}
            await served(scope, replaying(body, receive), send)

        return application

    def check(self, form: dict[str, str], access_key: str, region: str) -> None:
        """Raise RefusalError for a request that CloudFormation would refuse.

        A template URL in `form` is brought into the form that the emulator reads. What the emulator refuses by
        itself is left to it.
        """
        try:
            account = Account(id=self.emulator.identity(access_key)[0], region=region, clients=self.clients)
        except KeyError:
            return
        caller = self.emulator.caller(access_key)()
        if form["Action"] == "ValidateTemplate":
            self._check_declared(self._template(form, account, region), region)
            return
        if caller is not None:
            _check_caller(caller, form, account)
        if form["Action"] not in _ACTIONS:
            return
        _check_role(form.get("RoleARN"), account)
        name, is_new = form.get("StackName", ""), form["Action"] == "CreateStack"
        stack = _described(account, name)
        if is_new and stack and stack["StackStatus"] == "ROLLBACK_COMPLETE":
            raise RefusalError("AlreadyExistsException", f"Stack [{name}] already exists")
        for problem in forms.problems(form, stack["StackStatus"] if stack else None):
            raise RefusalError("ValidationError", problem)
        template = self._template(form, account, region)
        if template is None:
            return
        self._check_declared(template, region)
        given = forms.members(form, "Capabilities.member")
        if lacking := capabilities.missing(template, given):
            raise RefusalError("InsufficientCapabilitiesException", f"Requires capabilities : [{', '.join(lacking)}]")
        if "Transform" in template:
            # What it will hold is known only to the macro.
            return
        if stack and not is_new:
            _check_types(template, stack["StackName"], account)
        name = stack["StackName"] if stack else name
        previous = self.emulator.given_parameters(name, account=account.id, region=region)
        chosen = _given(form, previous)
        try:
            if caller is not None:
                for stored in stored_names(template, chosen):
                    permissions.require_parameter(caller, stored, account)
            parameters = resolved(template, chosen, account)
        except (ParameterError, permissions.AccessDeniedError) as error:
            raise RefusalError("ValidationError", str(error)) from error
        self.check_properties(
            template, Setting(parameters=parameters, stack_name=name, account=account.id, region=region)
        )

    def _check_declared(self, template: Mapping[str, Any] | None, region: str) -> None:
        """Raise RefusalError for what ValidateTemplate finds without knowing any parameter."""
        if template is None:
            return
        for problem in shape.problems(template):
            raise RefusalError("ValidationError", problem)
        if "Transform" not in template:
            self.check_template(template, region)

    def check_template(self, template: Mapping[str, Any], region: str) -> None:
        """Raise RefusalError for unknown resource types and undefined names."""
        kinds = {str(resource.get("Type")) for resource in template["Resources"].values()}
        unknown = [kind for kind in sorted(kinds) if not self.schemas.exists(kind, region)]
        if unknown:
            raise RefusalError(
                "ValidationError", f"Template format error: Unrecognized resource types: [{', '.join(unknown)}]"
            )
        for problem in references.problems(
            template, lambda kind, attribute: self.schemas.has_attribute(kind, region, attribute)
        ):
            raise RefusalError("ValidationError", problem)
        for problem in secure.problems(template):
            raise RefusalError("ValidationError", problem)

    def check_properties(self, template: Mapping[str, Any], setting: Setting) -> None:
        """Raise RefusalError for properties that break their schema whatever other resources turn out to be.

        The real service says so when it comes to the resource, or validates a stack before it starts; either way
        there is a stack then, which has failed.
        """
        values = Values(template, setting)
        problems: list[str] = []
        try:
            for logical_id, resource in template["Resources"].items():
                if not values.is_made(logical_id):
                    continue
                properties = values.resolve(resource.get("Properties") or {})
                found = self.schemas.problems(str(resource["Type"]), setting.region, properties)
                if found:
                    heading = f"Properties validation failed for resource {logical_id} with message:"
                    problems.append("\n".join([heading, *found]))
            for output in (template.get("Outputs") or {}).values():
                if values.holds(output.get("Condition")):
                    values.resolve(output.get("Value"))
        except ValueError as error:
            raise RefusalError("ValidationError", str(error)) from error
        if problems:
            raise RefusalError("ValidationError", "\n".join(problems))

    def _template(self, form: dict[str, str], account: Account, region: str) -> dict[str, Any] | None:
        """Give the template that a request is about; None where the emulator has to say what is wrong."""
        if form.get("TemplateURL") and form.get("TemplateBody"):
            raise RefusalError("ValidationError", "Either Template URL or Template Body must be specified, not both.")
        try:
            if url := form.get("TemplateURL"):
                body = _stored(url, account)
                bucket, key = location(url)
                form["TemplateURL"] = f"https://s3.{region}.amazonaws.com/{bucket}/{key}"
            elif form.get("UsePreviousTemplate") == "true":
                found = account.client("cloudformation").get_template(StackName=form["StackName"])
                if isinstance(found["TemplateBody"], dict):
                    return dict(found["TemplateBody"])
                body = found["TemplateBody"]
            else:
                body = form["TemplateBody"]
            return self.emulator.parse_template(body)
        except (ClientError, KeyError, ValueError):
            return None


def _check_types(template: Mapping[str, Any], stack_name: str, account: Account) -> None:
    """Raise RefusalError where a template makes a resource that is there one of another type."""
    pages = account.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=stack_name)
    found = {
        item["LogicalResourceId"]: item["ResourceType"]
        for page in pages
        for item in page["StackResourceSummaries"]
        if item["ResourceStatus"] != "DELETE_COMPLETE"
    }
    retyped = [name for name, body in template["Resources"].items() if body["Type"] != found.get(name, body["Type"])]
    if retyped:
        names = ", ".join(sorted(retyped))
        raise RefusalError(
            "ValidationError",
            "Update of resource type is not permitted. The new template modifies resource type of the following "
            f"resources: [{names}]",
        )


def _check_caller(caller: Principal, form: Mapping[str, str], account: Account) -> None:
    """Raise RefusalError unless the caller may do this to the stack, and read the template."""
    url = form.get("TemplateURL")
    try:
        permissions.require_stack(caller, form["Action"], form.get("StackName", ""), account)
        if url and caller.arn.endswith(_SERVICE_CATALOG):
            for action in _ABOUT_TEMPLATES:
                permissions.require(caller, action, Target("*", exact=True), account.region)
    except permissions.AccessDeniedError as denied:
        raise RefusalError("AccessDenied", str(denied), status=403) from denied
    if url:
        try:
            permissions.require_object(caller, *location(url), account)
        except permissions.AccessDeniedError as denied:
            raise RefusalError("ValidationError", f"S3 error: {denied}") from denied


def _check_role(role: str | None, account: Account) -> None:
    """Raise RefusalError for a service role that is not there or does not trust CloudFormation."""
    if role and _SERVICE not in permissions.trusted(role, account):
        raise RefusalError("ValidationError", f"Role {role} is invalid or cannot be assumed")


def location(url: str) -> tuple[str, str]:
    """Give bucket and key of a template URL, whether the bucket is in its host or in its path."""
    parts = urlsplit(url)
    path = unquote(parts.path.lstrip("/"))
    host = _S3_HOST.fullmatch(parts.hostname or "")
    if host is None or parts.scheme != "https":
        raise RefusalError("ValidationError", "TemplateURL must be a supported URL.")
    if host["bucket"]:
        return host["bucket"], path
    bucket, _, key = path.partition("/")
    return bucket, key


def _stored(url: str, account: Account) -> str:
    """Give the template at a URL. Raises RefusalError, worded as users report it, and ValueError if it is no text."""
    bucket, key = location(url)
    try:
        return str(account.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read().decode())
    except ClientError as error:
        raise RefusalError("ValidationError", f"S3 error: {error.response['Error']['Message']}{_S3_HINT}") from error


def _described(account: Account, name: str) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = account.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0]
    except ClientError:
        return None
    return found if found["StackStatus"] != "DELETE_COMPLETE" else None


def _given(form: Mapping[str, str], previous: Mapping[str, str]) -> dict[str, str]:
    given = {}
    for index in range(1, len(form)):
        prefix = f"Parameters.member.{index}"
        name = form.get(f"{prefix}.ParameterKey")
        if name is None:
            break
        if name in given:
            raise RefusalError("ValidationError", f"Parameter {name} was given more than once.")
        if form.get(f"{prefix}.UsePreviousValue") == "true":
            if name not in previous:
                raise RefusalError(
                    "ValidationError",
                    f"Invalid input for parameter key {name}. Cannot specify usePreviousValue as true for a parameter "
                    "key not in the previous template",
                )
            given[name] = previous[name]
        else:
            given[name] = form.get(f"{prefix}.ParameterValue", "")
    return given


def _worded(refusal: RefusalError) -> bytes:
    return (
        '<ErrorResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><Error><Type>Sender</Type>'
        f"<Code>{refusal.code}</Code><Message>{escape(refusal.message)}</Message></Error></ErrorResponse>"
    ).encode()
