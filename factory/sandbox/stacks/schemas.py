"""Holds the properties of resources against the provider schemas, which cfn-lint ships."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from factory.sandbox.stacks.values import Unknown

# Keywords whose error is certain although parts of what they judge aren't known yet.
_CERTAIN = frozenset({"additionalProperties", "required", "type"})
_FOUND = {bool: "Boolean", int: "Integer", float: "Double", str: "String", list: "JSONArray", dict: "JSONObject"}
_EXPECTED = {
    **{"array": "JSONArray", "boolean": "Boolean", "integer": "Integer", "number": "Number"},
    **{"object": "JSONObject", "string": "String"},
}


class Schemas:
    """The provider schemas of one region each, read when they are first needed."""

    def exists(self, kind: str, region: str) -> bool:
        """Tell whether CloudFormation knows a resource type in a region."""
        return bool(self._schema(kind, region))

    def has_attribute(self, kind: str, region: str, attribute: str) -> bool:
        """Tell whether a resource type has an attribute for `Fn::GetAtt`."""
        from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

        if not self.exists(kind, region):
            return True
        attributes = PROVIDER_SCHEMA_MANAGER.get_type_getatts(kind, region)
        return any(re.fullmatch(pattern, attribute) for pattern in attributes)

    def problems(self, kind: str, region: str, properties: Mapping[str, Any]) -> list[str]:
        """Give what is wrong with properties, a line each, as CloudFormation puts it.

        What is `Unknown` in them is taken for right. Numbers and truth values may be texts. CloudFormation is
        said to ignore properties that are read-only; here they are refused.
        """
        from cfnlint.context import Context
        from cfnlint.jsonschema import CfnTemplateValidator
        from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

        schema = self._schema(kind, region)
        if not schema:
            return []
        own = _without_system_tags(schema, properties)
        validator = CfnTemplateValidator(
            schema=schema,
            resolver=PROVIDER_SCHEMA_MANAGER.get_resource_schema(region, kind).resolver,
            context=Context([region]).evolve(strict_types=False, functions=[]),
        )
        lines = [_worded(error) for error in validator.iter_errors(own) if _is_certain(error)]
        return sorted({*lines, *_read_only(schema, own)})

    def replaces(self, kind: str, region: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
        """Tell whether an update changes a property that can only be set when the resource is made."""
        return any(
            _at(old, path) != _at(new, path)
            for pointer in self._schema(kind, region).get("createOnlyProperties", ())
            if (path := _path(pointer))
        )

    def _schema(self, kind: str, region: str) -> Mapping[str, Any]:
        from cfnlint.schema import PROVIDER_SCHEMA_MANAGER, ResourceNotFoundError

        try:
            schema: Mapping[str, Any] = PROVIDER_SCHEMA_MANAGER.get_resource_schema(region, kind).schema
        except ResourceNotFoundError:
            return {}
        return schema


def _is_certain(error: Any) -> bool:
    if isinstance(error.instance, Unknown):
        return False
    return error.validator in _CERTAIN or not _has_unknown(error.instance)


def _has_unknown(node: Any) -> bool:
    if isinstance(node, Mapping):
        return any(_has_unknown(value) for value in node.values())
    if isinstance(node, list):
        return any(_has_unknown(item) for item in node)
    return isinstance(node, Unknown)


def _worded(error: Any) -> str:
    path = [str(step) for step in error.path]
    match error.validator:
        case "additionalProperties":
            return f"{_pointer(path[:-1])}: extraneous key [{path[-1]}] is not permitted"
        case "required":
            key = error.message.split("'")[1]
            return f"{_pointer(path)}: required key [{key}] not found"
        case "enum" | "enumCaseInsensitive":
            return f"{_pointer(path)}: {error.instance} is not a valid enum value"
        case "type":
            wanted = error.validator_value
            expected = " or ".join(
                _EXPECTED[name] for name in ([wanted] if isinstance(wanted, str) else wanted) if name in _EXPECTED
            )
            found = _FOUND.get(type(error.instance), "Null")
            return f"{_pointer(path)}: expected type: {expected}, found: {found}"
        case "pattern":
            return f"{_pointer(path)}: failed validation constraint for keyword [pattern]"
        case _:
            return f"{_pointer(path)}: {error.message}"


def _read_only(schema: Mapping[str, Any], properties: Mapping[str, Any]) -> Iterator[str]:
    """Name the properties that only the service sets. Some schemas list what can be set too: that wins."""
    settable = {
        *schema.get("createOnlyProperties", ()),
        *schema.get("writeOnlyProperties", ()),
        *(f"/properties/{name}" for name in schema.get("required", ())),
    }
    for pointer in schema.get("readOnlyProperties", ()):
        path = _path(pointer)
        if pointer not in settable and "*" not in path and _at(properties, path) is not None:
            yield f"{_pointer(path[:-1])}: extraneous key [{path[-1]}] is not permitted"


def _without_system_tags(schema: Mapping[str, Any], properties: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out the tags that CloudFormation itself puts on a resource: the schema does not bind them."""
    name = _path(schema.get("tagging", {}).get("tagProperty", "/properties/Tags"))[-1]
    own = dict(properties)
    match own.get(name):
        case dict() as tags:
            own[name] = {key: value for key, value in tags.items() if not str(key).startswith("aws:")}
        case list() as tags:
            own[name] = [tag for tag in tags if not (isinstance(tag, dict) and str(tag.get("Key")).startswith("aws:"))]
    if properties.get(name) and not own[name]:
        del own[name]
    return own


def _path(pointer: Any) -> list[str]:
    return str(pointer).removeprefix("/properties/").split("/")


def _pointer(path: list[str]) -> str:
    return "/".join(["#", *path])


def _at(properties: Any, path: list[str]) -> Any:
    for name in path:
        if not isinstance(properties, Mapping):
            return None
        properties = properties.get(name)
    return properties
