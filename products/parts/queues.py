"""SQS queues as every product makes them: encrypted, TLS only, kept when their stack goes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from awacs import sqs
from awacs.aws import Statement
from troposphere import If
from troposphere.cloudwatch import Alarm
from troposphere.sqs import Queue, QueuePolicy

from factory.authoring import Stack
from factory.authoring.policy import deny_plain_http, document
from products.parts.alarms import Metric, alarm

RECEIVE = (
    sqs.ChangeMessageVisibility,
    sqs.DeleteMessage,
    sqs.GetQueueAttributes,
    sqs.GetQueueUrl,
    sqs.ReceiveMessage,
)
"""What works off a queue does with it."""
LONGEST_SECONDS = 1_209_600
"""How long SQS keeps a message at most: fourteen days."""


def queue(
    stack: Stack,
    title: str,
    *,
    key: Any,
    keep_seconds: Any = LONGEST_SECONDS,
    statements: Sequence[Statement | If] = (),
    condition: str | None = None,
    **settings: Any,
) -> Queue:
    """A queue under the customer-managed key. `statements` let in who isn't let in by its own policies."""
    made = Queue(
        title,
        KmsMasterKeyId=key,
        MessageRetentionPeriod=keep_seconds,
        DeletionPolicy="RetainExceptOnCreate",
        UpdateReplacePolicy="Retain",
        **settings,
    )
    policy = QueuePolicy(
        f"{title}Policy",
        Queues=[made.ref()],
        PolicyDocument=document(deny_plain_http([sqs.Action("*")], made.get_att("Arn")), *statements),
    )
    if condition:
        made.Condition = policy.Condition = condition
    stack.add(made)
    stack.add(policy)
    return made


def waiting(queue: Queue) -> Metric:
    """How many messages wait to be received."""
    return queue_metric(queue.get_att("QueueName"), "ApproximateNumberOfMessagesVisible")


def oldest(queue: Queue) -> Metric:
    """How old the oldest message is that nobody has taken away, in seconds."""
    return queue_metric(queue.get_att("QueueName"), "ApproximateAgeOfOldestMessage")


def any_message_alarm(
    stack: Stack, title: str, says: Any, queue: Queue, *, topic: Any, condition: str | None = None
) -> Alarm:
    """Tell a topic of the first message in a queue that should have none."""
    return alarm(stack, title, says, waiting(queue), above=0, topic=topic, condition=condition)


def queue_metric(queue_name: Any, name: str) -> Metric:
    """A metric of a queue, its highest in each minute."""
    return Metric(namespace="AWS/SQS", name=name, statistic="Maximum", dimensions={"QueueName": queue_name})
