"""What a resource's settings become: compares a template's properties with what the service describes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Aws = Callable[[str], Any]
Properties = Mapping[str, Any]
Read = Callable[[Aws, str, Properties], Properties | None]
"""Gives a resource's settings under CloudFormation's names, None when the resource is gone.

It gets the clients, the physical id and the resolved properties.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A resource with rich settings (`It`), what it needs beside it, and how its service describes it."""

    type: str
    properties: Properties
    read: Read
    changed: Properties = field(default_factory=dict)
    """Properties that an update sets, None for one that it takes away; those not named stay as they were."""
    beside: Properties = field(default_factory=dict)
    after: tuple[str, ...] = ()
    """What the resource depends on without referring to it."""
    note: str = ""
    """Tells two cases of one type apart."""

    def resources(self, properties: Properties) -> dict[str, Any]:
        """Give the template's resources."""
        it = {"Type": self.type, "Properties": dict(properties), "DependsOn": list(self.after)}
        return {**self.beside, "It": it}

    def updated(self) -> dict[str, Any]:
        """Give the properties after the update."""
        return {key: value for key, value in {**self.properties, **self.changed}.items() if value is not None}


def intrinsics(value: Any) -> list[Any]:
    """Give every intrinsic function inside a value."""
    if isinstance(value, Mapping):
        if len(value) == 1 and next(iter(value)) in ("Ref", "Fn::GetAtt", "Fn::Sub"):
            return [value]
        return [found for item in value.values() for found in intrinsics(item)]
    if isinstance(value, list):
        return [found for item in value for found in intrinsics(item)]
    return []


def outputs(properties: Properties) -> dict[str, Any]:
    """Give a stack output for each intrinsic function, so that its value can be read."""
    return {f"Value{number}": value for number, value in enumerate(intrinsics(properties))}


def resolved(properties: Properties, values: Mapping[str, str]) -> dict[str, Any]:
    """Put the values of a stack's outputs in the places of the intrinsic functions."""
    pending = [values[f"Value{number}"] for number in range(len(values))]

    def walk(value: Any) -> Any:
        if intrinsics(value) == [value]:
            return pending.pop(0)
        if isinstance(value, Mapping):
            return {key: walk(item) for key, item in value.items()}
        if isinstance(value, list):
            return [walk(item) for item in value]
        return value

    return {key: walk(item) for key, item in properties.items()}


def lost(expected: Any, found: Any, path: str = "") -> set[str]:
    """Give the paths of the settings that are expected and not found, or found with another value.

    Names are compared without regard to case, numbers and truth values as text, documents as structures. Of a list,
    each item is compared with the one that is most like it.
    """
    if isinstance(expected, Mapping):
        found = _structure(found)
        if not isinstance(found, Mapping):
            return {path}
        known = {str(key).lower(): value for key, value in found.items()}
        missing: set[str] = set()
        for key, value in expected.items():
            below = f"{path}.{key}" if path else str(key)
            present = key.lower() in known
            missing |= lost(value, known[key.lower()], below) if present else {below}
        return missing
    if isinstance(expected, list):
        if not isinstance(found, list):
            found = [found]
        return set().union(
            *(min((lost(item, other, path) for other in found), key=len, default={path}) for item in expected)
        )
    return set() if _plain(expected) == _plain(found) else {path}


def _structure(value: Any) -> Any:
    """Read a document that is written as text; anything else stays what it is."""
    if isinstance(value, str) and value.startswith("{"):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    value = _structure(value)
    if value is None or isinstance(value, Mapping | list):
        return value
    text = str(value)
    return text.lower() if text.lower() in ("true", "false") else text


def same_tags(described: Any, key: str = "Key", value: str = "Value") -> list[dict[str, str]]:
    """Give tags as CloudFormation writes them, whatever the service calls key and value."""
    if isinstance(described, Mapping):
        return [{"Key": name, "Value": text} for name, text in described.items()]
    return [{"Key": tag[key], "Value": tag[value]} for tag in described or []]
