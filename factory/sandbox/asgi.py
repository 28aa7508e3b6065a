"""What is common to everything that stands in front of the emulator: who signed a request, and its body read twice."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

_CREDENTIAL = re.compile(rb"Credential=([^/,\s]+)/\d{8}/([^/,\s]+)/([^/,\s]+)/aws4_request")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """What a request's signature says: whose key, and for which region and service. It is not verified."""

    access_key: str
    region: str
    service: str


def signature(scope: Scope) -> Signature | None:
    """Give the signature of a request; None if it has none in its headers."""
    if scope["type"] != "http":
        return None
    for name, value in scope["headers"]:
        if name.lower() == b"authorization" and (found := _CREDENTIAL.search(value)):
            access_key, region, service = (part.decode("latin-1") for part in found.groups())
            return Signature(access_key=access_key, region=region, service=service)
    return None


async def read_body(receive: Receive) -> bytes:
    """Read the whole body of a request."""
    chunks = []
    while True:
        message = await receive()
        chunks.append(message.get("body", b""))
        if message["type"] != "http.request" or not message.get("more_body"):
            return b"".join(chunks)


def replaying(body: bytes, receive: Receive) -> Receive:
    """Give a `receive` that hands out `body` first."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replayed() -> Message:
        return messages.pop() if messages else await receive()

    return replayed


@dataclass(slots=True, kw_only=True)
class Answer:
    """What a request was answered, kept back. `started` tells whether there was an answer at all."""

    status: int = 500
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""
    started: bool = False

    async def send(self, message: Message) -> None:
        """Take a message of the answer."""
        if message["type"] == "http.response.start":
            self.status, self.headers, self.started = message["status"], list(message["headers"]), True
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")

    async def hand_on(self, send: Send) -> None:
        """Send the answer as it stands now."""
        length = (b"content-length", str(len(self.body)).encode())
        headers = [pair for pair in self.headers if pair[0].lower() != b"content-length"]
        await send({"type": "http.response.start", "status": self.status, "headers": [*headers, length]})
        await send({"type": "http.response.body", "body": self.body})


async def respond(send: Send, status: int, body: bytes, content_type: str) -> None:
    """Answer a request at once."""
    headers = [(b"content-type", content_type.encode()), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
