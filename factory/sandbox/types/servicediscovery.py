"""AWS Cloud Map: tags that change, which the emulator's own handlers ignore."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from factory.sandbox.types.plugin import Fill, Request
from factory.sandbox.types.tags import tag_changes


def _retag(request: Request, arn: str, old: Mapping[str, Any]) -> None:
    client = request.client("servicediscovery")
    gone, tags = tag_changes(old, request.properties)
    if gone:
        client.untag_resource(ResourceARN=arn, TagKeys=gone)
    if tags:
        client.tag_resource(ResourceARN=arn, Tags=tags)


def _fill_namespace(request: Request, namespace_id: str, old: Mapping[str, Any]) -> None:
    found = request.client("servicediscovery").get_namespace(Id=namespace_id)
    _retag(request, found["Namespace"]["Arn"], old)


def _fill_service(request: Request, service_id: str, old: Mapping[str, Any]) -> None:
    found = request.client("servicediscovery").get_service(Id=service_id)
    _retag(request, found["Service"]["Arn"], old)


FILLS = (
    Fill(name="AWS::ServiceDiscovery::HttpNamespace", apply=_fill_namespace),
    Fill(name="AWS::ServiceDiscovery::PrivateDnsNamespace", apply=_fill_namespace),
    Fill(name="AWS::ServiceDiscovery::Service", apply=_fill_service),
)
