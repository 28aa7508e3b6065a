"""Serves the embedded AWS on 127.0.0.1: Service Catalog in front, the checks on stacks, the emulator behind.

`python -m factory.sandbox.server --directory DIR --accounts hub=111111111111,dev=222222222222 --state DIR`
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import re
import shutil
import signal
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TextIO, cast
from urllib.parse import unquote

from botocore.exceptions import ClientError
from hypercorn.asyncio import serve

from factory.errors import SandboxError
from factory.sandbox import authorization, service_quotas
from factory.sandbox.amendments import Amendments
from factory.sandbox.amendments.application import amended
from factory.sandbox.asgi import Application, Message, Receive, Scope, Send, respond
from factory.sandbox.authorization import Authorization
from factory.sandbox.callers import Callers
from factory.sandbox.cbor import speaking_cbor
from factory.sandbox.clients import OWN_CALL, Clients
from factory.sandbox.demands.calls import CallDemands
from factory.sandbox.emulator import Emulator
from factory.sandbox.faults.application import Faults
from factory.sandbox.faults.connections import Listener, Listening
from factory.sandbox.faults.settings import Settings
from factory.sandbox.keeping import StateDirectory
from factory.sandbox.lifetime import end_with_this_process, leave, listen, take_claim
from factory.sandbox.organization import OrganizationTree, founded_over, read
from factory.sandbox.parts import Part, restore, save, settle
from factory.sandbox.servicecatalog import wire
from factory.sandbox.servicecatalog.core import ServiceCatalog
from factory.sandbox.stack_sets.service import StackSets
from factory.sandbox.stacks.provisioner import StackProvisioner
from factory.sandbox.stacks.requests import StackRequests
from factory.sandbox.stacks.schemas import Schemas
from factory.sandbox.state import SETTLE_SECONDS, Files, Sandbox, publish, withdraw
from factory.sandbox.types import discover, discover_fills, discover_tagged, fidelity
from factory.sandbox.types.plugin import ResourceType

_FIDELITY = re.compile(r"/_factory/fidelity/(\d{12})/([a-z0-9-]+)/(.+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """The paths under `/_factory/`, with which the sandbox itself is asked and told."""

    sandbox: Sandbox
    types: Mapping[str, ResourceType]
    emulator: Emulator
    amendments: Amendments
    catalog: ServiceCatalog
    stack_sets: StackSets
    clients: Clients
    authorization: Authorization
    directory: StateDirectory | None = None

    async def answer(self, method: str, path: str) -> tuple[int, Any]:
        """Give HTTP status and JSON body for a request."""
        match method, path:
            case "GET", "/_factory/status":
                ready = {"ready": True, "pid": self.sandbox.pid, "regions": self.sandbox.regions}
                return 200, {**ready, "accounts": dict(self.sandbox.accounts), "state": self.sandbox.state}
            case "GET", "/_factory/organization":
                tree = self.emulator.organization(self.sandbox.organization.management_account)
                return 200, tree.document() if tree else {}
            case "GET", "/_factory/types":
                declared = fidelity.table().items()
                return 200, {name: {"fidelity": kind.fidelity, "dropped": kind.dropped} for name, kind in declared}
            case "GET", _ if asked := _FIDELITY.fullmatch(path):
                return await asyncio.to_thread(self._fidelity, *asked.groups())
            case "GET", authorization.PATH:
                return 200, self.authorization.document()
            case "PUT" | "DELETE", authorization.PATH:
                self.authorization.change(enforced=method == "PUT")
                return 200, {}
            case "POST", "/_factory/reset":
                self.catalog.reset()
                self.stack_sets.reset()
                await self.emulator.reset()
                self.amendments.reset()
                if self.directory:
                    self.directory.discard()
                return 200, {}
            case _:
                return 404, {"message": f"{method} {path} is not known"}

    def _fidelity(self, account: str, region: str, stack: str) -> tuple[int, Any]:
        client = self.clients.get("cloudformation", account=account, region=region)
        try:
            return 200, fidelity.count(client, unquote(stack))
        except ClientError as error:
            return 404, {"message": str(error)}


def front(control: Control, served: Application) -> Application:
    """Put the control paths before the services."""

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/_factory/"):
            await served(scope, receive, send)
            return
        status, body = await control.answer(scope["method"], scope["path"])
        await respond(send, status, json.dumps(body).encode(), "application/json")

    return application


async def run(
    listener: socket.socket,
    accounts: Mapping[str, str],
    regions: tuple[str, ...],
    organization: OrganizationTree,
    files: Files,
    claim: TextIO,
    *,
    directory: StateDirectory | None = None,
    settle_seconds: float = SETTLE_SECONDS,
    tell: int = -1,
) -> None:
    """Serve until SIGTERM or SIGINT, with the state of `directory`, which gets the new one in the end.

    `tell` is a file descriptor that gets a line when the server is ready. Raises SandboxError where the state cannot
    be restored or saved.
    """
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)

    port = listener.getsockname()[1]
    sandbox = Sandbox(
        endpoint=f"http://127.0.0.1:{port}",
        pid=os.getpid(),
        accounts=accounts,
        regions=regions,
        organization=organization,
        state=str(directory.path) if directory else None,
    )
    emulator = Emulator(
        port=port,
        directory=files.scratch,
        region=regions[0],
        organization=organization,
        names={account: name for name, account in reversed(list(accounts.items()))},
    )
    types = discover()
    clients = Clients(sandbox.endpoint, user_agent=OWN_CALL)
    schemas = Schemas()
    accepting = Listener(os.dup(listener.fileno()))
    faults = Faults(identity=emulator.identity, cut=accepting.cut)
    emulator.install(
        faults.around(StackProvisioner(types=types, fills=discover_fills(), clients=clients, schemas=schemas)),
        types,
        discover_tagged(),
        loop,
    )
    requests = StackRequests(clients=clients, schemas=schemas, emulator=emulator)

    amendments = Amendments()
    catalog = ServiceCatalog(
        endpoint_url=sandbox.endpoint, resolve_identity=emulator.identity, organization_of=emulator.organization
    )
    stack_sets = StackSets(
        endpoint_url=sandbox.endpoint,
        identify=emulator.identity,
        caller=emulator.caller,
        parse=emulator.parse_template,
        organization=emulator.organization,
    )
    kept: dict[str, Part] = {
        "emulator": emulator,
        "amendments": amendments,
        "servicecatalog": catalog,
        "stack-sets": stack_sets,
    }
    if directory:
        sandbox = replace(sandbox, restored=restore(kept, directory, port))
    checking = Authorization(clients=clients, caller=emulator.caller, tags=catalog.tags)
    control = Control(
        sandbox=sandbox,
        types=types,
        emulator=emulator,
        amendments=amendments,
        catalog=catalog,
        stack_sets=stack_sets,
        clients=clients,
        authorization=checking,
        directory=directory,
    )
    services = service_quotas.before(amended(emulator.application, amendments, emulator.identity))
    services = CallDemands(clients=clients, identity=emulator.identity).before(services)
    callers = Callers(clients=clients, identity=emulator.identity, caller=emulator.caller, trusts=emulator.trusts)
    services = wire.application(catalog, stack_sets.before(requests.before(services)))
    services = callers.before(checking.before(services))
    application = speaking_cbor(faults.before(front(control, services)))

    def ready() -> None:
        publish(sandbox, claim, files)
        if tell >= 0:
            try:
                os.write(tell, b"ready\n")
            except BrokenPipeError:
                # Whoever started it was killed meanwhile: nobody knows of it.
                ended.set()
            os.close(tell)

    async def ending() -> None:
        await ended.wait()
        withdraw(files)
        if directory:
            # AWS would go on with what was begun; it is served as long as that takes.
            await settle(kept, settle_seconds)

    config = Listening(accepting)
    config.loglevel = "WARNING"
    config.graceful_timeout = 0.5
    config.keep_alive_timeout = 75
    application = _announcing(ready, application)
    await serve(cast(Any, application), config, mode="asgi", shutdown_trigger=ending)
    try:
        if directory:
            save(kept, sandbox, directory)
    finally:
        faults.change(Settings())
        await emulator.reset()


def _announcing(ready: Any, served: Application) -> Application:
    """Call `ready` as soon as `served` is up."""

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            await send(message)
            if message["type"] == "lifespan.startup.complete":
                ready()

        await served(scope, receive, sending if scope["type"] == "lifespan" else send)

    return application


def _pairs(text: str) -> dict[str, str]:
    return dict(pair.split("=", 1) for pair in text.split(","))


def main() -> None:
    """Serve with what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--directory", type=Path, required=True, help="the project whose sandbox this is")
    parser.add_argument("--port", type=int, default=0, help="any free one unless given")
    parser.add_argument("--accounts", type=_pairs, default="hub=000000000000", help="NAME=ID,…")
    parser.add_argument("--regions", default="us-east-1", help="REGION,…; the first one is the hub's")
    parser.add_argument("--organization", type=json.loads, help="the organization over the accounts, as JSON")
    parser.add_argument("--state", type=Path, help="where its state is kept from one start to the next")
    parser.add_argument("--settle", type=float, default=SETTLE_SECONDS, help="seconds to wait for what is under way")
    parser.add_argument("--claim", type=int, default=-1, help="a file descriptor of the claim that was made for it")
    parser.add_argument("--ready", type=int, default=-1, help="a file descriptor to write to when ready")
    given = parser.parse_args()
    files = Files.of(given.directory)
    try:
        _serve(given, files, take_claim(files, given.claim))
    except SandboxError as error:
        sys.stderr.write(f"{error.message}\n" + (f"hint: {error.hint}\n" if error.hint else ""))
        leave(1)
    leave(0)


def _serve(given: argparse.Namespace, files: Files, claim: TextIO) -> None:
    """Serve, and leave no process and no file behind."""
    accounts, regions = given.accounts, tuple(given.regions.split(","))
    organization = read(given.organization) if given.organization else founded_over(accounts)
    directory = StateDirectory(path=given.state.resolve()) if given.state else None
    end_with_this_process()
    try:
        header = None
        if directory:
            directory.hold()
            header = directory.check(accounts, regions, organization)
        # Addresses stay what they were, as long as nobody else took the port.
        listener = listen(given.port, preferred=header.port if header else 0)
        # No asyncio.run: in the end it would wait for threads in which stacks wait for functions.
        asyncio.new_event_loop().run_until_complete(
            run(
                listener,
                accounts,
                regions,
                organization,
                files,
                claim,
                directory=directory,
                settle_seconds=given.settle,
                tell=given.ready,
            )
        )
    finally:
        for path in (files.state, files.claim):
            path.unlink(missing_ok=True)
        shutil.rmtree(files.scratch, ignore_errors=True)
        with contextlib.suppress(OSError):
            files.folder.rmdir()


if __name__ == "__main__":
    main()
