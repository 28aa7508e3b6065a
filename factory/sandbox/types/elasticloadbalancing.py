"""Elastic Load Balancing: what the emulator's listeners and rules lose of their template."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from factory.sandbox.types.plugin import Fill, Request
from factory.sandbox.types.tags import tag_changes


def _fill_listener(request: Request, arn: str, old: Mapping[str, Any]) -> None:
    attributes = request.properties.get("ListenerAttributes") or []
    if attributes and attributes != old.get("ListenerAttributes"):
        request.client("elbv2").modify_listener_attributes(ListenerArn=arn, Attributes=attributes)


def _fill_rule(request: Request, arn: str, old: Mapping[str, Any]) -> None:
    elb = request.client("elbv2")
    gone, tags = tag_changes(old, request.properties)
    if gone:
        elb.remove_tags(ResourceArns=[arn], TagKeys=gone)
    if tags:
        elb.add_tags(ResourceArns=[arn], Tags=tags)


FILLS = (
    Fill(name="AWS::ElasticLoadBalancingV2::Listener", apply=_fill_listener),
    Fill(name="AWS::ElasticLoadBalancingV2::ListenerRule", apply=_fill_rule, tagged=True),
)
