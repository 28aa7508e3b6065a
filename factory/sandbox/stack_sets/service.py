"""Requests in, answers out: the operations on stack sets in front of the emulator's CloudFormation."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

from factory.sandbox.asgi import Application, Receive, Scope, Send, read_body, replaying, respond, signature
from factory.sandbox.emulator import Caller
from factory.sandbox.serialization import UnreadableError, held_if_possible, read, write
from factory.sandbox.servicecatalog.endpoint import Endpoint
from factory.sandbox.servicecatalog.errors import ServiceError
from factory.sandbox.servicecatalog.model import Model
from factory.sandbox.stack_sets import interruption, wire
from factory.sandbox.stack_sets.auto_deployment import follow, follows
from factory.sandbox.stack_sets.deployment import Deployment
from factory.sandbox.stack_sets.operations import access, definitions, history, instances
from factory.sandbox.stack_sets.organization import Organization, owner
from factory.sandbox.stack_sets.request import Request, check_caller
from factory.sandbox.stack_sets.runs import Runs
from factory.sandbox.stack_sets.state import State

OPERATIONS: Mapping[str, Callable[[Request], Mapping[str, Any]]] = {
    "ActivateOrganizationsAccess": access.activate,
    "CreateStackInstances": instances.create,
    "CreateStackSet": definitions.create,
    "DeactivateOrganizationsAccess": access.deactivate,
    "DeleteStackInstances": instances.delete,
    "DeleteStackSet": definitions.delete,
    "DescribeOrganizationsAccess": access.describe,
    "DescribeStackInstance": instances.describe,
    "DescribeStackSet": definitions.describe,
    "DescribeStackSetOperation": history.describe,
    "ListStackInstances": instances.list_all,
    "ListStackSetOperationResults": history.list_results,
    "ListStackSetOperations": history.list_all,
    "ListStackSets": definitions.list_all,
    "StopStackSetOperation": history.stop,
    "UpdateStackInstances": instances.update,
    "UpdateStackSet": definitions.update,
}
# Answered by CloudFormation whatever the model lists for an operation.
_COMMON = frozenset(
    {"AccessDenied", "InsufficientCapabilitiesException", "MalformedInput", "StackSetNotFoundException"}
)
# Operations wait for calls into the same server, so they need threads that the emulator does not need itself.
_THREADS = 8
_log = logging.getLogger(__name__)


class StackSets:
    """The stack sets of every account and region, with stacks at the CloudFormation behind `endpoint_url`.

    `identify` gives account and ARN of an access key, raising KeyError for an unknown one, `caller` its principal.
    `parse` reads a template, raising ValueError; `organization` gives the organization. All that is remembered is in
    `state`.
    """

    def __init__(
        self,
        *,
        endpoint_url: str,
        identify: Callable[[str], tuple[str, str]],
        caller: Callable[[str], Caller],
        parse: Callable[[str], Mapping[str, Any]],
        organization: Organization = lambda _: None,
        clock: Callable[[], float] = time.time,
        poll_seconds: float = 0.2,
    ) -> None:
        self._endpoint = Endpoint(endpoint_url)
        self._identify = identify
        self._caller = caller
        self._parse = parse
        self._organization = organization
        self._clock = clock
        self._poll_seconds = poll_seconds
        self._lock = threading.RLock()
        self.state = State()
        self._runs = self._new_runs()

    @cached_property
    def _model(self) -> Model:
        # Loading it takes a while; a sandbox may never need it.
        return Model("cloudformation")

    def before(self, served: Application) -> Application:
        """Give an application that answers the operations on stack sets and hands the rest on to `served`."""
        threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="stack-sets")

        async def application(scope: Scope, receive: Receive, send: Send) -> None:
            signed = signature(scope)
            if signed is None or signed.service != "cloudformation":
                await served(scope, receive, send)
                if signed is not None and signed.service == "organizations":
                    loop = asyncio.get_running_loop()
                    await loop.run_in_executor(threads, self.follow, signed.access_key)
                return
            body = await read_body(receive)
            form = dict(parse_qsl(body.decode(), keep_blank_values=True))
            if form.get("Action") not in OPERATIONS:
                await served(scope, replaying(body, receive), send)
                return
            loop = asyncio.get_running_loop()
            status, answered = await loop.run_in_executor(
                threads, self._respond, form, signed.access_key, signed.region
            )
            await respond(send, status, answered, "text/xml")

        return application

    def reset(self) -> None:
        """Forget everything; operations under way end quietly."""
        with self._lock:
            self._runs.abandon()
            self.state = State()
            self._runs = self._new_runs()

    def busy(self) -> bool:
        """Tell whether an operation is under way."""
        return interruption.under_way(self.state)

    def save(self, left_out: Callable[[str], None]) -> Any:
        """Give everything as JSON-able data; what is under way counts as failed, and is followed no more."""
        self._runs.abandon()
        with held_if_possible(self._lock):
            interruption.interrupt(self.state, self._clock())
            return write(self.state, left_out)

    def restore(self, saved: Any) -> None:
        """Take back what `save` gave. Raises UnreadableError."""
        state = read(saved)
        if not isinstance(state, State):
            raise UnreadableError("no state of stack sets")
        with self._lock:
            self.state = state
            self._runs = self._new_runs()

    def follow(self, access_key: str) -> None:
        """Let stack sets with automatic deployment follow the organization that an access key's account is in."""
        with self._lock:
            try:
                tree = self._organization(self._identify(access_key)[0])
            except KeyError:
                return
            if tree is None:
                return
            for stack_set in list(self.state.stack_sets.values()):
                if follows(stack_set, self.state, tree):
                    request = self._request("AutoDeployment", {}, stack_set.account, stack_set.region)
                    follow(request, stack_set, tree)

    def _new_runs(self) -> Runs:
        deployment = Deployment(
            endpoint=self._endpoint,
            caller=self._caller,
            poll_seconds=self._poll_seconds,
            abandoned=threading.Event(),
        )
        return Runs(self.state, deployment, self._lock, self._clock)

    def _respond(self, form: Mapping[str, str], access_key: str, region: str) -> tuple[int, bytes]:
        operation = form["Action"]
        shape_in, shape_out = self._model.shapes(operation)
        try:
            parameters = wire.read(shape_in, form) if shape_in is not None else {}
            result = self.handle(operation, parameters, access_key, region)
            return 200, wire.answered(operation, shape_out, result)
        except ServiceError as error:
            return error.status, wire.refused(error)
        except Exception:
            _log.exception("%s failed", operation)
            failure = ServiceError("InternalFailure", f"{operation} failed; the sandbox's log says why.", status=500)
            return 500, wire.refused(failure)

    def handle(self, operation: str, parameters: Mapping[str, Any], access_key: str, region: str) -> Mapping[str, Any]:
        """Carry out an operation and answer its result, as plain data with times in epoch seconds.

        Raises ServiceError with a code that the model lists for the operation, or one of CloudFormation's own.
        """
        try:
            has_input = self._model.shapes(operation)[0] is not None
            accepted = self._model.accept(operation, parameters) if has_input else {}
            with self._lock:
                request = self._request(operation, accepted, access_key, region)
                check_caller(request)
                result = OPERATIONS[operation](request)
                return self._model.answer(operation, result)
        except ServiceError as error:
            if error.code in self._model.error_codes(operation) | _COMMON:
                raise
            raise ServiceError("ValidationError", error.message) from error

    def _request(self, operation: str, parameters: Mapping[str, Any], access_key: str, region: str) -> Request:
        account, _ = self._identify(access_key)
        return Request(
            operation=operation,
            parameters=parameters,
            account=account,
            owner=owner(self._organization, account, parameters.get("CallAs")),
            region=region,
            caller=self._caller(access_key),
            now=self._clock(),
            state=self.state,
            endpoint=self._endpoint,
            parse=self._parse,
            organization=self._organization,
            runs=self._runs,
        )
