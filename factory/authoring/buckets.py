"""S3 buckets as they are made everywhere: encrypted, versioned, private, kept when their stack goes."""

from __future__ import annotations

from typing import Any

from troposphere.s3 import (
    Bucket,
    BucketEncryption,
    LifecycleConfiguration,
    LifecycleRule,
    OwnershipControls,
    OwnershipControlsRule,
    PublicAccessBlockConfiguration,
    ServerSideEncryptionByDefault,
    ServerSideEncryptionRule,
    VersioningConfiguration,
)


def private_bucket(title: str, lifecycle: LifecycleRule, *, key: Any | None, **more: Any) -> Bucket:
    """A bucket whose objects end by one rule.

    `key` is the ARN of its customer-managed key; None means SSE-S3, for writers that can't use one. `more` are further
    properties and attributes. Plain HTTP is for its policy to refuse.
    """
    default = (
        ServerSideEncryptionByDefault(SSEAlgorithm="AES256")
        if key is None
        else ServerSideEncryptionByDefault(SSEAlgorithm="aws:kms", KMSMasterKeyID=key)
    )
    rule = ServerSideEncryptionRule(ServerSideEncryptionByDefault=default)
    if key is not None:
        rule.BucketKeyEnabled = True
    return Bucket(
        title,
        BucketEncryption=BucketEncryption(ServerSideEncryptionConfiguration=[rule]),
        VersioningConfiguration=VersioningConfiguration(Status="Enabled"),
        PublicAccessBlockConfiguration=PublicAccessBlockConfiguration(
            BlockPublicAcls=True, BlockPublicPolicy=True, IgnorePublicAcls=True, RestrictPublicBuckets=True
        ),
        OwnershipControls=OwnershipControls(Rules=[OwnershipControlsRule(ObjectOwnership="BucketOwnerEnforced")]),
        LifecycleConfiguration=LifecycleConfiguration(Rules=[lifecycle]),
        DeletionPolicy="RetainExceptOnCreate",
        UpdateReplacePolicy="Retain",
        **more,
    )
