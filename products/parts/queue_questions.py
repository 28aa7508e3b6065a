"""What is asked about a message queue: its kind, how long messages stay, how often they are tried, who sends them."""

from __future__ import annotations

from factory.authoring import Choice, Number, Text

QUEUE = "Queue"
ACCESS = "Access"
QUEUE_NAME = r"[a-z][a-z0-9-]{1,19}"
"""Pattern of the name that a queue is launched with."""
_ROLE = r"arn:[a-z-]+:iam::\d{12}:role/[A-Za-z0-9_+=.@/-]+"


def roles_question(label: str, help: str) -> Text:
    """Which roles may do something with the queue."""
    return Text(
        label,
        group=ACCESS,
        default="",
        pattern=rf"({_ROLE}(,{_ROLE}){{0,9}})?",
        constraint="Empty, or the ARNs of 1 to 10 roles joined by commas.",
        help=help,
    )


class QueueQuestions:
    """The form of a queue, as far as it is about the queue itself and those who send to it."""

    kind = Choice(
        "Kind",
        group=QUEUE,
        options=("standard", "fifo"),
        default="standard",
        help="fifo keeps the order within each message group and drops repetitions, at a lower rate.",
    )
    visibility_seconds = Number(
        "Visibility timeout (seconds)",
        group=QUEUE,
        low=0,
        high=43_200,
        default=180,
        help="How long a message is hidden from others while one receiver works on it: longer than the work takes, and "
        "six times the timeout of a function.",
    )
    attempts = Number(
        "Attempts",
        group=QUEUE,
        low=1,
        high=1000,
        default=5,
        help="How often a message is received before it goes to the dead-letter queue.",
    )
    keep_seconds = Number(
        "Retention (seconds)",
        group=QUEUE,
        low=60,
        high=1_209_600,
        default=345_600,
        help="How long messages are kept that nobody takes away; 345600 are four days.",
    )
    delay_seconds = Number(
        "Delay (seconds)", group=QUEUE, low=0, high=900, default=0, help="How long a new message is held back."
    )
    sender_roles = roles_question(
        "Roles that send", "Besides those whose own policies let them send; roles of this account."
    )
    sender_service = Choice(
        "Service that sends",
        group=ACCESS,
        options=("none", "events", "s3", "sns"),
        default="none",
        help="AWS service that may send: EventBridge (events), a bucket (s3) or a topic (sns).",
    )
    sender_arn = Text(
        "What it sends for",
        group=ACCESS,
        default="",
        pattern=r"(arn:[a-z-]+:(events|s3|sns):[a-z0-9-]*:(\d{12})?:[A-Za-z0-9_./-]+)?",
        constraint="Empty, or the ARN of an EventBridge rule, a bucket or a topic.",
        help="ARN of the rule, bucket or topic of this account for which that service sends.",
    )
    oldest_seconds = Number(
        "Oldest message (seconds)",
        group="Operations",
        low=60,
        high=1_209_600,
        default=900,
        help="A critical alarm rings when a message has waited longer, for five minutes.",
    )
