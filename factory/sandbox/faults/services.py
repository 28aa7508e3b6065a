"""Services and operations by the names that boto3 uses, and which operation an HTTP request asks for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from urllib.parse import parse_qs, unquote

import botocore.session
from botocore.model import OperationModel, ServiceModel

_PLACE = re.compile(r"\{[^}]*?(\+?)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpCall:
    """A request as it came: `headers` by lower-case name."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Route:
    """What a request of an operation looks like in the REST protocols."""

    operation: str
    method: str
    path: re.Pattern[str]
    query: Mapping[str, str]
    headers: frozenset[str]
    literal: int

    def fits(self, call: HttpCall, given: Mapping[str, list[str]]) -> bool:
        return (
            call.method == self.method
            and self.path.fullmatch(unquote(call.path)) is not None
            and all(name in given and value in ("", *given[name]) for name, value in self.query.items())
            and self.headers <= call.headers.keys()
        )


class Services:
    """botocore's service models, each read when it is first asked about."""

    def __init__(self) -> None:
        session = botocore.session.get_session()
        self.names = cache(session.get_available_services)
        self._model = cache(session.get_service_model)
        self._routes = cache(self._made_routes)

    def operations(self, service: str) -> tuple[str, ...]:
        """The operations of a service."""
        return tuple(self._model(service).operation_names)

    def signing_name(self, service: str) -> str:
        """What a request's signature calls a service; several services may have one name."""
        return str(self._model(service).signing_name)

    def errors(self, service: str, operation: str) -> frozenset[str]:
        """The error codes that the model lists for an operation, none for one that it does not have."""
        if operation not in self._model(service).operation_names:
            return frozenset()
        shapes = self._model(service).operation_model(operation).error_shapes
        return frozenset(shape.name for shape in shapes)

    def operation(self, service: str, call: HttpCall) -> str:
        """The operation that a request to a service asks for, empty where none is recognised."""
        if target := call.headers.get("x-amz-target"):
            return target.rpartition(".")[2]
        if call.path.startswith("/service/"):
            # Smithy's RPC v2 protocol: /service/{service}/operation/{operation}
            return call.path.rpartition("/")[2]
        if "x-www-form-urlencoded" in call.headers.get("content-type", ""):
            return parse_qs(call.body.decode(errors="replace")).get("Action", [""])[0]
        given = parse_qs(call.query, keep_blank_values=True)
        return next((route.operation for route in self._routes(service) if route.fits(call, given)), "")

    def _made_routes(self, service: str) -> tuple[_Route, ...]:
        """The routes of a service; the one that demands most comes first."""
        model: ServiceModel = self._model(service)
        routes = [_route(model.operation_model(name)) for name in model.operation_names]
        return tuple(sorted(routes, key=lambda route: (-len(route.query) - len(route.headers), -route.literal)))


def _route(operation: OperationModel) -> _Route:
    path, _, query = operation.http["requestUri"].partition("?")
    members = operation.input_shape.members if operation.input_shape else {}
    required = operation.input_shape.required_members if operation.input_shape else []
    by_place: dict[str, list[str]] = {"querystring": [], "header": []}
    for name in required:
        serialization = members[name].serialization
        if serialization.get("location") in by_place:
            by_place[serialization["location"]].append(serialization["name"])
    fixed = {name: values[0] for name, values in parse_qs(query, keep_blank_values=True).items()}
    pieces = _PLACE.split(path.rstrip("/"))
    # Between the literal pieces stand the pluses of the places, which reach over slashes.
    pattern = "".join(
        re.escape(piece) if index % 2 == 0 else (".+" if piece else "[^/]+") for index, piece in enumerate(pieces)
    )
    return _Route(
        operation=operation.name,
        method=operation.http["method"],
        path=re.compile(f"{pattern}/?"),
        query={**dict.fromkeys(by_place["querystring"], ""), **fixed},
        headers=frozenset(name.lower() for name in by_place["header"]),
        literal=sum(len(piece) for piece in pieces[::2]),
    )
