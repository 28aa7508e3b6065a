"""The record of what is done in an account: a trail of all regions, its key, its locked bucket and its log group."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from awacs import kms, s3
from awacs.aws import Principal, Statement, StringEquals, StringLike
from troposphere import AccountId, Sub
from troposphere.cloudtrail import Trail
from troposphere.kms import Key
from troposphere.logs import LogGroup
from troposphere.s3 import DefaultRetention

from factory.authoring import Stack
from factory.authoring.policy import allow, own_account
from products.parts.buckets import log_bucket, objects_of
from products.parts.encryption import for_log_groups, in_this_account, own_key
from products.parts.logs import log_group, write_to
from products.parts.roles import service_role

_CLOUDTRAIL = Principal("Service", "cloudtrail.amazonaws.com")
_CONFIG = Principal("Service", "config.amazonaws.com")


def trail_arn(name: str) -> str:
    """The ARN of a trail of this region, as a `Fn::Sub` text."""
    return f"arn:${{AWS::Partition}}:cloudtrail:${{AWS::Region}}:${{AWS::AccountId}}:trail/{name}"


def audit_key(stack: Stack, title: str, *, alias: Any, trail: str, condition: str) -> Key:
    """A key for records alone: what is recorded is not open to everybody who may use the environment's key.

    CloudTrail encrypts for the trail of that name, AWS Config and CloudWatch Logs for this account; principals of the
    account decrypt as IAM allows, and nobody but these services encrypts.
    """
    users = [
        in_this_account("ReadInThisAccount", [kms.Decrypt, kms.DescribeKey]),
        # CloudTrail User Guide, "Configure AWS KMS key policies for CloudTrail"; Decrypt is for the bucket key.
        allow(
            "EncryptTrail",
            [kms.Decrypt, kms.GenerateDataKey],
            "*",
            to=_CLOUDTRAIL,
            when=[
                StringEquals({"aws:SourceArn": Sub(trail_arn(trail))}),
                StringLike({"kms:EncryptionContext:aws:cloudtrail:arn": Sub(_any_trail())}),
            ],
        ),
        allow(
            "DescribeForTrail",
            [kms.DescribeKey],
            "*",
            to=_CLOUDTRAIL,
            when=[StringEquals({"aws:SourceArn": Sub(trail_arn(trail))})],
        ),
        # AWS Config Developer Guide, "Permissions for the KMS Key for the AWS Config Delivery Channel".
        allow("EncryptConfigurations", [kms.Decrypt, kms.GenerateDataKey], "*", to=_CONFIG, when=[own_account()]),
        for_log_groups(),
    ]
    return own_key(
        stack,
        title,
        description="Audit records of ${Project} in ${Environment}",
        alias=alias,
        users=users,
        condition=condition,
    )


def _any_trail() -> str:
    """Log files carry the ARN of the trail, whichever region they are about."""
    return "arn:${AWS::Partition}:cloudtrail:*:${AWS::AccountId}:trail/*"


def audit_trail(
    stack: Stack,
    title: str,
    *,
    name: str,
    key: Any,
    retention: Any,
    keep_days: Any,
    lock_mode: Any,
    lock_days: Any,
    access_logs_to: Any,
    condition: str,
) -> LogGroup:
    """A trail of all regions under a name (a `Fn::Sub` text); gives the log group that its events reach too.

    What it wrote can't be deleted or overwritten for `lock_days`, is in cold storage after 90 days and gone after
    `keep_days`.
    """
    bucket = log_bucket(
        stack,
        f"{title}Bucket",
        key=key,
        expire_days=keep_days,
        access_logs_to=access_logs_to,
        locked=DefaultRetention(Mode=lock_mode, Days=lock_days),
        statements=_trail_writes(f"{title}Bucket", name),
        condition=condition,
    )
    group = log_group(stack, f"{title}Logs", key=key, retention=retention, condition=condition)
    role = service_role(stack, f"{title}Role", "cloudtrail", [write_to(group)], condition=condition)
    stack.add(
        Trail(
            title,
            TrailName=Sub(name),
            S3BucketName=bucket.ref(),
            KMSKeyId=key,
            CloudWatchLogsLogGroupArn=group.get_att("Arn"),
            CloudWatchLogsRoleArn=role.get_att("Arn"),
            IsLogging=True,
            IsMultiRegionTrail=True,
            IncludeGlobalServiceEvents=True,
            EnableLogFileValidation=True,
            DependsOn=f"{title}BucketPolicy",
            Condition=condition,
        )
    )
    return group


def _trail_writes(bucket: str, trail: str) -> list[Statement]:
    """CloudTrail User Guide, "Amazon S3 bucket policy for CloudTrail"."""
    for_trail = StringEquals({"aws:SourceArn": Sub(trail_arn(trail))})
    owned = StringEquals({"aws:SourceArn": Sub(trail_arn(trail)), "s3:x-amz-acl": "bucket-owner-full-control"})
    return [
        allow("CloudTrailLooks", [s3.GetBucketAcl], Sub(f"${{{bucket}.Arn}}"), to=_CLOUDTRAIL, when=[for_trail]),
        allow(
            "CloudTrailWrites",
            [s3.PutObject],
            objects_of(bucket, "AWSLogs/${AWS::AccountId}/"),
            to=_CLOUDTRAIL,
            when=[owned],
        ),
    ]


def configuration_bucket(
    stack: Stack, title: str, *, key: Any, keep_days: Any, access_logs_to: Any, condition: str
) -> Any:
    """A bucket for what AWS Config records, without a lock: Config delivers to no bucket that has one."""
    return log_bucket(
        stack,
        title,
        key=key,
        expire_days=keep_days,
        access_logs_to=access_logs_to,
        statements=_configuration_writes(title),
        condition=condition,
    )


def _configuration_writes(bucket: str) -> Sequence[Statement]:
    """AWS Config Developer Guide, "Permissions for the Amazon S3 Bucket for the AWS Config Delivery Channel"."""
    owned = StringEquals({"aws:SourceAccount": AccountId, "s3:x-amz-acl": "bucket-owner-full-control"})
    return [
        allow(
            "ConfigLooks",
            [s3.GetBucketAcl, s3.ListBucket],
            Sub(f"${{{bucket}.Arn}}"),
            to=_CONFIG,
            when=[own_account()],
        ),
        allow(
            "ConfigWrites",
            [s3.PutObject],
            objects_of(bucket, "AWSLogs/${AWS::AccountId}/Config/"),
            to=_CONFIG,
            when=[owned],
        ),
    ]
