"""AWS JSON 1.1 over ASGI: requests for Service Catalog are answered, everything else is passed through."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import uuid
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from factory.sandbox.servicecatalog.core import ServiceCatalog
from factory.sandbox.servicecatalog.errors import ServiceError

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

_log = logging.getLogger(__name__)
_CREDENTIAL = re.compile(r"Credential=(?P<key>[^/,\s]+)/\d{8}/(?P<region>[^/,\s]+)/[^/,\s]+/aws4_request")
_CONTENT_TYPE = b"application/x-amz-json-1.1"
# Operations wait for calls into the same server, so they need threads that the emulator does not need itself.
_THREADS = 16


def application(core: ServiceCatalog, passthrough: Application) -> Application:
    """The ASGI application: Service Catalog in front of `passthrough`, told apart by the X-Amz-Target header."""
    prefix = core.model.target_prefix + "."
    threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="servicecatalog")

    async def answer(scope: Message, receive: Receive, send: Send) -> None:
        headers = _headers(scope) if scope["type"] == "http" else {}
        target = headers.get("x-amz-target", "")
        if not target.startswith(prefix):
            await passthrough(scope, receive, send)
            return
        body = await _body(receive)
        loop = asyncio.get_running_loop()
        status, answered = await loop.run_in_executor(
            threads, _respond, core, target.removeprefix(prefix), headers, body
        )
        await _send(send, status, answered)

    return answer


def _respond(core: ServiceCatalog, operation: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, Any]]:
    try:
        signature = _CREDENTIAL.search(headers.get("authorization", ""))
        if signature is None:
            raise ServiceError("MissingAuthenticationTokenException", "Missing Authentication Token", status=403)
        caller = core.caller(signature["key"], signature["region"], headers.get("x-amz-security-token"))
        try:
            parameters = json.loads(body or b"{}")
        except (ValueError, RecursionError) as error:
            raise ServiceError("SerializationException", "The request is not valid JSON.") from error
        return 200, core.handle(operation, parameters, caller)
    except ServiceError as error:
        return error.status, {"__type": error.code, "message": error.message}
    except Exception:
        _log.exception("%s failed", operation)
        return 500, {"__type": "InternalFailure", "message": f"{operation} failed; the sandbox's log says why."}


def _headers(scope: Message) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}


async def _body(receive: Receive) -> bytes:
    chunks = []
    while True:
        message = await receive()
        chunks.append(message.get("body", b""))
        if message["type"] != "http.request" or not message.get("more_body"):
            return b"".join(chunks)


async def _send(send: Send, status: int, answered: dict[str, Any]) -> None:
    content = json.dumps(answered).encode()
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [
                (b"content-type", _CONTENT_TYPE),
                (b"content-length", str(len(content)).encode()),
                (b"x-amzn-requestid", str(uuid.uuid4()).encode()),
            ],
        }
    )
    await send({"type": "http.response.body", "body": content})
