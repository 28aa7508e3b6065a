"""House rule: names say whose something is, and what holds data has none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from factory.gates import house
from factory.gates.resources import Resource

NAMES: Mapping[str, str] = {
    "AWS::ApiGateway::RestApi": "Name",
    "AWS::ApiGatewayV2::Api": "Name",
    "AWS::AppSync::GraphQLApi": "Name",
    "AWS::Backup::BackupPlan": "BackupPlan.BackupPlanName",
    "AWS::Backup::BackupVault": "BackupVaultName",
    "AWS::CloudTrail::Trail": "TrailName",
    "AWS::CloudWatch::Alarm": "AlarmName",
    "AWS::CloudWatch::Dashboard": "DashboardName",
    "AWS::CodeBuild::Project": "Name",
    "AWS::CodePipeline::Pipeline": "Name",
    "AWS::Cognito::UserPool": "UserPoolName",
    "AWS::DynamoDB::Table": "TableName",
    "AWS::EC2::LaunchTemplate": "LaunchTemplateName",
    "AWS::EC2::SecurityGroup": "GroupName",
    "AWS::ECR::Repository": "RepositoryName",
    "AWS::ECS::Cluster": "ClusterName",
    "AWS::ECS::Service": "ServiceName",
    "AWS::ECS::TaskDefinition": "Family",
    "AWS::ElastiCache::ReplicationGroup": "ReplicationGroupId",
    "AWS::ElasticLoadBalancingV2::LoadBalancer": "Name",
    "AWS::ElasticLoadBalancingV2::TargetGroup": "Name",
    "AWS::Events::EventBus": "Name",
    "AWS::Events::Rule": "Name",
    "AWS::IAM::Group": "GroupName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Role": "RoleName",
    "AWS::KMS::Alias": "AliasName",
    "AWS::Kinesis::Stream": "Name",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::RDS::DBCluster": "DBClusterIdentifier",
    "AWS::RDS::DBInstance": "DBInstanceIdentifier",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SNS::Topic": "TopicName",
    "AWS::SQS::Queue": "QueueName",
    "AWS::Scheduler::Schedule": "Name",
    "AWS::SecretsManager::Secret": "Name",
    "AWS::ServiceDiscovery::HttpNamespace": "Name",
    "AWS::StepFunctions::StateMachine": "StateMachineName",
    "AWS::WAFv2::WebACL": "Name",
}
"""By resource type, the property for a name that anybody may choose."""

NAMELESS = frozenset(
    {
        "AWS::DynamoDB::Table",
        "AWS::ElastiCache::ReplicationGroup",
        "AWS::Kinesis::Stream",
        "AWS::Logs::LogGroup",
        "AWS::RDS::DBCluster",
        "AWS::RDS::DBInstance",
        "AWS::S3::Bucket",
        "AWS::SQS::Queue",
        "AWS::SecretsManager::Secret",
    }
)
"""What holds data and stays when its stack goes: the next stack's would have the same name."""

# Groups that services write to only under these names.
_DICTATED = ("/aws/", "API-Gateway-Execution-Logs_", "aws-waf-logs-")
# What may stand before a name: the kind of an alias, a folder.
_LEADS = ("alias/", "/")


class PhysicalNames(house.HouseRule):
    """A name that is set begins with project and environment; what holds data has none."""

    id = "E9803"
    shortdesc = "Physical names"
    description = (
        "Names without project and environment collide between teams and tell nobody whose they are; what holds data "
        "under a fixed name can't be replaced, nor made a second time after its stack went."
    )
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html"
    mend = "Leave the name out, or take stack.name(kind, identifier) where one must be set."
    controls = ("nist-800-53/CM-2", "nist-800-53/CM-8", "soc2/CC6.1", "soc2/CC8.1")
    types = frozenset(NAMES)

    def check(self, resource: Resource) -> Iterator[house.Problem]:
        """Look at the name, if there is one."""
        path = NAMES[resource.type]
        if resource.get(path) is None:
            return
        name = str(resource.get(path))
        if resource.type == "AWS::Logs::LogGroup" and name.startswith(_DICTATED):
            return
        if resource.type in NAMELESS:
            yield house.Problem(message="a replacement could not have the same name", at=path)
            return
        for lead in _LEADS:
            name = name.removeprefix(lead)
        world = resource.world
        project, environment = (world.value({"Ref": part}) for part in ("Project", "Environment"))
        if not name.startswith(f"{project}-{environment}-"):
            yield house.Problem(message=f"the name {name} does not begin with project and environment", at=path)
