"""S3 buckets as every product makes them: versioned, private, TLS only, kept when their stack goes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from awacs import s3
from awacs.aws import Statement
from troposphere import Sub
from troposphere.s3 import (
    AbortIncompleteMultipartUpload,
    Bucket,
    BucketPolicy,
    DefaultRetention,
    LifecycleRule,
    LifecycleRuleTransition,
    LoggingConfiguration,
    NoncurrentVersionExpiration,
    ObjectLockConfiguration,
    ObjectLockRule,
)

from factory.authoring import Stack
from factory.authoring.buckets import private_bucket
from factory.authoring.policy import deny_plain_http, document

_GLACIER_AFTER_DAYS = 90
_OLD_VERSIONS_DAYS = 365
_ABANDONED_UPLOAD_DAYS = 7


def log_bucket(
    stack: Stack,
    title: str,
    *,
    key: Any | None,
    expire_days: Any,
    access_logs_to: Any | None,
    statements: Sequence[Statement] = (),
    locked: DefaultRetention | None = None,
    condition: str | None = None,
) -> Bucket:
    """A bucket for logs: to Glacier after 90 days, gone after `expire_days`.

    `key` None means SSE-S3, for writers that can't use a customer key. `statements` admit the services that write;
    they may name the bucket through `objects_of(title)`. Nothing can be deleted or overwritten for as long as `locked`
    says: MFA delete would need the root user's own call. A lock can't be given to a bucket that exists.
    """
    lock = {"ObjectLockEnabled": True, "ObjectLockConfiguration": _lock(locked)} if locked else {}
    return _bucket(
        stack,
        title,
        _archive(expire_days),
        key=key,
        access_logs_to=access_logs_to,
        statements=statements,
        condition=condition,
        **lock,
    )


def _lock(retention: DefaultRetention) -> ObjectLockConfiguration:
    return ObjectLockConfiguration(ObjectLockEnabled="Enabled", Rule=ObjectLockRule(DefaultRetention=retention))


def _archive(expire_days: Any) -> LifecycleRule:
    return LifecycleRule(
        Id="archive",
        Status="Enabled",
        Transitions=[LifecycleRuleTransition(StorageClass="GLACIER", TransitionInDays=_GLACIER_AFTER_DAYS)],
        ExpirationInDays=expire_days,
        NoncurrentVersionExpiration=NoncurrentVersionExpiration(NoncurrentDays=_OLD_VERSIONS_DAYS),
        AbortIncompleteMultipartUpload=AbortIncompleteMultipartUpload(DaysAfterInitiation=_ABANDONED_UPLOAD_DAYS),
    )


def artifact_bucket(stack: Stack, title: str, *, key: Any, expire_days: int, access_logs_to: Any) -> Bucket:
    """A bucket for what one step of a pipeline hands to the next, gone after `expire_days`."""
    expire = LifecycleRule(
        Id="expire",
        Status="Enabled",
        ExpirationInDays=expire_days,
        NoncurrentVersionExpiration=NoncurrentVersionExpiration(NoncurrentDays=_ABANDONED_UPLOAD_DAYS),
        AbortIncompleteMultipartUpload=AbortIncompleteMultipartUpload(DaysAfterInitiation=_ABANDONED_UPLOAD_DAYS),
    )
    return _bucket(stack, title, expire, key=key, access_logs_to=access_logs_to)


def _bucket(
    stack: Stack,
    title: str,
    lifecycle: LifecycleRule,
    *,
    key: Any | None,
    access_logs_to: Any | None,
    statements: Sequence[Statement] = (),
    condition: str | None = None,
    **more: Any,
) -> Bucket:
    bucket = private_bucket(title, lifecycle, key=key, **more)
    if access_logs_to is not None:
        bucket.LoggingConfiguration = LoggingConfiguration(
            DestinationBucketName=access_logs_to, LogFilePrefix=f"s3/{title}/"
        )
    policy = BucketPolicy(
        f"{title}Policy",
        Bucket=bucket.ref(),
        PolicyDocument=document(
            deny_plain_http([s3.Action("*")], [bucket.get_att("Arn"), objects_of(title)]), *statements
        ),
        DeletionPolicy="RetainExceptOnCreate",
        UpdateReplacePolicy="Retain",
    )
    if condition:
        bucket.Condition = policy.Condition = condition
    stack.add(bucket)
    stack.add(policy)
    return bucket


def objects_of(title: str, prefix: str = "") -> Sub:
    """The ARN pattern of the objects in the bucket of that logical name, or of those under a prefix."""
    return Sub(f"${{{title}.Arn}}/{prefix}*")
