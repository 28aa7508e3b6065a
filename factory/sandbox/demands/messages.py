"""Amazon SNS and Amazon SQS: names, subscribers, and policies that are about the topic or queue.

Sources: Amazon SNS API Reference, CreateTopic and Subscribe; Amazon SQS Developer Guide, "Amazon SQS policy quotas".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from factory.sandbox.demands import policies
from factory.sandbox.emulator import Resource
from factory.sandbox.stacks.account import Account
from factory.sandbox.types.arguments import truth
from factory.sandbox.types.refusal import RefusedError

_TOPIC = re.compile(r"[\w-]{1,256}", re.ASCII)
_FIFO_TOPIC = re.compile(r"[\w-]{1,251}\.fifo", re.ASCII)
_ENDPOINTS = {
    "email": re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+"),
    "email-json": re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+"),
    "http": re.compile(r"http://.+"),
    "https": re.compile(r"https://.+"),
    "lambda": re.compile(r"arn:aws:lambda:.+"),
    "sqs": re.compile(r"arn:aws:sqs:[a-z0-9-]+:\d{12}:.+"),
}
_MAX_QUEUE_ACTIONS = 7
_MAX_QUEUE_STATEMENTS = 20


def _topic(resource: Resource, _account: Account) -> None:
    name = resource.properties.get("TopicName")
    form = _FIFO_TOPIC if truth(resource.properties.get("FifoTopic", False)) else _TOPIC
    if name is not None and not form.fullmatch(str(name)):
        raise _invalid("Topic Name")


def _subscription(resource: Resource, _account: Account) -> None:
    properties = resource.properties
    form = _ENDPOINTS.get(str(properties.get("Protocol")))
    if form is not None and not form.fullmatch(str(properties.get("Endpoint", ""))):
        raise _invalid(f"{properties['Protocol']} endpoint")
    policy = properties.get("FilterPolicy")
    nested = properties.get("FilterPolicyScope") == "MessageBody"
    if policy is not None and not _is_filter(json.loads(policy) if isinstance(policy, str) else policy, nested):
        raise _invalid('FilterPolicy: "values" must be an object or an array')


def _is_filter(policy: Any, nested: bool) -> bool:
    return isinstance(policy, Mapping) and all(
        isinstance(value, list) or (nested and _is_filter(value, nested)) for value in policy.values()
    )


def _topic_policy(resource: Resource, account: Account) -> None:
    document = resource.properties["PolicyDocument"]
    if problem := next(_policy_problems(document, "sns", account), None):
        raise _invalid(f"Policy {problem}")


def _queue_policy(resource: Resource, account: Account) -> None:
    document = resource.properties["PolicyDocument"]
    problems = [*_policy_problems(document, "sqs", account)]
    parts = policies.statements(document)
    if len(parts) > _MAX_QUEUE_STATEMENTS:
        problems.append(f"Statements in the policy exceed the maximum allowed number: {_MAX_QUEUE_STATEMENTS}")
    if any(len(policies.actions_of(part)) > _MAX_QUEUE_ACTIONS for part in parts):
        problems.append(f"Actions in a statement exceed the maximum allowed number: {_MAX_QUEUE_ACTIONS}")
    if problems:
        raise RefusedError(
            f"Invalid value for the parameter Policy. Reason: {problems[0]}", code="InvalidAttributeValue"
        )


def _queue(resource: Resource, _account: Account) -> None:
    properties = resource.properties
    redrive = properties.get("RedrivePolicy")
    target = (json.loads(redrive) if isinstance(redrive, str) else redrive or {}).get("deadLetterTargetArn", "")
    if target and str(target).endswith(".fifo") != truth(properties.get("FifoQueue", False)):
        raise RefusedError(
            "Value for parameter RedrivePolicy is invalid. Reason: Dead-letter queue must be same type of queue as the "
            "source.",
            code="InvalidParameterValue",
        )


def _policy_problems(document: Any, service: str, account: Account) -> Iterator[str]:
    if (problem := policies.problem(document, policies.RESOURCE)) is not None:
        yield problem
        return
    for statement in policies.statements(document):
        if any(
            action != "*" and not action.lower().startswith(f"{service}:") for action in policies.actions_of(statement)
        ):
            yield "Policy statement action out of service scope!"
    if policies.absent_principal(document, account) is not None:
        yield "Error: PrincipalNotFound"


def _invalid(what: str) -> RefusedError:
    return RefusedError(f"Invalid parameter: {what}", code="InvalidParameter")


DEMANDS = {
    "AWS::SNS::Subscription": _subscription,
    "AWS::SNS::Topic": _topic,
    "AWS::SNS::TopicPolicy": _topic_policy,
    "AWS::SQS::Queue": _queue,
    "AWS::SQS::QueuePolicy": _queue_policy,
}
