"""Puts the amended operations in front of the emulator's ASGI application."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs

from factory.sandbox.amendments import Amendments
from factory.sandbox.amendments.query import Answer
from factory.sandbox.asgi import (
    Application,
    Message,
    Receive,
    Scope,
    Send,
    read_body,
    replaying,
    respond,
    signature,
)

_CONTENT_TYPES = {
    "ec2": "text/xml;charset=UTF-8",
    "ecs": "application/x-amz-json-1.1",
    "elasticloadbalancing": "text/xml",
}


def amended(served: Application, amendments: Amendments, identify: Callable[[str], tuple[str, str]]) -> Application:
    """Give `served` with the amended operations answered in front of it.

    `identify` gives account and principal of an access key, and raises KeyError for an unknown one.
    """

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        signed = signature(scope)
        if signed is None or signed.service not in _CONTENT_TYPES or scope["method"] != "POST":
            await served(scope, receive, send)
            return
        body = await read_body(receive)
        operation = _operation(scope, body)
        try:
            account, _ = identify(signed.access_key)
        except KeyError:
            operation = ""
        if not amendments.handles(signed.service, operation):
            await served(scope, replaying(body, receive), send)
            return

        async def forward(other: bytes) -> Answer:
            return await _forwarded(served, scope, receive, other)

        status, answer = await amendments.answer(
            signed.service, operation, body, account=account, region=signed.region, forward=forward
        )
        await respond(send, status, answer, _CONTENT_TYPES[signed.service])

    return application


def _operation(scope: Scope, body: bytes) -> str:
    """Give the operation's name: the JSON protocol has it in a header, the query protocol in the form."""
    for name, value in scope["headers"]:
        if name.lower() == b"x-amz-target":
            return str(value.decode("latin-1")).rpartition(".")[2]
    return parse_qs(body.decode(errors="replace")).get("Action", [""])[0]


async def _forwarded(served: Application, scope: Scope, receive: Receive, body: bytes) -> Answer:
    status, parts = 500, []
    others = [(name, value) for name, value in scope["headers"] if name.lower() != b"content-length"]
    length = (b"content-length", str(len(body)).encode())

    async def send(message: Message) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
        else:
            parts.append(message.get("body", b""))

    await served({**scope, "headers": [*others, length]}, replaying(body, receive), send)
    return status, b"".join(parts)
