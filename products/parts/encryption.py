"""Customer-managed keys: who administers them, who uses them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from awacs import kms
from awacs.aws import (
    Action,
    ArnLike,
    ForAllValuesStringEquals,
    Principal,
    Statement,
    StringEquals,
)
from troposphere import AccountId, Sub
from troposphere.kms import Alias, Key

from factory.authoring import Stack
from factory.authoring.keys import ADMINISTER, USE
from factory.authoring.policy import allow, document, own_account

_DELETION_WINDOW_DAYS = 30
# In a key policy `*` means the key that carries the policy.
_ACCOUNT = Principal("AWS", Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root"))


def own_key(
    stack: Stack,
    title: str,
    *,
    description: str,
    alias: Any,
    users: Sequence[Statement],
    condition: str | None = None,
) -> Key:
    """A rotating key, kept when its stack goes, that the account's administrators manage and that `users` open.

    `description` is a `Fn::Sub` text.
    """
    key = stack.add(
        Key(
            title,
            Description=Sub(description),
            EnableKeyRotation=True,
            PendingWindowInDays=_DELETION_WINDOW_DAYS,
            KeyPolicy=document(_administered(), *users),
            DeletionPolicy="RetainExceptOnCreate",
            UpdateReplacePolicy="Retain",
        )
    )
    named = stack.add(Alias(f"{title}Alias", AliasName=alias, TargetKeyId=key.ref()))
    if condition:
        key.Condition = named.Condition = condition
    return key


def in_this_account(sid: str, actions: Sequence[Action]) -> Statement:
    """Lets principals of this account use a key, as far as IAM allows each of them."""
    return allow(sid, actions, "*", to=_ACCOUNT, when=[StringEquals({"kms:CallerAccount": AccountId})])


def environment_key(stack: Stack, title: str, *, alias: Any) -> Key:
    """The key of an environment, which the account's roles and AWS services use as IAM allows.

    CloudWatch Logs may use it for this account's log groups, Fargate for the storage of this account's tasks, and the
    services that publish alarms and events to encrypted topics, send to encrypted queues, or deliver logs.
    """
    return own_key(
        stack, title, description="Data of ${Project} in ${Environment}", alias=alias, users=_environment_users()
    )


def _administered() -> Statement:
    return allow("Administer", ADMINISTER, "*", to=_ACCOUNT)


def for_log_groups() -> Statement:
    """Lets CloudWatch Logs use a key for this account's log groups (CloudWatch Logs User Guide, "Encrypt log data in
    CloudWatch Logs using AWS Key Management Service")."""
    logs = Sub("arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:*")
    return allow(
        "EncryptLogGroups",
        USE,
        "*",
        to=Principal("Service", Sub("logs.${AWS::Region}.${AWS::URLSuffix}")),
        when=[ArnLike({"kms:EncryptionContext:aws:logs:arn": logs})],
    )


def _environment_users() -> list[Statement]:
    return [
        in_this_account("UseInThisAccount", USE),
        for_log_groups(),
        allow(
            "PublishToEncryptedTopics",
            [kms.Decrypt, kms.GenerateDataKey],
            "*",
            to=Principal(
                "Service",
                [f"{name}.amazonaws.com" for name in ("budgets", "cloudwatch", "codestar-notifications")],
            ),
            when=[own_account()],
        ),
        # To topics and to queues. A condition on the account would never hold (factory.authoring.sources).
        allow(
            "DeliverEvents", [kms.Decrypt, kms.GenerateDataKey], "*", to=Principal("Service", "events.amazonaws.com")
        ),
        allow(
            "SendToEncryptedQueues",
            [kms.Decrypt, kms.GenerateDataKey],
            "*",
            to=Principal("Service", [f"{name}.amazonaws.com" for name in ("s3", "sns")]),
            when=[own_account()],
        ),
        allow(
            "DeliverLogsOfEncryptedWorkflows",
            [kms.Decrypt],
            "*",
            to=Principal("Service", "delivery.logs.amazonaws.com"),
            when=[StringEquals({"kms:EncryptionContext:SourceArn": log_delivery_context()})],
        ),
        # CloudWatch Logs User Guide, "Logs sent to Amazon S3": to the archive, which is under this key.
        allow(
            "DeliverLogsToTheArchive",
            USE,
            "*",
            to=Principal("Service", "delivery.logs.amazonaws.com"),
            when=[own_account(), ArnLike({"aws:SourceArn": log_delivery_context()})],
        ),
        *_fargate_storage(),
    ]


def log_delivery_context() -> Sub:
    """The encryption context of logs that a service delivers (Step Functions Developer Guide, "Data at rest
    encryption")."""
    return Sub("arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:*")


def _fargate_storage() -> list[Statement]:
    """What Fargate needs for the ephemeral storage of tasks (ECS Developer Guide, "Create an encryption key for Fargate
    ephemeral storage"); the guide also names the cluster, which this key outlives."""
    fargate = Principal("Service", "fargate.amazonaws.com")
    this_account = StringEquals({"kms:EncryptionContext:aws:ecs:clusterAccount": AccountId})
    return [
        allow("EncryptTaskStorage", [kms.GenerateDataKeyWithoutPlaintext], "*", to=fargate, when=[this_account]),
        allow(
            "LetTasksReadTheirStorage",
            [kms.CreateGrant],
            "*",
            to=fargate,
            when=[this_account, ForAllValuesStringEquals({"kms:GrantOperations": ["Decrypt"]})],
        ),
    ]
