"""House rule: what holds data says what becomes of the data when its resource goes."""

from __future__ import annotations

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

STATEFUL = frozenset(
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
KEEPING = frozenset({"Retain", "RetainExceptOnCreate", "Snapshot"})


class StatefulPolicies(CloudFormationLintRule):  # type: ignore[misc]
    """CloudFormation deletes by default, data included."""

    id = "E9003"
    shortdesc = "Deletion policies of what holds data"
    description = "CloudFormation deletes a removed or replaced resource with its data unless a policy keeps it."
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html"
    tags = ("house", "data")
    mend = "Set UpdateReplacePolicy to Retain and DeletionPolicy to RetainExceptOnCreate, or both to Snapshot."

    def match(self, cfn: Template) -> list[RuleMatch]:
        """Look at every resource of a type that holds data. An intrinsic function as policy counts as none."""
        return [
            RuleMatch(["Resources", name], f"{resource['Type']} has no {policy} that keeps its data")
            for name, resource in cfn.get_resources().items()
            if resource["Type"] in STATEFUL
            for policy in ("DeletionPolicy", "UpdateReplacePolicy")
            if not isinstance(resource.get(policy), str) or resource[policy] not in KEEPING
        ]
