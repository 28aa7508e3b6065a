"""The artifact bucket of a region: published templates and function code, with the key that encrypts them."""

from __future__ import annotations

from awacs import kms, s3
from awacs.aws import Allow, AWSPrincipal, Statement, StringEquals
from troposphere import Ref, Sub, Template
from troposphere.kms import Key
from troposphere.s3 import AbortIncompleteMultipartUpload, BucketPolicy, LifecycleRule

from factory.authoring.buckets import private_bucket
from factory.authoring.policy import allow, deny_plain_http, document
from factory.synthesis.account.names import HUB, TAGS


def add_artifact_bucket(template: Template) -> None:
    """Versioned, encrypted, readable by the accounts that launch."""
    environments = AWSPrincipal(Ref("EnvironmentAccounts"))
    administrators = AWSPrincipal(Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root"))
    key = template.add_resource(
        Key(
            "ArtifactKey",
            Condition=HUB,
            Description="Templates and function code of the product factory",
            EnableKeyRotation=True,
            PendingWindowInDays=30,
            KeyPolicy=document(
                Statement(
                    Sid="ThisAccount", Effect=Allow, Principal=administrators, Action=[kms.Action("*")], Resource=["*"]
                ),
                allow(
                    "ReadThroughS3",
                    [kms.Decrypt],
                    "*",
                    to=environments,
                    when=[StringEquals({"kms:ViaService": Sub("s3.${AWS::Region}.${AWS::URLSuffix}")})],
                ),
            ),
            Tags=TAGS,
            DeletionPolicy="RetainExceptOnCreate",
            UpdateReplacePolicy="Retain",
        )
    )
    lifecycle = LifecycleRule(
        Id="abandoned-uploads",
        Status="Enabled",
        AbortIncompleteMultipartUpload=AbortIncompleteMultipartUpload(DaysAfterInitiation=7),
    )
    bucket = template.add_resource(
        private_bucket(
            "Artifacts", lifecycle, key=key.get_att("Arn"), Condition=HUB, BucketName=Ref("AssetBucketName"), Tags=TAGS
        )
    )
    objects = Sub("${Artifacts.Arn}/*")
    template.add_resource(
        BucketPolicy(
            "ArtifactsPolicy",
            Condition=HUB,
            Bucket=bucket.ref(),
            PolicyDocument=document(
                deny_plain_http([s3.Action("*")], [bucket.get_att("Arn"), objects]),
                allow("EnvironmentsRead", [s3.GetObject, s3.GetObjectTagging], objects, to=environments),
            ),
            DeletionPolicy="RetainExceptOnCreate",
            UpdateReplacePolicy="Retain",
        )
    )
