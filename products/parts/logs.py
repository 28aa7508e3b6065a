"""Log groups: encrypted with the environment's key and kept as long as the environment's class asks."""

from __future__ import annotations

from typing import Any

from awacs import logs
from awacs.aws import Statement
from troposphere import Ref
from troposphere.ecs import LogConfiguration
from troposphere.logs import LogGroup

from factory.authoring import Sized, Stack
from factory.authoring.policy import allow

# The periods from 90 days up that CloudWatch Logs admits (API reference, PutRetentionPolicy).
_RETENTION_DAYS = (90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)
_BUFFER = "25m"


def retention_days() -> Sized:
    """The question how long logs are kept."""
    return Sized(
        "Log retention (days)",
        group="Operations",
        options=_RETENTION_DAYS,
        sizes={"dev": 90, "test": 90, "qa": 90, "staging": 90, "prod": 365, "dr": 365},
        help="How long log groups keep what is written; auto keeps it 365 days in prod and dr, 90 elsewhere.",
    )


def log_group(
    stack: Stack, title: str, *, key: Any, retention: Any, name: Any = None, condition: str | None = None
) -> LogGroup:
    """A log group under the customer-managed key. It outlives its stack, so that logs are kept for as long as promised;
    only a launch that fails takes it along.

    Leave out the name where the service allows it: what outlives its stack must not collide with the next one's.
    """
    group = LogGroup(
        title,
        KmsKeyId=key,
        RetentionInDays=retention,
        DeletionPolicy="RetainExceptOnCreate",
        UpdateReplacePolicy="Retain",
    )
    if name is not None:
        group.LogGroupName = name
    if condition:
        group.Condition = condition
    return stack.add(group)


def write_to(group: LogGroup) -> Statement:
    """Permission to write to a log group and to nothing else."""
    return allow("WriteLogs", [logs.CreateLogStream, logs.PutLogEvents], group.get_att("Arn"))


def log_to(group: LogGroup, prefix: str) -> LogConfiguration:
    """Where a container's output goes. A full buffer drops lines rather than holding up the application."""
    return LogConfiguration(
        LogDriver="awslogs",
        Options={
            "awslogs-group": group.ref(),
            "awslogs-region": Ref("AWS::Region"),
            "awslogs-stream-prefix": prefix,
            "mode": "non-blocking",
            "max-buffer-size": _BUFFER,
        },
    )
