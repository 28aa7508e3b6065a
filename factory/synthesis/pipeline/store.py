"""Where builds leave what others need: an encrypted bucket, and the key for it, for logs and for notices."""

from __future__ import annotations

from datetime import date

from awacs import kms, s3
from awacs.aws import ArnLike, AWSPrincipal, Principal, StringEquals
from troposphere import AccountId, Sub, Template
from troposphere.kms import Key
from troposphere.s3 import AbortIncompleteMultipartUpload, BucketPolicy, LifecycleRule, NoncurrentVersionExpiration

from factory.authoring.buckets import private_bucket
from factory.authoring.exemption import METADATA, Exemption
from factory.authoring.keys import ADMINISTER, USE
from factory.authoring.policy import allow, deny_plain_http, document
from factory.synthesis.account.names import TAGS
from factory.synthesis.pipeline import names

# As long as logs are kept: plans and what was published by them are evidence.
_KEPT_DAYS = 365

_REASON = (
    "Only the pipeline's roles reach the bucket, and CodePipeline and CodeBuild tell what they did; a bucket for its "
    "access logs would be one more without such logs."
)
_UNLOGGED = {
    METADATA: {
        "exceptions": [
            Exemption(rule="E9403", reason=_REASON, owner="Platform engineering", review=date(2027, 11, 30)).to_json()
        ]
    },
    "checkov": {"skip": [{"id": "CKV_AWS_18", "comment": _REASON}]},
}


def add_store(template: Template) -> None:
    """Add bucket and key. Both stay when the stack goes, with the plans that were approved."""
    account = AWSPrincipal(Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root"))
    key = template.add_resource(
        Key(
            names.KEY,
            Description="What the factory's pipeline hands on, logs and tells",
            EnableKeyRotation=True,
            PendingWindowInDays=30,
            KeyPolicy=document(
                allow("Administer", ADMINISTER, "*", to=account),
                # What IAM allows to the roles of this account.
                allow("Use", USE, "*", to=account, when=[StringEquals({"kms:CallerAccount": AccountId})]),
                allow(
                    "EncryptLogs",
                    USE,
                    "*",
                    to=Principal("Service", Sub("logs.${AWS::Region}.${AWS::URLSuffix}")),
                    when=[
                        ArnLike(
                            {
                                "kms:EncryptionContext:aws:logs:arn": Sub(
                                    "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:"
                                    f"log-group:{names.STACK_NAME}-*"
                                )
                            }
                        )
                    ],
                ),
                # A condition on the account would never hold (factory.authoring.sources).
                allow(
                    "TellOfFailures",
                    [kms.Decrypt, kms.GenerateDataKey],
                    "*",
                    to=Principal("Service", "events.amazonaws.com"),
                ),
            ),
            Tags=TAGS,
            DeletionPolicy="RetainExceptOnCreate",
            UpdateReplacePolicy="Retain",
        )
    )
    lifecycle = LifecycleRule(
        Id="end",
        Status="Enabled",
        ExpirationInDays=_KEPT_DAYS,
        NoncurrentVersionExpiration=NoncurrentVersionExpiration(NoncurrentDays=30),
        AbortIncompleteMultipartUpload=AbortIncompleteMultipartUpload(DaysAfterInitiation=7),
    )
    bucket = template.add_resource(
        private_bucket(names.ARTIFACTS, lifecycle, key=key.get_att("Arn"), Tags=TAGS, Metadata=_UNLOGGED)
    )
    template.add_resource(
        BucketPolicy(
            "ArtifactsPolicy",
            Bucket=bucket.ref(),
            PolicyDocument=document(
                deny_plain_http([s3.Action("*")], [bucket.get_att("Arn"), Sub(f"${{{names.ARTIFACTS}.Arn}}/*")])
            ),
            DeletionPolicy="RetainExceptOnCreate",
            UpdateReplacePolicy="Retain",
        )
    )
