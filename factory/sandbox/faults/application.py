"""The faults that are in force: hurts calls in front of the services, and resources where stacks are made."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from factory.errors import ManifestError
from factory.sandbox.asgi import Answer, Application, Receive, Scope, Send, read_body, replaying, respond, signature
from factory.sandbox.clients import OWN_CALL
from factory.sandbox.emulator import Provisioner
from factory.sandbox.faults import answers
from factory.sandbox.faults.firing import InForce
from factory.sandbox.faults.lag import WRITES
from factory.sandbox.faults.provisioning import HurtProvisioner
from factory.sandbox.faults.reading import read_data
from factory.sandbox.faults.services import HttpCall, Services
from factory.sandbox.faults.settings import ANY, CallFault, Kind, Settings

PATH = "/_factory/faults"
_CONTROL = "/_factory/"
_RESET = ("POST", "/_factory/reset")
_CATALOG = "servicecatalog"
_NOT_FOUND = answers.Refusal(code="ResourceNotFoundException", message="The resource was not found.", status=400)
# A connection that was cut ends by itself; this is for one that was gone before.
_GONE_SECONDS = 5.0

_REFUSED = frozenset({Kind.THROTTLE, Kind.SERVER_ERROR})
_BEFORE = frozenset({Kind.TIMEOUT_BEFORE, Kind.DROP_BEFORE})
_HANGING = frozenset({Kind.TIMEOUT_BEFORE, Kind.TIMEOUT_AFTER})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    """A signed call, with what a fault may be for. `service` is the signature's name."""

    service: str
    account: str
    http: HttpCall


class Faults:
    """The faults in force. `identity` gives account and ARN of an access key, or raises KeyError.

    `cut` ends the connection with a peer. What the sandbox calls itself is never hurt, nor what isn't signed in its
    headers.
    """

    def __init__(
        self,
        *,
        identity: Callable[[str], tuple[str, str]],
        cut: Callable[[Any], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._identity = identity
        self._cut = cut
        self._clock = clock
        self._services = Services()
        self._now = InForce(Settings(), clock)

    def change(self, settings: Settings) -> None:
        """Put other settings in force, with counters at zero. A resource that is taking its time goes on at once."""
        before, self._now = self._now, InForce(settings, self._clock)
        before.ended.set()

    def around(self, provisioner: Provisioner) -> Provisioner:
        """Give a provisioner whose resources fail or take long as the settings say."""
        return HurtProvisioner(inner=provisioner, hurt=lambda resource, step: self._now.hurt(resource, step))

    def before(self, served: Application) -> Application:
        """Give an application that hurts calls to `served`, and shows and changes the settings."""

        async def application(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await served(scope, receive, send)
            elif scope["path"] == PATH:
                await self._control(scope["method"], receive, send)
            elif scope["path"].startswith(_CONTROL):
                await served(scope, receive, send)
                if (scope["method"], scope["path"]) == _RESET:
                    self.change(self._now.settings)
            elif self._now.calls and not _is_own(scope):
                await self._call(served, scope, receive, send)
            else:
                await served(scope, receive, send)

        return application

    async def _control(self, method: str, receive: Receive, send: Send) -> None:
        status = 200
        try:
            if method == "PUT":
                settings = await asyncio.to_thread(_parsed, await read_body(receive), self._services)
                self.change(settings)
            elif method == "DELETE":
                self.change(Settings())
            document = self._now.document()
        except (ManifestError, ValueError) as error:
            status, document = 400, {"message": str(error)}
        if method not in ("GET", "PUT", "DELETE"):
            status, document = 405, {"message": f"{method} {PATH} is not known"}
        await respond(send, status, json.dumps(document).encode(), "application/json")

    async def _call(self, served: Application, scope: Scope, receive: Receive, send: Send) -> None:
        now = self._now
        signed = signature(scope)
        try:
            account, _ = self._identity(signed.access_key if signed else "")
        except KeyError:
            signed = None
        if signed is None:
            await served(scope, receive, send)
            return
        body = await read_body(receive)
        call = _Call(service=signed.service, account=account, http=_http(scope, body))
        through = replaying(body, receive)
        fault = await self._fault(now, call)
        if fault is None:
            if call.service == _CATALOG and now.lags:
                answer = await self._answer(now, call, served, scope, through)
                await answer.hand_on(send)
            else:
                await served(scope, through, send)
        elif fault.kind in _REFUSED:
            await _refuse(fault, call, send)
        else:
            if fault.kind not in _BEFORE:
                await self._answer(now, call, served, scope, through)
            if fault.kind in _HANGING:
                await _disconnected(receive, fault.seconds or 0)
            self._cut(tuple(scope["client"]))
            await _disconnected(receive, _GONE_SECONDS)

    async def _fault(self, now: InForce, call: _Call) -> CallFault | None:
        """The first fault that ends a call; those that delay it have had their way."""
        for fault, trigger in now.calls:
            if fault.kind is Kind.READ_LAG or not self._is_for(fault, call) or not trigger.fires():
                continue
            if fault.kind is not Kind.DELAY:
                return fault
            await asyncio.sleep(fault.seconds or 0)
        return None

    def _is_for(self, fault: CallFault, call: _Call) -> bool:
        if fault.account not in (None, call.account):
            return False
        if fault.service == ANY:
            return True
        if self._services.signing_name(fault.service) != call.service:
            return False
        return fault.operation == ANY or fnmatchcase(
            self._services.operation(fault.service, call.http), fault.operation
        )

    async def _answer(self, now: InForce, call: _Call, served: Application, scope: Scope, receive: Receive) -> Answer:
        """Let the services answer, with what lags missing. Only the JSON protocol is read for that."""
        answer = Answer()
        request = _data(call.http.body) if call.service == _CATALOG and "x-amz-target" in call.http.headers else None
        if request is None or not now.lags:
            await served(scope, receive, answer.send)
            return answer
        operation = self._services.operation(_CATALOG, call.http)
        may_refuse = _NOT_FOUND.code in self._services.errors(_CATALOG, operation)
        if may_refuse and now.lag.refuses(operation, call.account, request):
            body, content_type = answers.worded(_NOT_FOUND, call.service, call.http)
            return Answer(status=_NOT_FOUND.status, headers=[(b"content-type", content_type.encode())], body=body)
        await served(scope, receive, answer.send)
        answered = _data(answer.body)
        if answer.status != 200 or answered is None:
            return answer
        if operation in WRITES:
            for fault, trigger in now.calls:
                if fault.kind is Kind.READ_LAG and self._is_for(fault, call) and trigger.fires():
                    now.lag.hide(operation, call.account, request, answered, seconds=fault.seconds, reads=fault.reads)
        else:
            answer.body = json.dumps(now.lag.without(operation, call.account, request, answered)).encode()
        return answer


def _is_own(scope: Scope) -> bool:
    """Whether the sandbox made the call itself; what AWS does behind its services isn't seen by clients either."""
    return any(name.lower() == b"user-agent" and OWN_CALL.encode() in value for name, value in scope["headers"])


def _http(scope: Scope, body: bytes) -> HttpCall:
    return HttpCall(
        method=scope["method"],
        path=scope["path"],
        query=scope["query_string"].decode("latin-1"),
        headers={name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]},
        body=body,
    )


def _parsed(body: bytes, services: Services) -> Settings:
    return read_data(json.loads(body), services)


def _data(body: bytes) -> Mapping[str, Any] | None:
    """An object in JSON; None for anything else."""
    try:
        data = json.loads(body or b"{}")
    except ValueError:
        return None
    return data if isinstance(data, dict) else None


async def _refuse(fault: CallFault, call: _Call, send: Send) -> None:
    if fault.kind is Kind.THROTTLE:
        refusal = answers.throttled(call.service, call.http)
    else:
        refusal = answers.failed(call.service, fault.status or 503)
    body, content_type = answers.worded(refusal, call.service, call.http)
    await respond(send, refusal.status, body, content_type)


async def _disconnected(receive: Receive, seconds: float) -> None:
    """Wait until the client is gone, at most so long."""

    async def gone() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    try:
        await asyncio.wait_for(gone(), seconds)
    except TimeoutError:
        return
