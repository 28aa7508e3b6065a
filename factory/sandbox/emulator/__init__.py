"""The one door to ministack: its application, its callers, its state, and the hooks into its stack engine.

No other package imports ministack. It reads its environment when it is imported, hence every import of it is inside a
function that `Emulator` calls. What is used of its private names is held by `tests/sandbox/test_emulator.py`.
"""

from __future__ import annotations

import asyncio
import contextvars
import os
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from factory.sandbox.asgi import Application, Message, Receive, Scope, Send, signature
from factory.sandbox.emulator import interruption, organizations, stores
from factory.sandbox.emulator.calls import Call, Question, questions
from factory.sandbox.emulator.corrections import correct
from factory.sandbox.emulator.permissions import Caller, Decision, Lookup, Principal, principal_arn
from factory.sandbox.emulator.provisioning import Outcome, Provisioner, Resource, provision_in_threads
from factory.sandbox.organization import OrganizationTree

__all__ = [
    "Call",
    "Caller",
    "Decision",
    "Emulator",
    "Outcome",
    "Principal",
    "Provisioner",
    "Question",
    "Resource",
    "questions",
]

# What the emulator and the Lambda functions in it may see of the environment they were started in. Everything
# else goes: the user's AWS profile, proxies, settings of another ministack.
_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "SYSTEMROOT", "VIRTUAL_ENV", "PYTHONPATH")


class Emulator:
    """ministack in this process. There can be only one: it keeps its state in its modules."""

    def __init__(
        self, *, port: int, directory: Path, region: str, organization: OrganizationTree, names: Mapping[str, str]
    ) -> None:
        """Set the environment, import ministack and found the organization.

        `port` is where it will be reached; `directory` takes every file that it or a Lambda function writes. `names`
        are the names of the organization's accounts, by id.
        """
        self._generation = 0
        self._organization = organization
        self._names = names
        self._born = contextvars.ContextVar("generation", default=0)
        self._caller: contextvars.ContextVar[Caller] = contextvars.ContextVar("caller")
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
        organizations.correct()
        organizations.found(organization, names)

    async def application(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve as an ASGI application: every AWS service that ministack has."""
        # The stack that this request may start outlives it and takes both marks along.
        self._born.set(self._generation)
        signed = signature(scope)
        self._caller.set(self.caller(signed.access_key if signed else ""))
        from ministack.core.iam_evaluator import pin_request_origin

        # Loopback stands in for TLS, which policies demand of every call (`aws:SecureTransport`).
        pin_request_origin("127.0.0.1", True)
        await self._application(scope, receive, send)

    async def reset(self) -> None:
        """Forget every account's resources and end the Lambda workers; stacks under way make nothing more.

        The organization is as it was founded.
        """
        self._generation += 1

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(_message: Message) -> None:
            return

        path = "/_ministack/reset"
        request = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": []}
        await self._application(request, receive, send)
        organizations.found(self._organization, self._names)

    def organization(self, account: str) -> OrganizationTree | None:
        """Give the organization that an account is in, as it is now; None for an account that is in none."""
        return organizations.tree_of(account)

    def busy(self) -> bool:
        """Tell whether a stack is under way."""
        return interruption.under_way()

    def save(self, left_out: Callable[[str], None]) -> Any:
        """Give every account's resources as JSON-able data; stacks under way count as failed from now on."""
        self._generation += 1
        interruption.interrupt()
        return stores.save(left_out)

    def restore(self, saved: Any) -> None:
        """Take back what `save` gave, before anything is served. Raises UnreadableError."""
        stores.restore(saved)

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

    def caller(self, access_key: str) -> Caller:
        """Give the principal that an access key belongs to, with its policies as they stand when it is first asked."""
        return Lookup(access_key)

    def trusts(self, policy: Mapping[str, Any], access_key: str, external_id: str | None) -> bool:
        """Tell whether a role's trust policy lets the principal behind an access key assume the role.

        Services are no principals of the account: a policy that trusts only them trusts nobody here.
        """
        from ministack.core.iam_evaluator import EvalContext, evaluate_trust_policy

        _, principal = self.identity(access_key)
        known = self.caller(access_key)()

        statements = policy.get("Statement", [])
        people = [
            {**statement, "Principal": {"AWS": named.get("AWS", [])} if isinstance(named, dict) else named}
            for statement in (statements if isinstance(statements, list) else [statements])
            if (named := statement.get("Principal"))
        ]
        context = EvalContext(
            principal_arn=principal_arn(principal),
            principal_type="AssumedRole" if ":assumed-role/" in principal else "Root",
            principal_account=principal.split(":")[4],
            action="sts:AssumeRole",
            resource_arn="*",
            region="",
            service_context={} if external_id is None else {"sts:externalid": external_id},
            principal_keys=dict(known.keys) if known else {},
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

    def install(
        self,
        provisioner: Provisioner,
        types: Iterable[str],
        tagged: Iterable[str],
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        """Put `provisioner` between the stack engine and its resource handlers; to be called on `loop`.

        `types` are the resource types that `provisioner` makes by itself: the engine accepts them from now on.
        `tagged` are the types to whose `Tags` the engine is to add a stack's own tags, beside those it knows.
        `loop` is the event loop that serves the application.
        """
        from ministack.services.cloudformation import provisioners

        for name in types:
            provisioners._RESOURCE_HANDLERS.setdefault(name, {})
        for name in tagged:
            provisioners._STACK_TAG_PROPERTY.setdefault(name, ("Tags", "list"))
        correct()
        provision_in_threads(provisioner, loop, self._refuse_after_reset, self._caller.get)

    def _refuse_after_reset(self) -> None:
        if self._born.get() != self._generation:
            raise RuntimeError("The sandbox was reset while the stack was under way.")
