"""What IAM is asked about a call: the actions, the resources and the conditions, by ministack's reading of requests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A signed call to a service, which is named as in the signature; names of headers are in lower case."""

    service: str
    region: str
    account: str
    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def operation(self) -> str:
        """The operation of a service that speaks AWS JSON."""
        return self.headers.get("x-amz-target", "").rpartition(".")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """An action on a resource; condition keys are in lower case, and a key that lacks is absent."""

    action: str
    arn: str
    context: Mapping[str, Any] = field(default_factory=dict)


def questions(call: Call) -> list[Question]:
    """What a call to one of the emulator's services asks for; nothing where it has no reading of the call."""
    from ministack.core import iam_actions as actions

    query: dict[str, Any] = parse_qs(call.query, keep_blank_values=True)
    if call.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        query = {**parse_qs(call.body.decode("utf-8", errors="replace"), keep_blank_values=True), **query}
    headers = dict(call.headers)
    action = actions.extract_iam_action(call.service, call.method, call.path, headers, call.body, query)
    if action is None:
        return []
    arn = actions.extract_resource_arn(
        call.service, call.method, call.path, headers, call.body, query, call.region, call.account
    )
    context = actions.request_tag_context(call.service, action, call.body, query)
    found = []
    if call.service == "s3":
        context |= actions.s3_service_context(action, query, call.path, headers)
        extra = actions.s3_additional_checks(call.method, call.path, headers, call.body, query)
        if action == "s3:PutObject" and "x-amz-tagging" in headers:
            extra.append(("s3:PutObjectTagging", arn))
        found = [Question(action=other, arn=on) for other, on in extra]
    lowered = {key.lower(): value for key, value in context.items()}
    if named := _named(action, call, query):
        return [Question(action=action, arn=each, context=lowered) for each in named]
    return [Question(action=action, arn=arn, context=lowered), *found]


def _named(action: str, call: Call, query: Mapping[str, list[str]]) -> list[str]:
    """What a call names of which ministack makes whatever there may be: parameters asked for at once, stack sets."""
    place = f"{call.region}:{call.account}"
    if action == "ssm:GetParameters":
        names = json.loads(call.body or b"{}").get("Names", [])
        return [f"arn:aws:ssm:{place}:parameter/{str(name).lstrip('/')}" for name in names]
    if action.startswith("cloudformation:"):
        return [f"arn:aws:cloudformation:{place}:stackset/{name}:*" for name in query.get("StackSetName", [])]
    return []
