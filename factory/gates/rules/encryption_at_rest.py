"""House rule: whatever holds data encrypts it with a key that the customer manages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from factory.gates import house
from factory.gates.branches import Given, Opaque, Resource, is_known

_OF_AWS = ("alias/aws/", "AWS_OWNED")

KEYS: Mapping[str, tuple[str, ...]] = {
    "AWS::Backup::BackupVault": ("EncryptionKeyArn",),
    "AWS::CloudTrail::Trail": ("KMSKeyId",),
    "AWS::CodeBuild::Project": ("EncryptionKey",),
    "AWS::DynamoDB::Table": ("SSESpecification.KMSMasterKeyId",),
    "AWS::EC2::Volume": ("KmsKeyId",),
    "AWS::ECR::Repository": ("EncryptionConfiguration.KmsKey",),
    "AWS::ECS::Cluster": (
        "Configuration.ExecuteCommandConfiguration.KmsKeyId",
        "Configuration.ManagedStorageConfiguration.FargateEphemeralStorageKmsKeyId",
    ),
    "AWS::EFS::FileSystem": ("KmsKeyId",),
    "AWS::ElastiCache::ReplicationGroup": ("KmsKeyId",),
    "AWS::ElastiCache::ServerlessCache": ("KmsKeyId",),
    "AWS::Kinesis::Stream": ("StreamEncryption.KeyId",),
    "AWS::KinesisFirehose::DeliveryStream": ("DeliveryStreamEncryptionConfigurationInput.KeyARN",),
    "AWS::Lambda::Function": ("KmsKeyArn",),
    "AWS::Logs::LogGroup": ("KmsKeyId",),
    "AWS::OpenSearchService::Domain": ("EncryptionAtRestOptions.KmsKeyId",),
    "AWS::RDS::DBCluster": ("KmsKeyId",),
    "AWS::RDS::DBInstance": ("KmsKeyId",),
    "AWS::SNS::Topic": ("KmsMasterKeyId",),
    "AWS::SQS::Queue": ("KmsMasterKeyId",),
    "AWS::SecretsManager::Secret": ("KmsKeyId",),
    "AWS::StepFunctions::StateMachine": ("EncryptionConfiguration.KmsKeyId",),
}
"""By resource type, the properties that name the key."""

SWITCHES: Mapping[str, Mapping[str, Any]] = {
    "AWS::DynamoDB::Table": {"SSESpecification.SSEEnabled": True, "SSESpecification.SSEType": "KMS"},
    "AWS::EC2::Volume": {"Encrypted": True},
    "AWS::ECR::Repository": {"EncryptionConfiguration.EncryptionType": "KMS"},
    "AWS::EFS::FileSystem": {"Encrypted": True},
    "AWS::ElastiCache::ReplicationGroup": {"AtRestEncryptionEnabled": True},
    "AWS::Kinesis::Stream": {"StreamEncryption.EncryptionType": "KMS"},
    "AWS::OpenSearchService::Domain": {"EncryptionAtRestOptions.Enabled": True},
    "AWS::RDS::DBCluster": {"StorageEncrypted": True},
    "AWS::RDS::DBInstance": {"StorageEncrypted": True},
}
"""By resource type, what must be set beside the key."""

_BUCKET = "AWS::S3::Bucket"
_BUCKET_RULES = "BucketEncryption.ServerSideEncryptionConfiguration"


class EncryptionAtRest(house.HouseRule):
    """Whatever holds data encrypts it with a customer-managed key."""

    id = "E9101"
    shortdesc = "Encryption at rest with a customer-managed key"
    description = (
        "Only a key that the customer manages can be audited, rotated and withdrawn; data under AWS's own keys, or "
        "none, is read by whoever gets at the storage."
    )
    source_url = "https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#customer-mgn-key"
    mend = "Set the encryption properties to the environment's key: Requires(contract.KEY_ARN)."
    controls = (
        "nist-800-53/SC-12",
        "nist-800-53/SC-28",
        "nist-800-53/SC-28(1)",
        "soc2/CC6.1",
        "soc2/C1.1",
        "pci-dss/3.5.1",
        "gdpr/32",
        "ccpa/1798.150",
    )
    types = frozenset({*KEYS, _BUCKET})

    def check(self, resource: Resource) -> Iterator[house.Problem]:
        """Look at the key's properties and at the switches beside them."""
        if resource.type == _BUCKET:
            yield from _bucket(resource)
            return
        for path, wanted in SWITCHES.get(resource.type, {}).items():
            if _plain(resource.get(path)) != _plain(wanted):
                yield house.Problem(message=f"{path} is not {_plain(wanted)}", at=path)
        for path in KEYS[resource.type]:
            if (key := resource.get(path)) is None or not _is_customers(key):
                yield house.Problem(message=f"{path} names no customer-managed key", at=path)


def _bucket(resource: Resource) -> Iterator[house.Problem]:
    defaults = [rule.get("ServerSideEncryptionByDefault", {}) for rule in resource.items(_BUCKET_RULES)]
    algorithms = {"aws:kms", "aws:kms:dsse"}
    if not any(
        item.get("SSEAlgorithm") in algorithms and _is_customers(item.get("KMSMasterKeyID", "")) for item in defaults
    ):
        yield house.Problem(message="the bucket's objects are not under a customer-managed key", at="BucketEncryption")


def _is_customers(key: Any) -> bool:
    """Whether a value names a key that is not AWS's own; of a parameter, whatever it may be given."""
    if isinstance(key, Given):
        return not key.admits("") and not key.admits("alias/aws/s3")
    if isinstance(key, Opaque):
        return True
    return isinstance(key, str) and key != "" and not any(mark in key for mark in _OF_AWS)


def _plain(value: Any) -> str:
    """Booleans as CloudFormation takes them, which may be texts."""
    return str(value).lower() if is_known(value) else str(value)
