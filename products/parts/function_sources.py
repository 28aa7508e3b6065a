"""What calls a function by itself: a schedule, a queue, new objects in a bucket, changes of a table."""

from __future__ import annotations

from dataclasses import dataclass

from awacs import awslambda, dynamodb, kms, sqs
from awacs.aws import ArnEquals, Principal
from troposphere import If, Not, Sub
from troposphere.awslambda import Alias, DestinationConfig, EventSourceMapping, OnFailure, Permission
from troposphere.events import DeadLetterConfig, Rule, Target
from troposphere.iam import Role
from troposphere.sqs import Queue

from factory.authoring import Stack
from factory.authoring.policy import allow, where
from products.parts import contract
from products.parts.alarms import Metric, alarm
from products.parts.function_questions import FunctionQuestions
from products.parts.roles import grant
from products.parts.schedules import schedule

_SCHEDULE = "HasSchedule"
_QUEUE = "HasSourceQueue"
_BUCKET = "HasSourceBucket"
_STREAM = "HasSourceStream"
_STREAM_RETRIES = 10
_STREAM_AGE_SECONDS = 86_400
_LATE_MILLISECONDS = 300_000
_WHOLE_BATCH_UNLESS_TOLD = ["ReportBatchItemFailures"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """A function that is called: by its alias, working under its role, with the queue of what it could not handle.

    `deployed` is the condition that it has code of its own. Until then every source is switched off, so that no
    message is taken for handled.
    """

    alias: Alias
    role: Role
    failures: Queue
    deployed: str


def source_conditions(stack: Stack) -> None:
    """Declare which of the sources a launch asks for."""
    for name, question in {
        _SCHEDULE: FunctionQuestions.schedule,
        _QUEUE: FunctionQuestions.source_queue,
        _BUCKET: FunctionQuestions.source_bucket,
        _STREAM: FunctionQuestions.source_stream,
    }.items():
        stack.condition(name, Not(question.equals("")))


def undelivered_events() -> list[If]:
    """What lets EventBridge put events into the queue of failures that it could not deliver."""
    events = Principal("Service", "events.amazonaws.com")
    rule = ArnEquals({"aws:SourceArn": Sub("${NewObjects.Arn}")})
    return [
        where(_BUCKET, allow("UndeliveredEvents", [sqs.SendMessage], Sub("${Failures.Arn}"), to=events, when=[rule]))
    ]


def sources(stack: Stack, questions: FunctionQuestions, called: Called) -> None:
    """Everything that calls the function, each where the launch asks for it."""
    _schedule(stack, questions, called)
    _queue(stack, questions, called)
    _bucket(stack, questions, called)
    _stream(stack, questions, called)


def _schedule(stack: Stack, questions: FunctionQuestions, called: Called) -> None:
    schedule(
        stack,
        "Calls",
        allow("CallTheFunction", [awslambda.InvokeFunction], called.alias.ref()),
        called.alias.ref(),
        expression=questions.schedule,
        time_zone=questions.time_zone,
        state=If(called.deployed, "ENABLED", "DISABLED"),
        key=questions.key_arn,
        failures=called.failures,
        condition=_SCHEDULE,
    )


def _queue(stack: Stack, questions: FunctionQuestions, called: Called) -> None:
    arn = stack.find(contract.QUEUE_ARN, provider=FunctionQuestions.source_queue)
    actions = [sqs.ChangeMessageVisibility, sqs.DeleteMessage, sqs.GetQueueAttributes, sqs.ReceiveMessage]
    statements = [
        allow("ReadMessages", actions, arn),
        allow("DecryptMessages", [kms.Decrypt], questions.key_arn),
    ]
    grant(called.role, "ReadQueue", statements, condition=_QUEUE)
    stack.add(
        EventSourceMapping(
            "Messages",
            EventSourceArn=arn,
            FunctionName=called.alias.ref(),
            FunctionResponseTypes=_WHOLE_BATCH_UNLESS_TOLD,
            Enabled=If(called.deployed, True, False),
            Condition=_QUEUE,
        )
    )


def _bucket(stack: Stack, questions: FunctionQuestions, called: Called) -> None:
    rule = stack.add(
        Rule(
            "NewObjects",
            Description=Sub("New objects for the function ${FunctionName}"),
            EventPattern={
                "source": ["aws.s3"],
                "detail-type": ["Object Created"],
                "detail": {"bucket": {"name": [questions.source_bucket]}},
            },
            State=If(called.deployed, "ENABLED", "DISABLED"),
            Targets=[
                Target(
                    Id="function",
                    Arn=called.alias.ref(),
                    DeadLetterConfig=DeadLetterConfig(Arn=called.failures.get_att("Arn")),
                )
            ],
            Condition=_BUCKET,
        )
    )
    stack.add(
        Permission(
            "NewObjectsCall",
            Action="lambda:InvokeFunction",
            FunctionName=called.alias.ref(),
            Principal="events.amazonaws.com",
            SourceArn=rule.get_att("Arn"),
            Condition=_BUCKET,
        )
    )


def _stream(stack: Stack, questions: FunctionQuestions, called: Called) -> None:
    statements = [
        allow(
            "ReadChanges",
            [dynamodb.DescribeStream, dynamodb.GetRecords, dynamodb.GetShardIterator],
            questions.source_stream,
        ),
        # Listing has no resource level.
        allow("FindStream", [dynamodb.ListStreams], "*"),
        allow("DecryptChanges", [kms.Decrypt], questions.key_arn),
    ]
    grant(called.role, "ReadStream", statements, condition=_STREAM)
    stack.add(
        EventSourceMapping(
            "Changes",
            EventSourceArn=questions.source_stream,
            FunctionName=called.alias.ref(),
            StartingPosition="LATEST",
            FunctionResponseTypes=_WHOLE_BATCH_UNLESS_TOLD,
            # One record that can't be handled must not hold up those behind it for ever.
            BisectBatchOnFunctionError=True,
            MaximumRetryAttempts=_STREAM_RETRIES,
            MaximumRecordAgeInSeconds=_STREAM_AGE_SECONDS,
            DestinationConfig=DestinationConfig(OnFailure=OnFailure(Destination=called.failures.get_att("Arn"))),
            Enabled=If(called.deployed, True, False),
            Condition=_STREAM,
        )
    )
    alarm(
        stack,
        "ChangesWaitLong",
        Sub("Function ${FunctionName}: changes of its table wait longer than five minutes."),
        Metric(
            namespace="AWS/Lambda",
            name="IteratorAge",
            statistic="Maximum",
            dimensions={"FunctionName": called.alias.FunctionName},
        ),
        above=_LATE_MILLISECONDS,
        minutes=5,
        topic=questions.warning_topic,
        condition=_STREAM,
    )
