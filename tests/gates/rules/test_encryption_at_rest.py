"""House rule E9101: whatever holds data encrypts it with a key that the customer manages."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, NOTHING, ask, resource

KEY = {"Fn::GetAtt": ["Key", "Arn"]}
EBS = {"Encrypted": True, "KmsKeyId": KEY}
METHOD = {"HttpMethod": "*", "ResourcePath": "/*", "CachingEnabled": True}


def bucket(**default: Any) -> dict[str, Any]:
    rules = [{"ServerSideEncryptionByDefault": default}]
    return resource("AWS::S3::Bucket", BucketEncryption={"ServerSideEncryptionConfiguration": rules})


def template_of_instances(*disks: Any) -> dict[str, Any]:
    mappings = [{"DeviceName": f"/dev/sd{number}", "Ebs": disk} for number, disk in enumerate(disks)]
    return resource("AWS::EC2::LaunchTemplate", LaunchTemplateData={"BlockDeviceMappings": mappings})


def stage(*methods: Any, cache: Any = True) -> dict[str, Any]:
    return resource("AWS::ApiGateway::Stage", CacheClusterEnabled=cache, MethodSettings=list(methods))


@pytest.mark.parametrize(
    "good",
    [
        resource("AWS::SQS::Queue", KmsMasterKeyId=KEY),
        resource("AWS::RDS::DBInstance", StorageEncrypted=True, KmsKeyId=KEY),
        resource("AWS::RDS::DBInstance", StorageEncrypted="true", KmsKeyId={"Fn::If": ["IsWanted", KEY, "alias/own"]}),
        resource("AWS::RDS::DBInstance", DBClusterIdentifier="aurora"),
        resource("AWS::RDS::DBInstance", SourceDBInstanceIdentifier="primary"),
        bucket(SSEAlgorithm="aws:kms", KMSMasterKeyID=KEY),
        template_of_instances(EBS, EBS),
        stage({**METHOD, "CacheDataEncrypted": True}),
        stage(METHOD, cache=False),
        resource("AWS::CodePipeline::Pipeline", ArtifactStore={"EncryptionKey": {"Id": KEY, "Type": "KMS"}}),
        resource(
            "AWS::CodePipeline::Pipeline",
            ArtifactStores=[{"Region": "eu-west-1", "ArtifactStore": {"EncryptionKey": {"Id": KEY, "Type": "KMS"}}}],
        ),
    ],
)
def test_a_customers_key_is_kept(good: dict[str, Any]) -> None:
    assert ask("E9101", good, **IF_WANTED) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (resource("AWS::SQS::Queue"), "KmsMasterKeyId is not a customer-managed key"),
        (resource("AWS::SQS::Queue", KmsMasterKeyId="alias/aws/sqs"), "KmsMasterKeyId is not a customer-managed key"),
        (resource("AWS::RDS::DBInstance", KmsKeyId=KEY), "StorageEncrypted is not true"),
        (bucket(SSEAlgorithm="AES256"), "SSEAlgorithm is not one of aws:kms"),
        (bucket(SSEAlgorithm="aws:kms"), "KMSMasterKeyID is not a customer-managed key"),
        (resource("AWS::S3::Bucket"), "ServerSideEncryptionConfiguration is not set"),
        (
            resource("AWS::SQS::Queue", KmsMasterKeyId={"Fn::If": ["IsWanted", KEY, NOTHING]}),
            "is not a customer-managed key when Wanted=false",
        ),
        (template_of_instances(EBS, {"Encrypted": True}), "Ebs.KmsKeyId is not a customer-managed key"),
        (template_of_instances({"Fn::If": ["IsWanted", EBS, {}]}), "Ebs.Encrypted is not true when Wanted=false"),
        (stage(METHOD), "CacheDataEncrypted is not true"),
        (stage(), "MethodSettings is not set"),
        (
            resource("AWS::CodePipeline::Pipeline", ArtifactStore={"Type": "S3"}),
            "ArtifactStore.EncryptionKey.Id is not",
        ),
        (
            resource("AWS::CodePipeline::Pipeline", ArtifactStores=[{"ArtifactStore": {"Type": "S3"}}]),
            "ArtifactStores.*.ArtifactStore.EncryptionKey.Id is not",
        ),
        (
            resource("AWS::DynamoDB::GlobalTable", Replicas=[{"Region": "us-east-1"}]),
            "Replicas.*.SSESpecification.KMSMasterKeyId is not",
        ),
    ],
)
def test_anything_else_is_found(bad: dict[str, Any], message: str) -> None:
    assert any(message in found for found in ask("E9101", bad, **IF_WANTED))


@pytest.mark.parametrize(("pattern", "findings"), [("arn:.+", 0), ("(arn:.+)?", 1), (".*", 1)])
def test_a_key_that_is_asked_for_must_be_given(pattern: str, findings: int) -> None:
    parameters = {"Key": {"Type": "String", "AllowedPattern": pattern}}
    queue = resource("AWS::SQS::Queue", KmsMasterKeyId={"Ref": "Key"})
    assert len(ask("E9101", queue, Parameters=parameters)) == findings
