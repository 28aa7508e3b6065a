"""Holds the properties of resources against the provider schemas, which cfn-lint ships."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from factory.sandbox.emulator import Resource


class Schemas:
    """The provider schemas, read when they are first needed."""

    def check(self, resource: Resource) -> None:
        """Raise ValueError, worded as CloudFormation does, where resolved properties break their schema."""

    def replaces(self, resource: Resource) -> bool:
        """Tell whether an update changes a property that can only be set when the resource is made."""
        schema = self._schema(resource.type, resource.region)
        old, new = resource.old_properties or {}, resource.properties
        return any(
            _at(old, path) != _at(new, path)
            for pointer in schema.get("createOnlyProperties", ())
            if (path := str(pointer).removeprefix("/properties/").split("/"))
        )

    def _schema(self, kind: str, region: str) -> Mapping[str, Any]:
        from cfnlint.schema import PROVIDER_SCHEMA_MANAGER, ResourceNotFoundError

        try:
            schema: Mapping[str, Any] = PROVIDER_SCHEMA_MANAGER.get_resource_schema(region, kind).schema
        except ResourceNotFoundError:
            return {}
        return schema


def _at(properties: Any, path: list[str]) -> Any:
    for name in path:
        if not isinstance(properties, Mapping):
            return None
        properties = properties.get(name)
    return properties
