"""By resource type, the settings that protect, and values that don't."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tests.gates.mutations.mutation import REMOVED, Mutation, Template, at, has, setting

Weak = tuple[str, tuple[str, ...], tuple[Any, ...]]
"""What it is about, the property's path, and the weak values."""

_AWS_KEY = ("alias/aws/x", REMOVED)

WEAK: Mapping[str, tuple[Weak, ...]] = {
    "AWS::CloudTrail::Trail": (
        *(
            (f"a trail without {name}", (name,), (False,))
            for name in ("EnableLogFileValidation", "IncludeGlobalServiceEvents", "IsLogging", "IsMultiRegionTrail")
        ),
        ("a trail under AWS's key", ("KMSKeyId",), (REMOVED,)),
        ("a trail that nobody watches", ("CloudWatchLogsLogGroupArn",), (REMOVED,)),
    ),
    "AWS::CloudWatch::Alarm": (
        ("an alarm rings nowhere", ("AlarmActions",), ([], REMOVED)),
        ("an alarm is switched off", ("ActionsEnabled",), (False,)),
    ),
    "AWS::CodeBuild::Project": (
        ("builds under AWS's key", ("EncryptionKey",), _AWS_KEY),
        ("builds without a log", ("LogsConfig", "CloudWatchLogs", "Status"), ("DISABLED",)),
        ("builds without any log", ("LogsConfig",), (REMOVED,)),
        ("builds in an old image", ("Environment", "Image"), ("aws/codebuild/standard:4.0",)),
    ),
    "AWS::CodePipeline::Pipeline": (
        ("artifacts under AWS's key", ("ArtifactStore", "EncryptionKey"), (REMOVED,)),
        ("artifacts under the key of S3", ("ArtifactStore", "EncryptionKey", "Id"), ("alias/aws/s3",)),
    ),
    "AWS::ECR::Repository": (
        ("images under AWS's key", ("EncryptionConfiguration",), ({"EncryptionType": "KMS"}, REMOVED)),
        ("tags that move", ("ImageTagMutability",), ("MUTABLE", REMOVED)),
        ("images that nobody scans", ("ImageScanningConfiguration",), ({"ScanOnPush": False}, REMOVED)),
        ("images that never go", ("LifecyclePolicy",), (REMOVED,)),
    ),
    "AWS::Config::ConfigurationRecorder": (
        ("types that nobody records", ("RecordingGroup", "AllSupported"), (False, REMOVED)),
        ("IAM that nobody records", ("RecordingGroup", "IncludeGlobalResourceTypes"), (False, REMOVED)),
        ("a recorder of its own choice", ("RecordingGroup",), (REMOVED,)),
    ),
    "AWS::EC2::FlowLog": (("flow logs of refused traffic only", ("TrafficType",), ("REJECT", "ACCEPT")),),
    "AWS::EC2::Subnet": (("addresses for everything in a subnet", ("MapPublicIpOnLaunch",), (True,)),),
    "AWS::ECS::Cluster": (
        (
            "no Container Insights",
            ("ClusterSettings",),
            ([{"Name": "containerInsights", "Value": "disabled"}], REMOVED),
        ),
        ("shells not recorded", ("Configuration", "ExecuteCommandConfiguration", "Logging"), ("NONE",)),
        ("shells not encrypted", ("Configuration", "ExecuteCommandConfiguration", "KmsKeyId"), (REMOVED,)),
        (
            "task storage under AWS's key",
            ("Configuration", "ManagedStorageConfiguration", "FargateEphemeralStorageKmsKeyId"),
            (REMOVED,),
        ),
    ),
    "AWS::ECS::Service": (
        (
            "tasks with public addresses",
            ("NetworkConfiguration", "AwsvpcConfiguration", "AssignPublicIp"),
            ("ENABLED",),
        ),
        ("no circuit breaker", ("DeploymentConfiguration", "DeploymentCircuitBreaker"), (REMOVED,)),
        (
            "no rollback",
            ("DeploymentConfiguration", "DeploymentCircuitBreaker", "Rollback"),
            (False,),
        ),
        ("shells in prod", ("EnableExecuteCommand",), (True,)),
    ),
    "AWS::ElasticLoadBalancingV2::Listener": (("an old TLS policy", ("SslPolicy",), ("ELBSecurityPolicy-2016-08",)),),
    "AWS::GuardDuty::Detector": (("a detector that sleeps", ("Enable",), (False,)),),
    "AWS::KMS::Key": (
        ("a key that never rotates", ("EnableKeyRotation",), (False, REMOVED)),
        ("a key gone in a week", ("PendingWindowInDays",), (7,)),
    ),
    "AWS::Lambda::Function": (
        ("variables under AWS's key", ("KmsKeyArn",), (REMOVED,)),
        ("a runtime past its end", ("Runtime",), ("python3.8", "nodejs16.x")),
        ("no tracing", ("TracingConfig",), (REMOVED,)),
        ("tracing passed on only", ("TracingConfig", "Mode"), ("PassThrough",)),
    ),
    "AWS::Lambda::Permission": (("a function for everybody", ("Principal",), ("*",)),),
    "AWS::Logs::LogGroup": (
        ("logs under AWS's key", ("KmsKeyId",), (REMOVED,)),
        ("logs gone in a month", ("RetentionInDays",), (30, 1)),
    ),
    "AWS::RDS::DBInstance": (
        ("storage in the clear", ("StorageEncrypted",), (False, REMOVED)),
        ("a public database", ("PubliclyAccessible",), (True,)),
        ("no backups", ("BackupRetentionPeriod",), (0, 1)),
        ("one zone in prod", ("MultiAZ",), (False,)),
        ("deletable in prod", ("DeletionProtection",), (False,)),
    ),
    "AWS::S3::Bucket": (
        ("objects under AWS's key", ("BucketEncryption",), (REMOVED,)),
        ("a bucket that may be public", ("PublicAccessBlockConfiguration",), (REMOVED,)),
        *(
            (f"a bucket without {name}", ("PublicAccessBlockConfiguration", name), (False,))
            for name in ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
        ),
        ("no versions of objects", ("VersioningConfiguration",), (REMOVED, {"Status": "Suspended"})),
        ("no access log", ("LoggingConfiguration",), (REMOVED,)),
        ("a trail that can be rewritten", ("ObjectLockConfiguration",), (REMOVED,)),
        ("access by lists", ("OwnershipControls",), ({"Rules": [{"ObjectOwnership": "ObjectWriter"}]}, REMOVED)),
    ),
    "AWS::SecurityHub::Hub": (("controls that stay off", ("AutoEnableControls",), (False,)),),
    "AWS::SNS::Topic": (("messages in the clear", ("KmsMasterKeyId",), _AWS_KEY),),
    "AWS::Scheduler::Schedule": (("a payload under AWS's key", ("KmsKeyArn",), (REMOVED,)),),
    "AWS::StepFunctions::StateMachine": (
        ("histories under AWS's key", ("EncryptionConfiguration", "KmsKeyId"), (REMOVED,)),
        ("no tracing", ("TracingConfiguration",), (REMOVED,)),
        ("workflows without logs", ("LoggingConfiguration",), (REMOVED,)),
        ("workflows that log nothing", ("LoggingConfiguration", "Level"), ("OFF",)),
    ),
    "AWS::SQS::Queue": (("messages in the clear", ("KmsMasterKeyId",), _AWS_KEY),),
    "AWS::IAM::Role": (("a role that can't be bounded", ("PermissionsBoundary",), (REMOVED,)),),
}

ASKED_FOR = ("shells in prod",)
"""What whoever launches may ask for, so that a branch of its own is no mutation."""

QUIET = frozenset(
    {
        # Nothing on these decides about protection but their tags, or what they refer to.
        "AWS::AccessAnalyzer::Analyzer",
        "AWS::ApplicationAutoScaling::ScalableTarget",
        "AWS::ApplicationAutoScaling::ScalingPolicy",
        "AWS::CertificateManager::Certificate",
        "AWS::CloudWatch::Dashboard",
        "AWS::Config::ConfigRule",
        "AWS::Config::DeliveryChannel",
        "AWS::Config::RemediationConfiguration",
        "AWS::EC2::EIP",
        "AWS::EC2::InternetGateway",
        "AWS::EC2::NatGateway",
        "AWS::EC2::Route",
        "AWS::EC2::RouteTable",
        "AWS::EC2::SubnetNetworkAclAssociation",
        "AWS::EC2::SubnetRouteTableAssociation",
        "AWS::EC2::VPCGatewayAttachment",
        "AWS::ECS::ClusterCapacityProviderAssociations",
        "AWS::ElasticLoadBalancingV2::ListenerRule",
        "AWS::ElasticLoadBalancingV2::TargetGroup",
        "AWS::Events::Rule",
        "AWS::IAM::Group",
        "AWS::IAM::OIDCProvider",
        "AWS::KMS::Alias",
        "AWS::Lambda::Alias",
        "AWS::Lambda::EventInvokeConfig",
        "AWS::Lambda::EventSourceMapping",
        "AWS::Lambda::Version",
        "AWS::Logs::MetricFilter",
        "AWS::Route53::HostedZone",
        "AWS::Route53::RecordSet",
        "AWS::SNS::Subscription",
        "AWS::SSM::Parameter",
        "AWS::SecurityHub::Standard",
        "AWS::ServiceDiscovery::HttpNamespace",
    }
)
"""Types that have no setting of this kind."""


def mutations(template: Template) -> Iterator[Mutation]:
    """Every weak value of every setting that a resource has."""
    for mutation in _all(template):
        if not mutation.kind.startswith(ASKED_FOR) or not mutation.kind.endswith("on one branch"):
            yield mutation


def _all(template: Template) -> Iterator[Mutation]:
    for name, body in template["Resources"].items():
        for kind, path, bads in WEAK.get(body["Type"], ()):
            found = body.get("Properties", {})
            # What is not set is no protection, unless switching it on is what weakens.
            if has(found, path):
                yield from setting(kind, name, path, at(found, path), bads)
            elif REMOVED not in bads:
                yield from setting(kind, name, path, {"Ref": "AWS::NoValue"}, bads)
