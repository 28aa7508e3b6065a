"""The product `queue`; a module of that name would hide the standard library's from whoever starts beside it."""

from __future__ import annotations

from typing import Any

from awacs import sqs
from awacs.aws import ArnEquals, Principal, StringEquals
from troposphere import AccountId, And, GetAtt, If, Join, Not, NoValue, Or, Ref, Select, Split, Sub
from troposphere.events import Rule, SqsParameters, Target
from troposphere.sqs import Queue, RedrivePolicy

from factory.authoring import Choice, Number, Product, Requires, Stack, Text
from factory.authoring.policy import allow, own_account, where
from products.parts import contract
from products.parts.alarms import alarm
from products.parts.queues import any_message_alarm, oldest, queue, waiting

_MESSAGES = "Messages"
_FIFO = "IsFifo"
_HAS_PATTERN = "HasEventPattern"
_HAS_SCHEDULE = "HasSchedule"
_HAS_EVENTS = "HasEvents"
# The longest that SQS lets a receiver wait for messages, so that few requests come back empty.
_WAIT_SECONDS = 20
_ROLE = r"arn:[a-z-]+:iam::\d{12}:role/[A-Za-z0-9_+=.@/-]+"


def _roles(label: str, help: str) -> Text:
    return Text(
        label,
        group="Access",
        default="",
        pattern=rf"({_ROLE}(,{_ROLE}){{0,9}})?",
        constraint="Empty, or the ARNs of 1 to 10 roles joined by commas.",
        help=help,
    )


class MessageQueue(Product):
    """A message queue with a dead-letter queue beside it: encrypted, watched, and fed by events where so wished.

    A message that fails time and again goes to the dead-letter queue, which reports it and keeps it for two weeks;
    from there it can be sent back when the fault is mended. Who sends or receives needs the environment's key, too.
    """

    name = "queue"
    version = "1.0.0"

    queue_name = Text(
        "Queue name",
        group="Queue",
        default="main",
        pattern=r"[a-z][a-z0-9-]{1,19}",
        constraint="2 to 20 lower-case letters, digits and hyphens, starting with a letter.",
        help="Unique among the queues of the environment; others find the queue by it.",
    )
    kind = Choice(
        "Kind",
        group="Queue",
        options=("standard", "fifo"),
        default="standard",
        help="fifo keeps the order within each message group and drops repetitions, at a lower rate.",
    )
    visibility_seconds = Number(
        "Visibility timeout (seconds)",
        group="Queue",
        low=0,
        high=43_200,
        default=180,
        help="How long a message is hidden from others while one receiver works on it; six times a function's timeout.",
    )
    attempts = Number(
        "Attempts",
        group="Queue",
        low=1,
        high=1000,
        default=5,
        help="How often a message is received before it goes to the dead-letter queue.",
    )
    keep_seconds = Number(
        "Retention (seconds)",
        group="Queue",
        low=60,
        high=1_209_600,
        default=345_600,
        help="How long messages are kept that nobody takes away; 345600 are four days.",
    )
    delay_seconds = Number(
        "Delay (seconds)", group="Queue", low=0, high=900, default=0, help="How long a new message is held back."
    )
    sender_roles = _roles("Roles that send", "Besides those whose own policies let them send; roles of this account.")
    receiver_roles = _roles(
        "Roles that receive", "Besides those whose own policies let them receive; roles of this account."
    )
    sender_service = Choice(
        "Service that sends",
        group="Access",
        options=("none", "events", "s3", "sns"),
        default="none",
        help="AWS service that may send: EventBridge (events), a bucket (s3) or a topic (sns).",
    )
    sender_arn = Text(
        "What it sends for",
        group="Access",
        default="",
        pattern=r"(arn:[a-z-]+:(events|s3|sns):[a-z0-9-]*:(\d{12})?:[A-Za-z0-9_./-]+)?",
        constraint="Empty, or the ARN of an EventBridge rule, a bucket or a topic.",
        help="ARN of the rule, bucket or topic of this account for which that service sends.",
    )
    event_pattern = Text(
        "Event pattern",
        group="Events",
        default="",
        max_length=2048,
        pattern=r"(\{[\s\S]*\})?",
        constraint="Empty, or a JSON object.",
        help='EventBridge pattern of the events that come into the queue, such as {"source": ["aws.s3"]}.',
    )
    schedule = Text(
        "Schedule",
        group="Events",
        default="",
        pattern=r"(rate\([1-9]\d{0,3} (minute|hour|day)s?\)|cron\([0-9A-Za-z*?,/#-]+( [0-9A-Za-z*?,/#-]+){5}\))?",
        constraint="Empty, rate(5 minutes), or cron(0 8 * * ? *) with six fields.",
        help="When a message comes into the queue by itself; times are UTC.",
    )
    oldest_seconds = Number(
        "Oldest message (seconds)",
        group="Operations",
        low=60,
        high=1_209_600,
        default=900,
        help="A critical alarm rings when a message has waited longer, for five minutes.",
    )
    most_waiting = Number(
        "Most waiting messages",
        group="Operations",
        low=1,
        high=10_000_000,
        default=1000,
        help="A warning comes when more messages wait, for five minutes.",
    )
    key_arn = Requires(contract.KEY_ARN)
    critical_topic = Requires(contract.CRITICAL_TOPIC_ARN)
    warning_topic = Requires(contract.WARNING_TOPIC_ARN)

    def build(self, stack: Stack) -> None:
        stack.condition(_FIFO, MessageQueue.kind.equals("fifo"))
        stack.condition(_HAS_PATTERN, Not(MessageQueue.event_pattern.equals("")))
        stack.condition(_HAS_SCHEDULE, Not(MessageQueue.schedule.equals("")))
        stack.condition(
            _HAS_EVENTS,
            Or(Not(MessageQueue.event_pattern.equals("")), Not(MessageQueue.schedule.equals(""))),
        )
        self._rules(stack)
        dead_letters = self._dead_letters(stack)
        messages = self._messages(stack, dead_letters)
        self._events(stack, messages)
        self._alarms(stack, messages, dead_letters)
        name = MessageQueue.queue_name
        stack.provide(contract.QUEUE_URL, messages.ref(), provider=name)
        stack.provide(contract.QUEUE_ARN, messages.get_att("Arn"), provider=name)
        stack.provide(contract.QUEUE_NAME, messages.get_att("QueueName"), provider=name)
        stack.provide(contract.DEAD_LETTER_QUEUE_ARN, dead_letters.get_att("Arn"), provider=name)

    def _rules(self, stack: Stack) -> None:
        nobody, nothing = MessageQueue.sender_service.equals("none"), MessageQueue.sender_arn.equals("")
        stack.rule(
            "ServiceAndArnGoTogether",
            (
                Or(And(nobody, nothing), And(Not(nobody), Not(nothing))),
                "Name both the service that sends and the ARN of what it sends for, or neither.",
            ),
        )
        stack.rule(
            "BucketsSendInNoOrder",
            (Not(MessageQueue.sender_service.equals("s3")), "Buckets do not send to queues of kind fifo."),
            when=MessageQueue.kind.equals("fifo"),
        )

    def _name(self) -> Join:
        """The queue's name. One must be set, as the dead-letter queue says whose messages it takes and is made first;
        the stack's id in it keeps the next stack's from colliding with what this one leaves."""
        stack_id = Select(2, Split("/", Ref("AWS::StackId")))
        name = Sub("${Project}-${Environment}-queue-${QueueName}-${Unique}", Unique=Select(4, Split("-", stack_id)))
        return Join("", [name, If(_FIFO, ".fifo", "")])

    def _dead_letters(self, stack: Stack) -> Queue:
        source = Sub("arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:${Name}", Name=self._name())
        return queue(
            stack,
            "DeadLetters",
            key=self.key_arn,
            FifoQueue=If(_FIFO, True, NoValue),
            RedriveAllowPolicy={"redrivePermission": "byQueue", "sourceQueueArns": [source]},
        )

    def _messages(self, stack: Stack, dead_letters: Queue) -> Queue:
        own = GetAtt(_MESSAGES, "Arn")
        messages = queue(
            stack,
            _MESSAGES,
            key=self.key_arn,
            keep_seconds=self.keep_seconds,
            statements=[*self._people(stack, own), *self._services(stack, own)],
            QueueName=self._name(),
            FifoQueue=If(_FIFO, True, NoValue),
            # Events come with no deduplication id of their own.
            ContentBasedDeduplication=If(_FIFO, True, NoValue),
            VisibilityTimeout=self.visibility_seconds,
            DelaySeconds=self.delay_seconds,
            ReceiveMessageWaitTimeSeconds=_WAIT_SECONDS,
            RedrivePolicy=RedrivePolicy(deadLetterTargetArn=dead_letters.get_att("Arn"), maxReceiveCount=self.attempts),
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
        return messages

    def _people(self, stack: Stack, queue_arn: Any) -> list[If]:
        stack.condition("HasSenders", Not(MessageQueue.sender_roles.equals("")))
        stack.condition("HasReceivers", Not(MessageQueue.receiver_roles.equals("")))
        senders, receivers = Split(",", self.sender_roles), Split(",", self.receiver_roles)
        send = [sqs.GetQueueUrl, sqs.SendMessage]
        receive = [
            sqs.ChangeMessageVisibility,
            sqs.DeleteMessage,
            sqs.GetQueueAttributes,
            sqs.GetQueueUrl,
            sqs.ReceiveMessage,
        ]
        # Only a key of another account could let in roles of another account.
        own = StringEquals({"aws:PrincipalAccount": AccountId})
        return [
            where("HasSenders", allow("RolesSend", send, queue_arn, to=Principal("AWS", senders), when=[own])),
            where(
                "HasReceivers", allow("RolesReceive", receive, queue_arn, to=Principal("AWS", receivers), when=[own])
            ),
        ]

    def _services(self, stack: Stack, queue_arn: Any) -> list[If]:
        stack.condition(
            "HasSenderService",
            And(Not(MessageQueue.sender_service.equals("none")), Not(MessageQueue.sender_arn.equals(""))),
        )
        service = Principal("Service", Sub("${SenderService}.amazonaws.com"))
        source = ArnEquals({"aws:SourceArn": self.sender_arn})
        events = Principal("Service", "events.amazonaws.com")
        rule = ArnEquals({"aws:SourceArn": GetAtt("Events", "Arn")})
        return [
            where(
                "HasSenderService",
                allow("ServiceSends", [sqs.SendMessage], queue_arn, to=service, when=[own_account(), source]),
            ),
            where(_HAS_EVENTS, allow("EventsCome", [sqs.SendMessage], queue_arn, to=events, when=[rule])),
        ]

    def _events(self, stack: Stack, messages: Queue) -> None:
        stack.add(
            Rule(
                "Events",
                Description=Sub("What comes into the queue ${QueueName} by itself"),
                EventPattern=If(_HAS_PATTERN, self.event_pattern, NoValue),
                ScheduleExpression=If(_HAS_SCHEDULE, self.schedule, NoValue),
                Targets=[
                    Target(
                        Id="queue",
                        Arn=messages.get_att("Arn"),
                        SqsParameters=If(_FIFO, SqsParameters(MessageGroupId="events"), NoValue),
                    )
                ],
                Condition=_HAS_EVENTS,
            )
        )

    def _alarms(self, stack: Stack, messages: Queue, dead_letters: Queue) -> None:
        alarm(
            stack,
            "MessagesWaitLong",
            Sub(
                "Queue ${QueueName}: a message has waited longer than ${OldestSeconds} seconds. Does its receiver work?"
            ),
            oldest(messages),
            above=self.oldest_seconds,
            minutes=5,
            topic=self.critical_topic,
        )
        alarm(
            stack,
            "ManyMessagesWait",
            Sub("Queue ${QueueName}: more than ${MostWaiting} messages wait."),
            waiting(messages),
            above=self.most_waiting,
            minutes=5,
            topic=self.warning_topic,
        )
        any_message_alarm(
            stack,
            "MessagesFailed",
            Sub("Queue ${QueueName}: messages are in the dead-letter queue. Mend the receiver, then redrive them."),
            dead_letters,
            topic=self.warning_topic,
        )
