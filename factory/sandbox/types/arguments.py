"""Template properties as the arguments of a service call: names, nesting and types by botocore's service model."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def arguments(client: Any, operation: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    """Give those of `properties` that `operation` (its API name, `CreateService`) takes, as it takes them.

    Names are matched without regard to case, at every depth (`LogDriver` → `logDriver`). Text becomes a number or
    a truth value where the API wants one (a template parameter is always text); a structure becomes JSON where the
    API wants text, as policies do. Properties that the operation doesn't know are left out.
    """
    shape = client.meta.service_model.operation_model(operation).input_shape
    return {} if shape is None else dict(_shaped(shape, properties))


def _shaped(shape: Any, value: Any) -> Any:
    match shape.type_name:
        case "structure" if isinstance(value, Mapping):
            members = {_plain(name): (name, member) for name, member in shape.members.items()}
            known = ((members.get(_plain(name)), item) for name, item in value.items())
            return {member[0]: _shaped(member[1], item) for member, item in known if member and item is not None}
        case "list" if isinstance(value, list | tuple):
            return [_shaped(shape.member, item) for item in value]
        case "map" if isinstance(value, Mapping):
            return {str(key): _shaped(shape.value, item) for key, item in value.items()}
        case "integer" | "long":
            return int(value)
        case "float" | "double":
            return float(value)
        case "boolean":
            return truth(value)
        case "string":
            return text(value)
        case _:
            return value


def truth(value: Any) -> bool:
    """Read a template's truth value, which a parameter carries as text."""
    return value if isinstance(value, bool) else str(value).lower() == "true"


def text(value: Any) -> str:
    """Give a template value as the text that an API takes: structures as JSON, truth values in lower case."""
    if isinstance(value, str):
        return value
    return json.dumps(value)


def _plain(name: str) -> str:
    return name.lower()
