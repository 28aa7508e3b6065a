"""What the CloudFormation resource providers' schemas say about a resource type; cfn-lint ships them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any

# The schemas of one region stand for all: those of the others differ only in which types exist there.
_REGION = "us-east-1"


class TagShape(Enum):
    """How a resource type takes its tags."""

    LIST = "list of Key and Value"
    MAP = "map of key to value"


@dataclass(frozen=True, slots=True, kw_only=True)
class TagProperty:
    """The property in which a resource type takes tags."""

    name: str
    shape: TagShape


@cache
def schema(resource_type: str) -> dict[str, Any]:
    """The provider schema of a resource type. Raises KeyError for a type that CloudFormation does not have."""
    # cfn-lint takes about a second to import, which `--help` need not wait for.
    from cfnlint.schema import ResourceNotFoundError
    from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

    try:
        found: dict[str, Any] = PROVIDER_SCHEMA_MANAGER.get_resource_schema(_REGION, resource_type).schema
    except ResourceNotFoundError:
        raise KeyError(resource_type) from None
    return found


@cache
def tag_property(resource_type: str) -> TagProperty | None:
    """The property for tags, or None where the type cannot carry any."""
    found = schema(resource_type)
    tagging = found.get("tagging", {})
    if not tagging.get("taggable", found.get("taggable", False)):
        return None
    name = tagging.get("tagProperty", "/properties/Tags").rpartition("/")[2]
    definition = found["properties"].get(name)
    if definition is None:
        return None
    shape = TagShape.LIST if _resolve(found, definition).get("type") == "array" else TagShape.MAP
    return TagProperty(name=name, shape=shape)


def _resolve(document: dict[str, Any], definition: dict[str, Any]) -> dict[str, Any]:
    """Follow a `$ref` inside a schema document."""
    while "$ref" in definition:
        target: Any = document
        for part in definition["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        definition = target
    return definition
