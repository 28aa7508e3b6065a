"""A message queue with the dead-letter queue beside it, and who may send to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from awacs import sqs
from awacs.aws import ArnEquals, Principal, StringEquals
from troposphere import AccountId, And, GetAtt, If, Join, Not, NoValue, Or, Split, Sub
from troposphere.sqs import Queue, RedrivePolicy

from factory.authoring import Stack
from factory.authoring.policy import allow, own_account, where
from products.parts.names import of_this_stack
from products.parts.queue_questions import QueueQuestions
from products.parts.queues import queue

FIFO = "IsFifo"
"""Condition that the queue keeps its messages in order."""
MESSAGES = "Messages"
"""Logical name of the queue, for statements of its own policy."""

# The longest that SQS lets a receiver wait for messages, so that few requests come back empty.
_WAIT_SECONDS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageQueues:
    """`messages` is the queue; what was received too often without being deleted goes to `dead_letters`."""

    messages: Queue
    dead_letters: Queue


def message_queues(
    stack: Stack,
    questions: QueueQuestions,
    *,
    key: Any,
    identifier: str,
    statements: Sequence[If] = (),
    condition: str | None = None,
) -> MessageQueues:
    """The two queues under the customer-managed key. `identifier`, a `Fn::Sub` text, is part of the queue's name;
    `statements` let in others than those that the form asks for."""
    stack.condition(FIFO, QueueQuestions.kind.equals("fifo"))
    _rules(stack)
    name = _name(identifier)
    source = Sub("arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:${Name}", Name=name)
    dead_letters = queue(
        stack,
        "DeadLetters",
        key=key,
        condition=condition,
        FifoQueue=If(FIFO, True, NoValue),
        RedriveAllowPolicy={"redrivePermission": "byQueue", "sourceQueueArns": [source]},
    )
    messages = queue(
        stack,
        MESSAGES,
        key=key,
        keep_seconds=questions.keep_seconds,
        statements=[*_senders(stack, questions), *statements],
        condition=condition,
        QueueName=name,
        FifoQueue=If(FIFO, True, NoValue),
        # Events come with no deduplication id of their own.
        ContentBasedDeduplication=If(FIFO, True, NoValue),
        VisibilityTimeout=questions.visibility_seconds,
        DelaySeconds=questions.delay_seconds,
        ReceiveMessageWaitTimeSeconds=_WAIT_SECONDS,
        RedrivePolicy=RedrivePolicy(
            deadLetterTargetArn=dead_letters.get_att("Arn"), maxReceiveCount=questions.attempts
        ),
        RedriveAllowPolicy={"redrivePermission": "denyAll"},
    )
    stack.exempt(
        messages,
        "E9803",
        "It and its dead-letter queue refer to each other, so one has to be named; the stack's id is in the name, "
        "and only a change of the name replaces the queue",
        owner="Platform engineering",
        review="2027-11-30",
    )
    return MessageQueues(messages=messages, dead_letters=dead_letters)


def own_roles() -> StringEquals:
    """The condition that a role is of this account: only a key of another account could let in one of another's."""
    return StringEquals({"aws:PrincipalAccount": AccountId})


def _name(identifier: str) -> Join:
    """The queue's name. One must be set, as the dead-letter queue says whose messages it takes and is made first;
    the stack's id in it keeps the next stack's from colliding with what this one leaves."""
    name = Sub(f"${{Project}}-${{Environment}}-{identifier}-${{Unique}}", Unique=of_this_stack())
    return Join("", [name, If(FIFO, ".fifo", "")])


def _rules(stack: Stack) -> None:
    nobody, nothing = QueueQuestions.sender_service.equals("none"), QueueQuestions.sender_arn.equals("")
    stack.rule(
        "ServiceAndArnGoTogether",
        (
            Or(And(nobody, nothing), And(Not(nobody), Not(nothing))),
            "Name both the service that sends and the ARN of what it sends for, or neither.",
        ),
    )
    stack.rule(
        "BucketsSendInNoOrder",
        (Not(QueueQuestions.sender_service.equals("s3")), "Buckets do not send to queues of kind fifo."),
        when=QueueQuestions.kind.equals("fifo"),
    )


def _senders(stack: Stack, questions: QueueQuestions) -> list[If]:
    queue_arn = GetAtt(MESSAGES, "Arn")
    stack.condition("HasSenders", Not(QueueQuestions.sender_roles.equals("")))
    roles = Principal("AWS", Split(",", questions.sender_roles))
    stack.condition(
        "HasSenderService",
        And(Not(QueueQuestions.sender_service.equals("none")), Not(QueueQuestions.sender_arn.equals(""))),
    )
    # A bucket's ARN tells no account. Those of rules and topics do; of rules, AWS documents nothing but the ARN
    # (EventBridge User Guide, "Using resource-based policies for Amazon EventBridge").
    stack.condition("BucketSends", QueueQuestions.sender_service.equals("s3"))
    service = Principal("Service", Sub("${SenderService}.amazonaws.com"))
    source = ArnEquals({"aws:SourceArn": questions.sender_arn})
    return [
        where(
            "HasSenders",
            allow("RolesSend", [sqs.GetQueueUrl, sqs.SendMessage], queue_arn, to=roles, when=[own_roles()]),
        ),
        where(
            "HasSenderService",
            If(
                "BucketSends",
                allow("ServiceSends", [sqs.SendMessage], queue_arn, to=service, when=[own_account(), source]),
                allow("ServiceSends", [sqs.SendMessage], queue_arn, to=service, when=[source]),
            ),
        ),
    ]
