"""Whether the paths in the tables of rules are those of the provider schemas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from factory.authoring.schemas import schema


def exists(kind: str, path: str) -> bool:
    """Whether a type has a property: names joined by dots, `*` for the elements of a list, `[key]` for one of them."""
    document = schema(kind)
    return _leads(document, {"properties": document["properties"]}, path.partition("[")[0].split("."))


def _leads(document: Mapping[str, Any], node: Mapping[str, Any], keys: list[str]) -> bool:
    if not keys:
        return True
    return any(_leads(document, found, keys[1:]) for found in _steps(document, node, keys[0]))


def _steps(document: Mapping[str, Any], node: Mapping[str, Any], key: str) -> Iterator[Mapping[str, Any]]:
    while "$ref" in node:
        target: Any = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    for option in (*node.get("anyOf", ()), *node.get("oneOf", ()), *node.get("allOf", ())):
        yield from _steps(document, option, key)
    if key == "*":
        if isinstance(node.get("items"), Mapping):
            yield node["items"]
        return
    for name in ("patternProperties", "additionalProperties"):
        if isinstance(node.get(name), Mapping):
            yield from node[name].values() if name == "patternProperties" else [node[name]]
    if key in node.get("properties", {}):
        yield node["properties"][key]
    elif node.get("type") in ("object", ["object", "string"]) and not node.get("properties"):
        # A map of anything, such as environment variables.
        yield {}
