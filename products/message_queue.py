"""The product `queue`; a module of that name would hide the standard library's from whoever starts beside it."""

from __future__ import annotations

from awacs import sqs
from awacs.aws import ArnEquals, Principal
from troposphere import GetAtt, If, Not, NoValue, Or, Split, Sub
from troposphere.events import Rule, SqsParameters, Target
from troposphere.sqs import Queue

from factory.authoring import Number, Product, Requires, Stack, Text
from factory.authoring.policy import allow, where
from products.parts import contract
from products.parts.alarms import alarm
from products.parts.message_queues import FIFO, MESSAGES, message_queues, own_roles
from products.parts.queue_questions import QUEUE, QUEUE_NAME, QueueQuestions, roles_question
from products.parts.queues import RECEIVE, any_message_alarm, oldest, waiting
from products.parts.schedules import RATE_OR_CRON

_HAS_PATTERN = "HasEventPattern"
_HAS_SCHEDULE = "HasSchedule"
_HAS_EVENTS = "HasEvents"


class MessageQueue(QueueQuestions, Product):
    """A message queue with a dead-letter queue beside it: encrypted, watched, and fed by events where so wished.

    A message that fails time and again goes to the dead-letter queue, which reports it and keeps it for two weeks;
    from there it can be sent back when the fault is mended. Who sends or receives needs the environment's key, too.
    """

    name = "queue"
    version = "1.1.0"

    queue_name = Text(
        "Queue name",
        group=QUEUE,
        default="main",
        pattern=QUEUE_NAME,
        constraint="2 to 20 lower-case letters, digits and hyphens, starting with a letter.",
        help="Unique among the queues of the environment; others find the queue by it.",
    )
    sender_roles = QueueQuestions.sender_roles
    receiver_roles = roles_question(
        "Roles that receive", "Besides those whose own policies let them receive; roles of this account."
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
        pattern=rf"({RATE_OR_CRON})?",
        constraint="Empty, rate(5 minutes), or cron(0 8 * * ? *) with six fields.",
        help="When a message comes into the queue by itself; times are UTC.",
    )
    oldest_seconds = QueueQuestions.oldest_seconds
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
        stack.condition(_HAS_PATTERN, Not(MessageQueue.event_pattern.equals("")))
        stack.condition(_HAS_SCHEDULE, Not(MessageQueue.schedule.equals("")))
        stack.condition(
            _HAS_EVENTS,
            Or(Not(MessageQueue.event_pattern.equals("")), Not(MessageQueue.schedule.equals(""))),
        )
        made = message_queues(
            stack,
            self,
            key=self.key_arn,
            identifier="queue-${QueueName}",
            statements=[self._receivers(stack), self._events_come()],
        )
        messages, dead_letters = made.messages, made.dead_letters
        self._events(stack, messages)
        self._alarms(stack, messages, dead_letters)
        name = MessageQueue.queue_name
        stack.provide(contract.QUEUE_URL, messages.ref(), provider=name)
        stack.provide(contract.QUEUE_ARN, messages.get_att("Arn"), provider=name)
        stack.provide(contract.QUEUE_NAME, messages.get_att("QueueName"), provider=name)
        stack.provide(contract.DEAD_LETTER_QUEUE_ARN, dead_letters.get_att("Arn"), provider=name)

    def _receivers(self, stack: Stack) -> If:
        stack.condition("HasReceivers", Not(MessageQueue.receiver_roles.equals("")))
        roles = Principal("AWS", Split(",", self.receiver_roles))
        return where(
            "HasReceivers", allow("RolesReceive", RECEIVE, GetAtt(MESSAGES, "Arn"), to=roles, when=[own_roles()])
        )

    def _events_come(self) -> If:
        events = Principal("Service", "events.amazonaws.com")
        rule = ArnEquals({"aws:SourceArn": GetAtt("Events", "Arn")})
        return where(
            _HAS_EVENTS, allow("EventsCome", [sqs.SendMessage], GetAtt(MESSAGES, "Arn"), to=events, when=[rule])
        )

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
                        SqsParameters=If(FIFO, SqsParameters(MessageGroupId="events"), NoValue),
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
