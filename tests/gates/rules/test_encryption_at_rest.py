"""House rule E9101: whatever holds data encrypts it with a key that the customer manages."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, NOTHING, ask, resource

KEY = {"Fn::GetAtt": ["Key", "Arn"]}


def bucket(**default: Any) -> dict[str, Any]:
    rules = [{"ServerSideEncryptionByDefault": default}]
    return resource("AWS::S3::Bucket", BucketEncryption={"ServerSideEncryptionConfiguration": rules})


@pytest.mark.parametrize(
    "good",
    [
        resource("AWS::SQS::Queue", KmsMasterKeyId=KEY),
        resource("AWS::RDS::DBInstance", StorageEncrypted=True, KmsKeyId=KEY),
        resource("AWS::RDS::DBInstance", StorageEncrypted="true", KmsKeyId={"Fn::If": ["IsWanted", KEY, "alias/own"]}),
        bucket(SSEAlgorithm="aws:kms", KMSMasterKeyID=KEY),
    ],
)
def test_a_customers_key_is_kept(good: dict[str, Any]) -> None:
    assert ask("E9101", good, **IF_WANTED) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (resource("AWS::SQS::Queue"), "KmsMasterKeyId names no customer-managed key"),
        (resource("AWS::SQS::Queue", KmsMasterKeyId="alias/aws/sqs"), "KmsMasterKeyId names no customer-managed key"),
        (resource("AWS::RDS::DBInstance", KmsKeyId=KEY), "StorageEncrypted is not true"),
        (bucket(SSEAlgorithm="AES256"), "objects are not under a customer-managed key"),
        (bucket(SSEAlgorithm="aws:kms"), "objects are not under a customer-managed key"),
        (
            resource("AWS::SQS::Queue", KmsMasterKeyId={"Fn::If": ["IsWanted", KEY, NOTHING]}),
            "names no customer-managed key when Wanted=false",
        ),
    ],
)
def test_anything_else_is_found(bad: dict[str, Any], message: str) -> None:
    (found,) = ask("E9101", bad, **IF_WANTED)
    assert message in found


@pytest.mark.parametrize(("pattern", "findings"), [("arn:.+", 0), ("(arn:.+)?", 1), (".*", 1)])
def test_a_key_that_is_asked_for_must_be_given(pattern: str, findings: int) -> None:
    parameters = {"Key": {"Type": "String", "AllowedPattern": pattern}}
    queue = resource("AWS::SQS::Queue", KmsMasterKeyId={"Ref": "Key"})
    assert len(ask("E9101", queue, Parameters=parameters)) == findings
