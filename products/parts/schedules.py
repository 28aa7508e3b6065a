"""EventBridge Scheduler: something called by the clock, under a role of its own, with a place for calls that failed."""

from __future__ import annotations

from typing import Any

from awacs import kms, sqs
from awacs.aws import Statement
from troposphere.scheduler import DeadLetterConfig, FlexibleTimeWindow, RetryPolicy, Schedule, Target
from troposphere.sqs import Queue

from factory.authoring import Stack
from factory.authoring.policy import allow, only_for
from products.parts.roles import service_role

RATE_OR_CRON = r"rate\([1-9]\d{0,3} (minute|hour|day)s?\)|cron\([0-9A-Za-z*?,/#-]+( [0-9A-Za-z*?,/#-]+){5}\)"
"""Pattern of a schedule that repeats itself."""

_GROUP = "arn:${AWS::Partition}:scheduler:${AWS::Region}:${AWS::AccountId}:schedule-group/default"
_RETRIES = 2
_AGE_SECONDS = 3600


def schedule(
    stack: Stack,
    title: str,
    call: Statement,
    target_arn: Any,
    *,
    expression: Any,
    time_zone: Any,
    state: Any,
    key: Any,
    failures: Queue,
    window: Any | None = None,
    retries: int = _RETRIES,
    age_seconds: Any = _AGE_SECONDS,
    condition: str | None = None,
    **target: Any,
) -> Schedule:
    """Call a target at its times. The statement is the permission for that, `state` is ENABLED or DISABLED.

    A call that fails is made again so many times and within so many seconds, and then goes to the queue of `failures`.
    """
    role = service_role(
        stack,
        "ScheduleRole",
        "scheduler",
        [
            call,
            allow("KeepFailures", [sqs.SendMessage], failures.get_att("Arn")),
            allow("UseTheKey", [kms.Decrypt, kms.GenerateDataKey], key),
        ],
        trust_conditions=[only_for(_GROUP)],
        condition=condition,
    )
    made = Schedule(
        title,
        ScheduleExpression=expression,
        ScheduleExpressionTimezone=time_zone,
        FlexibleTimeWindow=window if window is not None else FlexibleTimeWindow(Mode="OFF"),
        KmsKeyArn=key,
        State=state,
        Target=Target(
            Arn=target_arn,
            RoleArn=role.get_att("Arn"),
            RetryPolicy=RetryPolicy(MaximumRetryAttempts=retries, MaximumEventAgeInSeconds=age_seconds),
            DeadLetterConfig=DeadLetterConfig(Arn=failures.get_att("Arn")),
            **target,
        ),
    )
    if condition:
        made.Condition = condition
    return stack.add(made)
