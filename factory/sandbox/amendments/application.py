"""Puts the amended operations in front of the emulator's ASGI application."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from urllib.parse import parse_qs

from factory.sandbox.amendments import Amendments
from factory.sandbox.amendments.query import Answer
from factory.sandbox.asgi import Application, Message, Receive, Scope, Send

# Source: AWS General Reference, "Signature Version 4 signing process", credential scope.
_CREDENTIAL = re.compile(r"Credential=([^/]+)/\d+/([^/]+)/([^/]+)/aws4_request")


def amended(served: Application, amendments: Amendments, identify: Callable[[str], tuple[str, str]]) -> Application:
    """Give `served` with the amended operations answered in front of it.

    `identify` gives account and principal of an access key, and raises KeyError for an unknown one.
    """

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        caller = _caller(scope)
        if caller is None:
            await served(scope, receive, send)
            return
        key, region, service = caller
        form = await _body(receive)
        operation = parse_qs(form.decode(errors="replace")).get("Action", [""])[0]
        try:
            account, _ = identify(key)
        except KeyError:
            operation = ""
        if not amendments.handles(service, operation):
            await served(scope, _replayed(form), send)
            return

        async def forward(other: bytes) -> Answer:
            return await _forwarded(served, scope, other)

        status, body = await amendments.answer(form, account=account, region=region, forward=forward)
        headers = [(b"content-type", b"text/xml;charset=UTF-8")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return application


def _caller(scope: Scope) -> tuple[str, str, str] | None:
    """Give access key, region and service of an EC2 call; None for any other request."""
    if scope["type"] != "http" or scope["method"] != "POST":
        return None
    for name, value in scope["headers"]:
        if name.lower() == b"authorization" and (found := _CREDENTIAL.search(value.decode("latin-1"))):
            return (found[1], found[2], found[3]) if found[3] == "ec2" else None
    return None


async def _body(receive: Receive) -> bytes:
    parts: list[bytes] = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if message["type"] != "http.request" or not message.get("more_body"):
            return b"".join(parts)


def _replayed(body: bytes) -> Receive:
    """Give a body that was read already to be read once more."""
    messages = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def receive() -> Message:
        for message in messages:
            return message
        await asyncio.Event().wait()
        raise AssertionError("never set")

    return receive


async def _forwarded(served: Application, scope: Scope, form: bytes) -> Answer:
    status, parts = 500, []
    others = [(name, value) for name, value in scope["headers"] if name.lower() != b"content-length"]
    length = (b"content-length", str(len(form)).encode())

    async def send(message: Message) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
        else:
            parts.append(message.get("body", b""))

    await served({**scope, "headers": [*others, length]}, _replayed(form), send)
    return status, b"".join(parts)
