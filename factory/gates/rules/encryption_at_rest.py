"""House rule: whatever holds data encrypts it with a key that the customer manages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from factory.gates import databases, settings
from factory.gates.resources import Resource
from factory.gates.settings import anything, customers_key, exactly, if_set, one_of

_KEY = customers_key()
_BUCKET = "BucketEncryption.ServerSideEncryptionConfiguration"


class EncryptionAtRest(settings.SettingsRule):
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
        "platform/encryption-at-rest",
    )
    wanted: ClassVar = {
        "AWS::AmazonMQ::Broker": {"EncryptionOptions.KmsKeyId": _KEY},
        # The cache of an API can be encrypted, by a key of API Gateway's.
        "AWS::ApiGateway::Deployment": {
            "StageDescription.CacheDataEncrypted": exactly(True),
            "StageDescription.MethodSettings.*.CacheDataEncrypted": exactly(True),
        },
        "AWS::ApiGateway::Stage": {
            "MethodSettings": anything(),
            "MethodSettings.*.CacheDataEncrypted": exactly(True),
        },
        "AWS::AppSync::ApiCache": {"AtRestEncryptionEnabled": exactly(True)},
        "AWS::Athena::WorkGroup": {
            "WorkGroupConfiguration.EnforceWorkGroupConfiguration": exactly(True),
            "WorkGroupConfiguration.ResultConfiguration.EncryptionConfiguration.EncryptionOption": one_of(
                "SSE_KMS", "CSE_KMS"
            ),
            "WorkGroupConfiguration.ResultConfiguration.EncryptionConfiguration.KmsKey": _KEY,
        },
        "AWS::AutoScaling::LaunchConfiguration": {"BlockDeviceMappings.*.Ebs.Encrypted": exactly(True)},
        "AWS::Backup::BackupVault": {"EncryptionKeyArn": _KEY},
        "AWS::Backup::LogicallyAirGappedBackupVault": {"EncryptionKeyArn": _KEY},
        "AWS::CloudTrail::EventDataStore": {"KmsKeyId": _KEY},
        "AWS::CloudTrail::Trail": {"KMSKeyId": _KEY},
        "AWS::CodeBuild::Project": {
            "EncryptionKey": _KEY,
            "Artifacts.EncryptionDisabled": if_set(exactly(False)),
            "SecondaryArtifacts.*.EncryptionDisabled": if_set(exactly(False)),
            "LogsConfig.S3Logs.EncryptionDisabled": if_set(exactly(False)),
        },
        "AWS::CodePipeline::Pipeline": {
            "ArtifactStore.EncryptionKey.Id": _KEY,
            "ArtifactStores.*.ArtifactStore.EncryptionKey.Id": _KEY,
        },
        # DAX encrypts with a key that AWS owns, or not at all.
        "AWS::DAX::Cluster": {"SSESpecification.SSEEnabled": exactly(True)},
        "AWS::DMS::ReplicationInstance": {"KmsKeyId": _KEY},
        "AWS::DocDB::DBCluster": {"StorageEncrypted": exactly(True), "KmsKeyId": _KEY},
        "AWS::DocDBElastic::Cluster": {"KmsKeyId": _KEY},
        "AWS::DynamoDB::GlobalTable": {
            "SSESpecification.SSEEnabled": exactly(True),
            "SSESpecification.SSEType": exactly("KMS"),
            "Replicas.*.SSESpecification.KMSMasterKeyId": _KEY,
        },
        "AWS::DynamoDB::Table": {
            "SSESpecification.SSEEnabled": exactly(True),
            "SSESpecification.SSEType": exactly("KMS"),
            "SSESpecification.KMSMasterKeyId": _KEY,
        },
        "AWS::EC2::Instance": {
            "BlockDeviceMappings.*.Ebs.Encrypted": exactly(True),
            "BlockDeviceMappings.*.Ebs.KmsKeyId": _KEY,
        },
        "AWS::EC2::LaunchTemplate": {
            "LaunchTemplateData.BlockDeviceMappings.*.Ebs.Encrypted": exactly(True),
            "LaunchTemplateData.BlockDeviceMappings.*.Ebs.KmsKeyId": _KEY,
        },
        "AWS::EC2::Volume": {"Encrypted": exactly(True), "KmsKeyId": _KEY},
        "AWS::ECR::Repository": {
            "EncryptionConfiguration.EncryptionType": one_of("KMS", "KMS_DSSE"),
            "EncryptionConfiguration.KmsKey": _KEY,
        },
        "AWS::ECS::Cluster": {
            "Configuration.ExecuteCommandConfiguration.KmsKeyId": _KEY,
            "Configuration.ManagedStorageConfiguration.FargateEphemeralStorageKmsKeyId": _KEY,
        },
        "AWS::ECS::Service": {
            "VolumeConfigurations.*.ManagedEBSVolume.Encrypted": exactly(True),
            "VolumeConfigurations.*.ManagedEBSVolume.KmsKeyId": _KEY,
        },
        "AWS::EFS::FileSystem": {
            "Encrypted": exactly(True),
            "KmsKeyId": _KEY,
            "ReplicationConfiguration.Destinations.*.KmsKeyId": _KEY,
        },
        "AWS::EKS::Cluster": {"EncryptionConfig": anything(), "EncryptionConfig.*.Provider.KeyArn": _KEY},
        "AWS::ElastiCache::ReplicationGroup": {"AtRestEncryptionEnabled": exactly(True), "KmsKeyId": _KEY},
        "AWS::ElastiCache::ServerlessCache": {"KmsKeyId": _KEY},
        "AWS::Elasticsearch::Domain": {
            "EncryptionAtRestOptions.Enabled": exactly(True),
            "EncryptionAtRestOptions.KmsKeyId": _KEY,
        },
        "AWS::Events::Archive": {"KmsKeyIdentifier": _KEY},
        "AWS::FSx::FileSystem": {"KmsKeyId": _KEY},
        "AWS::Glue::DataCatalogEncryptionSettings": {
            "DataCatalogEncryptionSettings.EncryptionAtRest.CatalogEncryptionMode": one_of(
                "SSE-KMS", "SSE-KMS-WITH-SERVICE-ROLE"
            ),
            "DataCatalogEncryptionSettings.EncryptionAtRest.SseAwsKmsKeyId": _KEY,
            "DataCatalogEncryptionSettings.ConnectionPasswordEncryption.ReturnConnectionPasswordEncrypted": exactly(
                True
            ),
            "DataCatalogEncryptionSettings.ConnectionPasswordEncryption.KmsKeyId": _KEY,
        },
        "AWS::Glue::SecurityConfiguration": {
            "EncryptionConfiguration.CloudWatchEncryption.KmsKeyArn": _KEY,
            "EncryptionConfiguration.JobBookmarksEncryption.KmsKeyArn": _KEY,
            "EncryptionConfiguration.S3Encryptions": anything(),
            "EncryptionConfiguration.S3Encryptions.*.KmsKeyArn": _KEY,
        },
        "AWS::Kinesis::Stream": {"StreamEncryption.EncryptionType": exactly("KMS"), "StreamEncryption.KeyId": _KEY},
        "AWS::KinesisFirehose::DeliveryStream": {
            "DeliveryStreamEncryptionConfigurationInput.KeyARN": _KEY,
            "DeliveryStreamEncryptionConfigurationInput.KeyType": exactly("CUSTOMER_MANAGED_CMK"),
        },
        "AWS::Lambda::Function": {"KmsKeyArn": _KEY},
        "AWS::Logs::LogGroup": {"KmsKeyId": _KEY},
        "AWS::MSK::Cluster": {"EncryptionInfo.EncryptionAtRest.DataVolumeKMSKeyId": _KEY},
        "AWS::MWAA::Environment": {"KmsKey": _KEY},
        "AWS::MemoryDB::Cluster": {"KmsKeyId": _KEY},
        "AWS::Neptune::DBCluster": {"StorageEncrypted": exactly(True), "KmsKeyId": _KEY},
        "AWS::OpenSearchServerless::Collection": {"EncryptionConfig.KmsKeyArn": _KEY},
        "AWS::OpenSearchService::Domain": {
            "EncryptionAtRestOptions.Enabled": exactly(True),
            "EncryptionAtRestOptions.KmsKeyId": _KEY,
        },
        "AWS::RDS::DBCluster": {
            "StorageEncrypted": exactly(True),
            "KmsKeyId": _KEY,
            "PerformanceInsightsKmsKeyId": if_set(_KEY),
        },
        "AWS::RDS::DBInstance": {
            "StorageEncrypted": exactly(True),
            "KmsKeyId": _KEY,
            "PerformanceInsightsKMSKeyId": if_set(_KEY),
        },
        "AWS::Redshift::Cluster": {"Encrypted": exactly(True), "KmsKeyId": _KEY},
        "AWS::RedshiftServerless::Namespace": {"KmsKeyId": _KEY},
        "AWS::S3::Bucket": {
            _BUCKET: anything(),
            f"{_BUCKET}.*.ServerSideEncryptionByDefault.SSEAlgorithm": one_of("aws:kms", "aws:kms:dsse"),
            f"{_BUCKET}.*.ServerSideEncryptionByDefault.KMSMasterKeyID": _KEY,
        },
        "AWS::S3Express::DirectoryBucket": {
            _BUCKET: anything(),
            f"{_BUCKET}.*.ServerSideEncryptionByDefault.SSEAlgorithm": exactly("aws:kms"),
            f"{_BUCKET}.*.ServerSideEncryptionByDefault.KMSMasterKeyID": _KEY,
        },
        "AWS::S3Tables::TableBucket": {
            "EncryptionConfiguration.SSEAlgorithm": exactly("aws:kms"),
            "EncryptionConfiguration.KMSKeyArn": _KEY,
        },
        "AWS::S3Vectors::VectorBucket": {
            "EncryptionConfiguration.SseType": exactly("aws:kms"),
            "EncryptionConfiguration.KmsKeyArn": _KEY,
        },
        "AWS::SNS::Topic": {"KmsMasterKeyId": _KEY},
        "AWS::SQS::Queue": {"KmsMasterKeyId": _KEY},
        "AWS::SageMaker::Domain": {"KmsKeyId": _KEY},
        "AWS::SageMaker::EndpointConfig": {"KmsKeyId": _KEY},
        "AWS::SageMaker::NotebookInstance": {"KmsKeyId": _KEY},
        "AWS::Scheduler::Schedule": {"KmsKeyArn": _KEY},
        "AWS::SecretsManager::Secret": {"KmsKeyId": _KEY, "ReplicaRegions.*.KmsKeyId": _KEY},
        "AWS::StepFunctions::StateMachine": {"EncryptionConfiguration.KmsKeyId": _KEY},
        "AWS::Timestream::Database": {"KmsKeyId": _KEY},
        "AWS::WorkSpaces::Workspace": {
            "RootVolumeEncryptionEnabled": exactly(True),
            "UserVolumeEncryptionEnabled": exactly(True),
            "VolumeEncryptionKey": _KEY,
        },
    }

    def rows(self, resource: Resource) -> Mapping[str, settings.Wanted]:
        """Where there is a cache, or no second kind of store, or storage of its own, as the type may be."""
        rows = super().rows(resource)
        match resource.type:
            case "AWS::ApiGateway::Stage":
                return rows if _has_cache(resource.get("CacheClusterEnabled")) else {}
            case "AWS::ApiGateway::Deployment":
                return rows if _has_cache(resource.get("StageDescription.CacheClusterEnabled")) else {}
            case "AWS::CodePipeline::Pipeline":
                stores = "ArtifactStore." if resource.get("ArtifactStores") is None else "ArtifactStores."
                return {path: wanted for path, wanted in rows.items() if path.startswith(stores)}
            case _:
                return rows if databases.is_own(resource) else {}


def _has_cache(value: Any) -> bool:
    return value is not None and not settings.is_off(value)
