"""The one door to ministack: its application, its callers, its state, and the hooks into its stack engine.

No other module imports ministack. It reads its environment when it is imported, hence every import is inside a
function of `Emulator`. What is used of its private names is held by `tests/sandbox/test_emulator.py`.
"""

from __future__ import annotations

import asyncio
import contextvars
import os
import tempfile
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar
from xml.etree import ElementTree

from factory.sandbox.asgi import Application, Message, Receive, Scope, Send
from factory.sandbox.stacks.values import Setting, Values

Result = TypeVar("Result")
Outcome = tuple[str, dict[str, Any]]

# What the emulator and the Lambda functions in it may see of the environment they were started in. Everything
# else goes: the user's AWS profile, proxies, settings of another ministack.
_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "SYSTEMROOT", "VIRTUAL_ENV", "PYTHONPATH")


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A resource of a stack that is about to be made, changed or removed, its properties resolved."""

    type: str
    logical_id: str
    stack_name: str
    account: str
    region: str
    properties: Mapping[str, Any]
    physical_id: str | None = None
    old_properties: Mapping[str, Any] | None = None


class Provisioner(Protocol):
    """What stands between ministack's stack engine and its own resource handlers.

    Each method runs in a worker thread. `native` is ministack's own handling; calling it is optional. An
    exception fails the resource, with its text as the reason in the stack's events.
    """

    def create(self, resource: Resource, native: Callable[[], Outcome], discard: Callable[[str], None]) -> Outcome:
        """Make the resource; give its physical id and attributes. `discard` removes what `native` made."""

    def update(self, resource: Resource, native: Callable[[], Outcome]) -> Outcome:
        """Change the resource; another physical id than before means that it was replaced."""

    def delete(self, resource: Resource, native: Callable[[], None]) -> None:
        """Remove the resource."""


class Emulator:
    """ministack in this process. There can be only one: it keeps its state in its modules."""

    def __init__(self, *, port: int, directory: Path, region: str) -> None:
        """Set the environment and import ministack.

        `port` is where it will be reached; `directory` takes every file that it or a Lambda function writes.
        """
        self._generation = 0
        self._born = contextvars.ContextVar("generation", default=0)
        directory.mkdir(parents=True, exist_ok=True)
        kept = {name: value for name in _KEPT if (value := os.environ.get(name)) is not None}
        os.environ.clear()
        os.environ.update(
            kept,
            GATEWAY_PORT=str(port),
            MINISTACK_HOST="localhost",
            MINISTACK_REGION=region,
            LOG_LEVEL="WARNING",
            TMPDIR=str(directory),
            STATE_DIR=str(directory / "state"),
            S3_DATA_DIR=str(directory / "s3"),
            # Where no socket is, there are no containers: tasks and databases are records only.
            DOCKER_HOST=f"unix://{directory}/no-docker.sock",
            SFTP_ENABLED="0",
            IOT_MTLS_ENABLED="0",
            AWS_EC2_METADATA_DISABLED="true",
            AWS_CONFIG_FILE=os.devnull,
            AWS_SHARED_CREDENTIALS_FILE=os.devnull,
        )
        tempfile.tempdir = None
        from ministack import app

        self._application: Application = app.app

    async def application(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve as an ASGI application: every AWS service that ministack has."""
        # The stack that this request may start outlives it and takes the mark along.
        self._born.set(self._generation)
        from ministack.core.iam_evaluator import pin_request_origin

        # Loopback stands in for TLS, which policies demand of every call (`aws:SecureTransport`).
        pin_request_origin("127.0.0.1", True)
        await self._application(scope, receive, send)

    async def reset(self) -> None:
        """Forget every account's resources and end the Lambda workers; stacks under way make nothing more."""
        self._generation += 1

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(_message: Message) -> None:
            return

        path = "/_ministack/reset"
        request = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": []}
        await self._application(request, receive, send)

    def identity(self, access_key: str) -> tuple[str, str]:
        """Give account id and ARN of the principal that an access key belongs to.

        A key of 12 digits is the root of that account; others are sessions of AssumeRole.
        Raises KeyError for a key that nobody was given or that has expired.
        """
        from ministack.core.iam_evaluator import CredentialResolutionError, resolve_credential
        from ministack.core.responses import get_account_id, set_request_account_id

        def resolve() -> tuple[str, str]:
            set_request_account_id(access_key)
            if access_key in ("", "test"):
                raise KeyError(access_key)
            credential = resolve_credential(access_key, get_account_id())
            if isinstance(credential, CredentialResolutionError):
                raise KeyError(access_key)
            return credential.account_id, credential.principal_arn

        return contextvars.copy_context().run(resolve)

    def trusts(self, policy: Mapping[str, Any], principal: str, external_id: str | None) -> bool:
        """Tell whether a role's trust policy lets a principal, named by its ARN, assume the role.

        Services are no principals of the account: a policy that trusts only them trusts nobody here.
        """
        from ministack.core.iam_evaluator import EvalContext, evaluate_trust_policy

        statements = policy.get("Statement", [])
        people = [
            {**statement, "Principal": {"AWS": named.get("AWS", [])} if isinstance(named, dict) else named}
            for statement in (statements if isinstance(statements, list) else [statements])
            if (named := statement.get("Principal"))
        ]
        context = EvalContext(
            principal_arn=principal,
            principal_type="AssumedRole" if ":assumed-role/" in principal else "Root",
            principal_account=principal.split(":")[4],
            action="sts:AssumeRole",
            resource_arn="*",
            region="",
            service_context={} if external_id is None else {"sts:externalid": external_id},
        )
        return bool(evaluate_trust_policy({"Statement": people}, principal, context))

    def parse_template(self, body: str) -> dict[str, Any]:
        """Read a template, JSON or YAML, short forms of functions as their long ones. Raises ValueError."""
        from ministack.services.cloudformation import engine

        try:
            template: dict[str, Any] = engine._parse_template(body)
        except Exception as error:
            raise ValueError(str(error)) from error
        return template

    def given_parameters(self, stack_name: str, *, account: str, region: str) -> dict[str, str]:
        """Give the parameters that a stack was last given, also those that no API shows; none without a stack.

        Of a Systems Manager parameter this is the name, of which the API shows the value.
        """
        from ministack.services import cloudformation

        stack = cloudformation._stacks.get_scoped(account, region, stack_name) or {}
        return {
            name: str(found.get("SsmName", found["Value"])) for name, found in stack.get("_resolved_params", {}).items()
        }

    def install(self, provisioner: Provisioner, types: Iterable[str], loop: asyncio.AbstractEventLoop) -> None:
        """Put `provisioner` between the stack engine and its resource handlers; to be called on `loop`.

        `types` are the resource types that `provisioner` makes by itself: the engine accepts them from now on.
        `loop` is the event loop that serves the application.
        """
        from ministack.services.cloudformation import provisioners, stacks

        for name in types:
            provisioners._RESOURCE_HANDLERS.setdefault(name, {})
        _open_buckets_to_other_accounts()
        _leave_patterns_of_stored_parameters()
        _evaluate_conditions_in_full()
        _describe_stored_parameters_by_name()
        self._provision_in_threads(provisioner, _Loop(loop, self._refuse_after_reset), provisioners, stacks)

    def _provision_in_threads(self, provisioner: Provisioner, loop: _Loop, provisioners: Any, stacks: Any) -> None:
        """Handle every resource in a thread of its own: its stack can be watched, and it can call back.

        ministack's own handlers still run on the event loop, one at a time: they share dictionaries with the
        request handlers, which nothing interrupts there.
        """
        create, update, delete = (
            provisioners._provision_resource,
            provisioners._update_resource,
            provisioners._delete_resource,
        )
        blocks = stacks._runs_on_worker_thread

        def provision_resource(kind: str, logical_id: str, properties: dict[str, Any], stack: str) -> Any:
            def native() -> Any:
                return create(kind, logical_id, properties, stack)

            if loop.is_here():
                return native()

            def discard(physical_id: str) -> None:
                delete(kind, physical_id, properties, stack, logical_id)

            resource = self._resource(kind, logical_id, stack, properties)
            if blocks(kind):
                return provisioner.create(resource, native, discard)
            return provisioner.create(
                resource,
                loop.calling(native),
                lambda physical_id: loop.calling(lambda: discard(physical_id))(),
            )

        def update_resource(
            kind: str,
            physical_id: str,
            old: dict[str, Any],
            new: dict[str, Any],
            stack: str,
            logical_id: str | None = None,
            attributes: dict[str, Any] | None = None,
        ) -> Any:
            def native() -> Any:
                return update(kind, physical_id, old, new, stack, logical_id, attributes)

            if loop.is_here() or old == new:
                return native()
            resource = self._resource(kind, logical_id, stack, new, physical_id=physical_id, old=old)
            return provisioner.update(resource, native if blocks(kind) else loop.calling(native))

        def delete_resource(
            kind: str,
            physical_id: str,
            properties: dict[str, Any],
            stack: str | None = None,
            logical_id: str | None = None,
        ) -> None:
            def native() -> None:
                delete(kind, physical_id, properties, stack, logical_id)

            if loop.is_here():
                native()
                return
            resource = self._resource(kind, logical_id, stack, properties, physical_id=physical_id)
            provisioner.delete(resource, native if blocks(kind) else loop.calling(native))

        # A nested stack is deployed inside `provisioners`, any other inside `stacks`: each looks at home first.
        for module in (provisioners, stacks):
            module._provision_resource = provision_resource
            module._update_resource = update_resource
            module._delete_resource = delete_resource
        stacks._runs_on_worker_thread = lambda _kind: True

    def _resource(
        self,
        kind: str,
        logical_id: str | None,
        stack: str | None,
        properties: dict[str, Any],
        *,
        physical_id: str | None = None,
        old: dict[str, Any] | None = None,
    ) -> Resource:
        from ministack.core.responses import get_account_id, get_region

        self._refuse_after_reset()
        return Resource(
            type=kind,
            logical_id=logical_id or "",
            stack_name=stack or "",
            account=get_account_id(),
            region=get_region(),
            properties=properties,
            physical_id=physical_id,
            old_properties=old,
        )

    def _refuse_after_reset(self) -> None:
        if self._born.get() != self._generation:
            raise RuntimeError("The sandbox was reset while the stack was under way.")


class _Loop:
    """Carries calls from the worker threads of stacks to the event loop; `check` may forbid one at the last moment."""

    def __init__(self, loop: asyncio.AbstractEventLoop, check: Callable[[], None]) -> None:
        self._loop = loop
        self._check = check
        self._thread = threading.get_ident()

    def is_here(self) -> bool:
        """Tell whether this is the event loop's own thread, where nothing may block."""
        return threading.get_ident() == self._thread

    def calling(self, call: Callable[[], Result]) -> Callable[[], Result]:
        """Give `call` as something that a worker thread calls and the event loop does."""

        def calling() -> Result:
            context = contextvars.copy_context()
            future: Future[Result] = Future()

            def run() -> None:
                try:
                    context.run(self._check)
                    future.set_result(context.run(call))
                except Exception as error:
                    future.set_exception(error)

            self._loop.call_soon_threadsafe(run)
            result = future.result()
            # The engine reads from context variables what a handler drew, such as a name: hand it back.
            for variable, value in context.items():
                if variable.get(None) is not value:
                    variable.set(value)
            return result

        return calling


def _open_buckets_to_other_accounts() -> None:
    """Let templates and Lambda code be read from another account's bucket, as that bucket's policy says.

    Over HTTP ministack treats bucket names as global; inside it looks into the caller's own account only.
    """
    from ministack.core.responses import get_account_id, get_region, request_scope
    from ministack.services import s3

    own_object, own_region = s3._get_object_data, s3.bucket_region

    def get_object_data(bucket: str, key: str, version_id: str | None = None) -> bytes | None:
        owner, caller = s3._bucket_owner_account(bucket), get_account_id()
        query = {"versionId": [version_id]} if version_id else {}
        if owner not in (None, caller) and not s3._foreign_bucket_allows(owner, bucket, key, "GET", query, caller):
            return None
        with request_scope(owner or caller, get_region()):
            data: bytes | None = own_object(bucket, key, version_id)
            return data

    def bucket_region(bucket: str) -> str | None:
        with request_scope(s3._bucket_owner_account(bucket) or get_account_id(), get_region()):
            region: str | None = own_region(bucket)
            return region

    s3._get_object_data = get_object_data
    s3.bucket_region = bucket_region


def _leave_patterns_of_stored_parameters() -> None:
    """Don't hold the value of a Systems Manager parameter against a pattern: it is meant for the parameter's name."""
    from ministack.services.cloudformation import engine

    check = engine._check_parameter_constraints

    def check_parameter_constraints(name: str, definition: dict[str, Any], kind: str, value: str) -> None:
        if not kind.startswith("AWS::SSM::Parameter::Value<"):
            check(name, definition, kind, value)

    engine._check_parameter_constraints = check_parameter_constraints


def _evaluate_conditions_in_full() -> None:
    """Work out every function that CloudFormation allows in conditions, `Fn::FindInMap` and pseudo parameters included.

    ministack knows the logical ones, `Ref` to a parameter and `Fn::Select`; anything else it compares as it stands.
    """
    from ministack.core.responses import get_account_id, get_region
    from ministack.services.cloudformation import changesets, engine, handlers, stacks

    def evaluate_conditions(template: dict[str, Any], parameters: dict[str, Any]) -> dict[str, bool]:
        given = {name: str(parameter["Value"]) for name, parameter in parameters.items()}
        setting = Setting(parameters=given, stack_name="", account=get_account_id(), region=get_region())
        values = Values(template, setting)
        return {name: values.holds(name) for name in template.get("Conditions") or {}}

    # Each module looks the name up at home; what imports it late takes the engine's.
    for module in (engine, handlers, stacks, changesets):
        module._evaluate_conditions = evaluate_conditions


def _describe_stored_parameters_by_name() -> None:
    """Let DescribeStacks give a Systems Manager parameter by its name, and its value beside it (`ResolvedValue`).

    ministack knows both, and gives the value in place of the name.
    """
    from defusedxml.ElementTree import fromstring
    from ministack.services import cloudformation
    from ministack.services.cloudformation import handlers
    from ministack.services.cloudformation.helpers import CFN_NS

    describe = handlers._ACTION_HANDLERS["DescribeStacks"]
    space = {"": CFN_NS}

    def describe_stacks(params: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
        status, headers, body = describe(params)
        answer = fromstring(body)
        records = {record["StackId"]: record["_resolved_params"] for record in cloudformation._stacks.values()}
        for stack in answer.iterfind(".//Stacks/member", space):
            known = records.get(stack.findtext("StackId", "", space), {})
            for parameter in stack.iterfind("Parameters/member", space):
                stored = known.get(parameter.findtext("ParameterKey", "", space), {}).get("SsmName")
                value = parameter.find("ParameterValue", space)
                if stored and value is not None:
                    ElementTree.SubElement(parameter, f"{{{CFN_NS}}}ResolvedValue").text = value.text
                    value.text = stored
        ElementTree.register_namespace("", CFN_NS)
        return status, headers, ElementTree.tostring(answer, encoding="utf-8", xml_declaration=True)

    handlers._ACTION_HANDLERS["DescribeStacks"] = describe_stacks
