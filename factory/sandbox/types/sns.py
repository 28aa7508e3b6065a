"""Amazon SNS: what the emulator's topics lose of their template."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from factory.sandbox.types.arguments import text
from factory.sandbox.types.plugin import Fill, Request

_ATTRIBUTES = (
    "ArchivePolicy",
    "FifoThroughputScope",
    "KmsMasterKeyId",
    "SignatureVersion",
    "TracingConfig",
)


def _fill_topic(request: Request, topic_arn: str, old: Mapping[str, Any]) -> None:
    sns = request.client("sns")
    for name in _ATTRIBUTES:
        value = request.properties.get(name)
        if value != old.get(name):
            given = "" if value is None else text(value)
            sns.set_topic_attributes(TopicArn=topic_arn, AttributeName=name, AttributeValue=given)


FILLS = (Fill(name="AWS::SNS::Topic", apply=_fill_topic),)
