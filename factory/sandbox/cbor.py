"""Answers clients that speak Smithy RPC v2 CBOR by speaking AWS JSON to the services.

Smithy 2.0, "Smithy RPC v2 CBOR protocol". AWS's models name it first for many services that also know AWS JSON,
Service Catalog among them; which of the two it speaks is up to the client.
"""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

import botocore.session
import cbor2
from botocore.exceptions import UnknownServiceError
from botocore.model import ListShape, MapShape, ServiceModel, Shape, StructureShape

from factory.sandbox.asgi import Answer, Application, Receive, Scope, Send, read_body, replaying, respond, signature

_PATH = re.compile(r"/service/([^/]+)/operation/([^/]+)")
_KIND = "application/cbor"
_PROTOCOL = (b"smithy-protocol", b"rpc-v2-cbor")
_CHANGED = frozenset({b"accept", b"content-length", b"content-type", b"smithy-protocol"})
# CloudWatch, for which the emulator speaks CBOR by itself.
_LEFT_ALONE = frozenset({"GraniteServiceVersion20100801"})
# Services that are signed for by another name than botocore's.
_NAMES = {"tagging": "resourcegroupstaggingapi"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Called:
    """What a request asks for; `model` is that of the service where botocore has one."""

    target: str
    operation: str
    model: ServiceModel | None

    @property
    def json_version(self) -> str:
        return str(self.model.metadata.get("jsonVersion", "1.1")) if self.model else "1.1"

    @property
    def output(self) -> Shape | None:
        if self.model is None or self.operation not in self.model.operation_names:
            return None
        return self.model.operation_model(self.operation).output_shape


def speaking_cbor(served: Application) -> Application:
    """Give `served`, which speaks AWS JSON, as an application that speaks CBOR too."""

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        called = _called(scope)
        if called is None:
            await served(scope, receive, send)
            return
        body = await read_body(receive)
        try:
            request = _as_json(body)
        except (cbor2.CBORDecodeError, TypeError, ValueError):
            refusal = {"__type": "SerializationException", "message": "The request is not valid CBOR."}
            await respond(send, 400, cbor2.dumps(refusal), _KIND)
            return
        answer = Answer()
        await served(_asking_in_json(scope, called, len(request)), replaying(request, receive), answer.send)
        # Where a fault ended the connection, nobody waits for an answer.
        if answer.started:
            _into_cbor(answer, called.output)
            await answer.hand_on(send)

    return application


def _called(scope: Scope) -> _Called | None:
    if scope["type"] != "http":
        return None
    is_cbor = any(name.lower() == _PROTOCOL[0] and value == _PROTOCOL[1] for name, value in scope["headers"])
    found = _PATH.fullmatch(scope["path"])
    if not is_cbor or found is None or found[1] in _LEFT_ALONE:
        return None
    signed = signature(scope)
    return _Called(target=found[1], operation=found[2], model=_model(signed.service) if signed else None)


@cache
def _model(signing_name: str) -> ServiceModel | None:
    try:
        return botocore.session.get_session().get_service_model(_NAMES.get(signing_name, signing_name))
    except UnknownServiceError:
        return None


def _as_json(body: bytes) -> bytes:
    """Give a body in JSON. Raises CBORDecodeError, TypeError and ValueError for what has no place there."""
    return json.dumps(cbor2.loads(body) if body else {}, default=_plain, allow_nan=False).encode()


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return value.timestamp()
        case bytes():
            return base64.b64encode(value).decode()
    raise TypeError(type(value).__name__)


def _asking_in_json(scope: Scope, called: _Called, length: int) -> Scope:
    headers = [pair for pair in scope["headers"] if pair[0].lower() not in _CHANGED]
    headers += [
        (b"content-type", f"application/x-amz-json-{called.json_version}".encode()),
        (b"content-length", str(length).encode()),
        (b"x-amz-target", f"{called.target}.{called.operation}".encode()),
    ]
    return {**scope, "path": "/", "raw_path": b"/", "headers": headers}


def _into_cbor(answer: Answer, output: Shape | None) -> None:
    """Bring an answer into CBOR; one that isn't JSON stays as it is."""
    try:
        content = json.loads(answer.body or b"{}")
    except ValueError:
        return
    typed = content if answer.status >= 300 else _typed(output, content)
    answer.body = cbor2.dumps(typed, datetime_as_timestamp=True)
    kept = [pair for pair in answer.headers if pair[0].lower() not in _CHANGED]
    answer.headers = [*kept, (b"content-type", _KIND.encode()), _PROTOCOL]


def _typed(shape: Shape | None, value: Any) -> Any:
    """Give a value with the types that CBOR has and JSON has not: times and bytes."""
    match shape, value:
        case StructureShape(), dict():
            return {name: _typed(shape.members.get(name), item) for name, item in value.items()}
        case MapShape(), dict():
            return {name: _typed(shape.value, item) for name, item in value.items()}
        case ListShape(), list():
            return [_typed(shape.member, item) for item in value]
        case Shape(type_name="timestamp"), int() | float():
            return datetime.fromtimestamp(value, UTC)
        case Shape(type_name="blob"), str():
            return base64.b64decode(value)
    return value
