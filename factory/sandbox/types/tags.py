"""Tags of resources whose services take them by calls of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def tag_changes(
    old: Mapping[str, Any], new: Mapping[str, Any], name: str = "Tags"
) -> tuple[list[str], list[dict[str, str]]]:
    """Give the keys that the property `name` no longer has, and all the tags that it has now."""
    tags: Sequence[Mapping[str, Any]] = new.get(name) or ()
    now = [{"Key": str(tag["Key"]), "Value": str(tag["Value"])} for tag in tags]
    kept = {tag["Key"] for tag in now}
    return [tag["Key"] for tag in old.get(name) or () if tag["Key"] not in kept], now


def without_system_tags(properties: Mapping[str, Any]) -> dict[str, Any]:
    """Give the properties without the `aws:` tags that CloudFormation adds, for a service that lets nobody set them."""
    tags = [tag for tag in properties.get("Tags") or () if not str(tag["Key"]).startswith("aws:")]
    return {**properties, "Tags": tags or None}
