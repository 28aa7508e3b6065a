"""Tags of EC2 resources: how a create call takes them and how a change reaches the service."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from factory.sandbox.types.plugin import Request
from factory.sandbox.types.tags import tag_changes


def tag_specifications(kind: str, properties: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Give the `TagSpecifications` of a create call for a resource of `kind` (`natgateway`)."""
    tags = properties.get("Tags") or []
    return [{"ResourceType": kind, "Tags": list(tags)}] if tags else []


def retag(request: Request, resource_id: str, old: Mapping[str, Any]) -> None:
    """Bring the resource's tags from those of the `old` properties to those of the request."""
    ec2 = request.client("ec2")
    gone, tags = tag_changes(old, request.properties)
    if gone:
        ec2.delete_tags(Resources=[resource_id], Tags=[{"Key": key} for key in gone])
    if tags:
        ec2.create_tags(Resources=[resource_id], Tags=tags)
