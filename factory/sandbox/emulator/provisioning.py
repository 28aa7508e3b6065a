"""The hooks into ministack's stack engine: every resource passes a `Provisioner`, in a thread of its own."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from factory.sandbox.emulator.permissions import Caller

Result = TypeVar("Result")
Outcome = tuple[str, dict[str, Any]]
# Its template may have changed where its properties have not.
_NESTED = "AWS::CloudFormation::Stack"


def _root() -> None:
    """Stand for an account's root."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A resource of a stack that is about to be made, changed or removed, its properties resolved.

    `caller` gives whose request the stack follows.
    """

    type: str
    logical_id: str
    stack_name: str
    account: str
    region: str
    properties: Mapping[str, Any]
    physical_id: str | None = None
    old_properties: Mapping[str, Any] | None = None
    caller: Caller = _root


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


def provision_in_threads(
    provisioner: Provisioner, loop: asyncio.AbstractEventLoop, check: Callable[[], None], caller: Callable[[], Caller]
) -> None:
    """Handle every resource in a thread of its own: its stack can be watched, and it can call back.

    ministack's own handlers still run on the event loop, one at a time: they share dictionaries with the
    request handlers, which nothing interrupts there. `caller` gives the caller of the request that the current
    stack follows.
    """
    from ministack.services.cloudformation import provisioners, stacks

    carrier = _Carrier(loop, check)
    create, update, delete = (
        provisioners._provision_resource,
        provisioners._update_resource,
        provisioners._delete_resource,
    )
    blocks = stacks._runs_on_worker_thread

    def provision_resource(kind: str, logical_id: str, properties: dict[str, Any], stack: str) -> Any:
        def native() -> Any:
            return create(kind, logical_id, properties, stack)

        if carrier.is_here():
            return native()

        def discard(physical_id: str) -> None:
            delete(kind, physical_id, properties, stack, logical_id)

        resource = _resource(check, caller(), kind, logical_id, stack, properties)
        if blocks(kind):
            return provisioner.create(resource, native, discard)
        return provisioner.create(
            resource,
            carrier.calling(native),
            lambda physical_id: carrier.calling(lambda: discard(physical_id))(),
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

        if carrier.is_here() or (old == new and kind != _NESTED):
            return native()
        resource = _resource(check, caller(), kind, logical_id, stack, new, physical_id=physical_id, old=old)
        return provisioner.update(resource, native if blocks(kind) else carrier.calling(native))

    def delete_resource(
        kind: str,
        physical_id: str,
        properties: dict[str, Any],
        stack: str | None = None,
        logical_id: str | None = None,
    ) -> None:
        def native() -> None:
            delete(kind, physical_id, properties, stack, logical_id)

        if carrier.is_here():
            native()
            return
        resource = _resource(check, caller(), kind, logical_id, stack, properties, physical_id=physical_id)
        provisioner.delete(resource, native if blocks(kind) else carrier.calling(native))

    # What a handler replaces is made inside `provisioners`, all else inside `stacks`: each looks at home first.
    for module in (provisioners, stacks):
        module._provision_resource = provision_resource
        module._update_resource = update_resource
        module._delete_resource = delete_resource
    stacks._runs_on_worker_thread = lambda _kind: True


def _resource(
    check: Callable[[], None],
    caller: Caller,
    kind: str,
    logical_id: str | None,
    stack: str | None,
    properties: dict[str, Any],
    *,
    physical_id: str | None = None,
    old: dict[str, Any] | None = None,
) -> Resource:
    from ministack.core.responses import get_account_id, get_region

    check()
    return Resource(
        type=kind,
        logical_id=logical_id or "",
        stack_name=stack or "",
        account=get_account_id(),
        region=get_region(),
        properties=properties,
        physical_id=physical_id,
        old_properties=old,
        caller=caller,
    )


class _Carrier:
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
