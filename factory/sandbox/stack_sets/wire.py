"""AWS's query protocol, read and written by the shapes of botocore's model."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

from factory.sandbox.servicecatalog.errors import ServiceError

_NAMESPACE = "http://cloudformation.amazonaws.com/doc/2010-05-15/"


def read(shape: Any, form: Mapping[str, str]) -> Any:
    """Give a form (`Parameters.member.1.ParameterKey=…`) as data. Raises ServiceError for a number that is none."""
    tree: dict[str, Any] = {}
    for name, value in form.items():
        *path, last = name.split(".")
        node = tree
        for part in path:
            node = node.setdefault(part, {})
            if not isinstance(node, dict):
                raise ServiceError("MalformedInput", f"Unexpected key {name}")
        node[last] = value
    return _read(shape, tree)


def answered(operation: str, shape: Any, result: Mapping[str, Any]) -> bytes:
    """Write the answer of an operation."""
    response = ElementTree.Element(f"{operation}Response", {"xmlns": _NAMESPACE})
    if shape is not None:
        _write(response, f"{operation}Result", shape, result)
    metadata = ElementTree.SubElement(response, "ResponseMetadata")
    ElementTree.SubElement(metadata, "RequestId").text = str(uuid.uuid4())
    return bytes(ElementTree.tostring(response, encoding="utf-8"))


def refused(error: ServiceError) -> bytes:
    """Write a refusal."""
    response = ElementTree.Element("ErrorResponse", {"xmlns": _NAMESPACE})
    told = ElementTree.SubElement(response, "Error")
    kind = "Sender" if error.status < 500 else "Receiver"
    for name, value in (("Type", kind), ("Code", error.code), ("Message", error.message)):
        ElementTree.SubElement(told, name).text = value
    ElementTree.SubElement(response, "RequestId").text = str(uuid.uuid4())
    return bytes(ElementTree.tostring(response, encoding="utf-8"))


def _read(shape: Any, node: Any) -> Any:
    if shape.type_name == "structure":
        given = node if isinstance(node, dict) else {}
        return {name: _read(member, given[name]) for name, member in shape.members.items() if name in given}
    if shape.type_name == "list":
        # An empty list is sent as an empty text.
        members = node.get("member", {}) if isinstance(node, dict) else {}
        return [_read(shape.member, members[key]) for key in sorted(members, key=_number)]
    if shape.type_name in ("integer", "long"):
        return _number(node)
    return node == "true" if shape.type_name == "boolean" else node


def _number(text: Any) -> int:
    try:
        return int(text)
    except (TypeError, ValueError) as error:
        raise ServiceError("MalformedInput", f"{text} is not a number") from error


def _write(parent: ElementTree.Element, name: str, shape: Any, value: Any) -> None:
    node = ElementTree.SubElement(parent, name)
    if shape.type_name == "structure":
        for member, item in value.items():
            _write(node, member, shape.members[member], item)
    elif shape.type_name == "list":
        for item in value:
            _write(node, "member", shape.member, item)
    elif shape.type_name == "timestamp":
        moment = datetime.datetime.fromtimestamp(value, datetime.UTC)
        node.text = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    elif shape.type_name == "boolean":
        node.text = "true" if value else "false"
    else:
        node.text = str(value)
