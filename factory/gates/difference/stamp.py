"""The tag by which every version marks its resources: it differs in each version, and says nothing about the change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

TAG = "ProductVersion"


def removed(node: Any) -> Any:
    """Properties without the version's tag, wherever tags stand in them."""
    if isinstance(node, list):
        return [removed(item) for item in node if not _is_tag(item)]
    if isinstance(node, dict):
        return {key: removed(value) for key, value in node.items() if key != TAG}
    return node


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], Any, Any]]:
    """The properties in which the version's tag differs, as path, before and after."""
    for name in sorted({*old, *new}):
        before, after = list(_tags(old.get(name))), list(_tags(new.get(name)))
        if before and after and before != after:
            yield (name,), before, after


def _tags(node: Any) -> Iterator[Any]:
    if isinstance(node, list):
        for item in node:
            yield from [item["Value"]] if _is_tag(item) else _tags(item)
    elif isinstance(node, dict):
        for key, value in node.items():
            yield from [value] if key == TAG else _tags(value)


def _is_tag(item: Any) -> bool:
    return isinstance(item, dict) and item.get("Key") == TAG and "Value" in item
