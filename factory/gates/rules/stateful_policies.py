"""House rule: what holds data says what becomes of the data when its resource goes."""

from __future__ import annotations

from collections.abc import Iterator

from factory.gates import house
from factory.gates.resources import Resource

KEEPING = frozenset({"Retain", "RetainExceptOnCreate", "Snapshot"})


class StatefulPolicies(house.HouseRule):
    """What holds data has a DeletionPolicy and an UpdateReplacePolicy that keep the data."""

    id = "E9003"
    shortdesc = "Deletion policies of what holds data"
    description = "CloudFormation deletes a removed or replaced resource with its data unless a policy keeps it."
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html"
    mend = "Set UpdateReplacePolicy to Retain and DeletionPolicy to RetainExceptOnCreate, or both to Snapshot."
    controls = ("nist-800-53/CP-9", "nist-800-53/SI-12", "soc2/A1.2", "soc2/PI1.5")
    types = frozenset(
        {
            "AWS::Backup::BackupVault",
            "AWS::Cognito::UserPool",
            "AWS::DynamoDB::GlobalTable",
            "AWS::DynamoDB::Table",
            "AWS::EC2::Volume",
            "AWS::ECR::Repository",
            "AWS::EFS::FileSystem",
            "AWS::ElastiCache::ReplicationGroup",
            "AWS::KMS::Key",
            "AWS::Logs::LogGroup",
            "AWS::RDS::DBCluster",
            "AWS::RDS::DBInstance",
            "AWS::Route53::HostedZone",
            "AWS::S3::Bucket",
            "AWS::SQS::Queue",
            "AWS::SecretsManager::Secret",
        }
    )

    def check(self, resource: Resource) -> Iterator[house.Problem]:
        """Look at both policies. An intrinsic function as policy counts as none."""
        for policy in ("DeletionPolicy", "UpdateReplacePolicy"):
            value = resource.body.get(policy)
            if not isinstance(value, str) or value not in KEEPING:
                yield house.Problem(message=f"{resource.type} has no {policy} that keeps its data")
