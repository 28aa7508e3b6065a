"""How faithful every resource type of the sandbox is: the table, and what it says of one resource."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from factory.sandbox.servicecatalog import templates
from factory.sandbox.types import discover
from factory.sandbox.types.plugin import Fidelity

# Type that the emulator makes by itself (with a fill where this package has one) → settings that do not reach the
# service, or were never seen to. The tests compare each template setting with what its service describes.
NATIVE: Mapping[str, tuple[str, ...]] = {
    "AWS::CertificateManager::Certificate": ("CertificateAuthorityArn", "CertificateExport", "Id", "KeyAlgorithm"),
    "AWS::CloudWatch::Dashboard": ("Tags",),
    "AWS::CodeBuild::Project": (
        "AutoRetryLimit",
        "BadgeEnabled",
        "BuildBatchConfig",
        "Cache",
        "ConcurrentBuildLimit",
        "FileSystemLocations",
        "LogsConfig",
        "QueuedTimeoutInMinutes",
        "ResourceAccessRole",
        "SecondaryArtifacts",
        "SecondarySourceVersions",
        "SecondarySources",
        "Triggers",
        "Visibility",
        "VpcConfig",
    ),
    "AWS::EC2::InternetGateway": (),
    "AWS::EC2::Route": (
        "CarrierGatewayId",
        "CoreNetworkArn",
        "DestinationIpv6CidrBlock",
        "DestinationPrefixListId",
        "EgressOnlyInternetGatewayId",
        "InstanceId",
        "LocalGatewayId",
        "NetworkInterfaceId",
        "OdbNetworkArn",
        "TransitGatewayId",
        "VpcEndpointId",
        "VpcPeeringConnectionId",
    ),
    "AWS::EC2::RouteTable": (),
    "AWS::EC2::SecurityGroup": (),
    "AWS::EC2::Subnet": (
        "AvailabilityZoneId",
        "EnableLniAtDeviceIndex",
        "Ipv4IpamPoolId",
        "Ipv4NetmaskLength",
        "Ipv6CidrBlock",
        "Ipv6IpamPoolId",
        "Ipv6Native",
        "Ipv6NetmaskLength",
        "OutpostArn",
    ),
    "AWS::EC2::SubnetRouteTableAssociation": (),
    "AWS::EC2::VPC": ("Ipv4IpamPoolId", "Ipv4NetmaskLength", "VpcEncryptionControl"),
    "AWS::EC2::VPCEndpoint": (
        "DnsOptions",
        "IpAddressType",
        "ResourceConfigurationArn",
        "ServiceNetworkArn",
        "ServiceRegion",
    ),
    "AWS::EC2::VPCGatewayAttachment": ("VpnGatewayId",),
    "AWS::ECR::Repository": ("ImageTagMutabilityExclusionFilters",),
    "AWS::ECS::Cluster": (),
    "AWS::ElasticLoadBalancingV2::Listener": ("AlpnPolicy", "MutualAuthentication"),
    "AWS::ElasticLoadBalancingV2::ListenerRule": (
        "Actions.ForwardConfig.TargetGroupStickinessConfig",
        "Conditions.QueryStringConfig",
        "Transforms",
    ),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": (
        "EnableCapacityReservationProvisionStabilize",
        "EnablePrefixForIpv6SourceNat",
        "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic",
        "Ipv4IpamPoolId",
        "MinimumLoadBalancerCapacity",
        "SubnetMappings",
    ),
    "AWS::ElasticLoadBalancingV2::TargetGroup": (
        "IpAddressType",
        "ProtocolVersion",
        "TargetControlPort",
        "Targets",
    ),
    "AWS::Events::Rule": (),
    "AWS::IAM::ManagedPolicy": ("Groups", "Users"),
    "AWS::IAM::Policy": ("Groups", "Users"),
    "AWS::IAM::Role": (),
    "AWS::KMS::Alias": (),
    "AWS::KMS::Key": ("BypassPolicyLockoutSafetyCheck", "Origin"),
    "AWS::Lambda::Alias": ("RoutingConfig",),
    "AWS::Lambda::EventInvokeConfig": (),
    "AWS::Lambda::EventSourceMapping": (
        "AmazonManagedKafkaEventSourceConfig",
        "DocumentDBEventSourceConfig",
        "KmsKeyArn",
        "LoggingConfig",
        "MetricsConfig",
        "ProvisionedPollerConfig",
        "Queues",
        "SelfManagedEventSource",
        "SelfManagedKafkaEventSourceConfig",
        "SourceAccessConfigurations",
        "StartingPositionTimestamp",
        "Topics",
        "TumblingWindowInSeconds",
    ),
    "AWS::Lambda::Function": (
        "CapacityProviderConfig",
        "CodeSigningConfigArn",
        "DurableConfig",
        "FileSystemConfigs",
        "FunctionScalingConfig",
        "ImageConfig",
        "Layers",
        "PublishToLatestPublished",
        "RuntimeManagementConfig",
        "SnapStart",
        "TenancyConfig",
    ),
    "AWS::Lambda::Permission": (
        "EventSourceToken",
        "FunctionUrlAuthType",
        "InvokedViaFunctionUrl",
        "PrincipalOrgID",
    ),
    "AWS::Lambda::Version": (
        "CodeSha256",
        "FunctionScalingConfig",
        "ProvisionedConcurrencyConfig",
        "RuntimePolicy",
    ),
    "AWS::Logs::LogGroup": (
        "BearerTokenAuthenticationEnabled",
        "DataProtectionPolicy",
        "DeletionProtectionEnabled",
        "FieldIndexPolicies",
        "ResourcePolicyDocument",
    ),
    "AWS::Logs::MetricFilter": (
        "ApplyOnTransformedLogs",
        "EmitSystemFieldDimensions",
        "FieldSelectionCriteria",
    ),
    "AWS::Logs::ResourcePolicy": (),
    "AWS::Route53::RecordSet": ("CidrRoutingConfig", "Comment", "GeoProximityLocation", "HostedZoneName"),
    "AWS::S3::Bucket": (
        "AbacStatus",
        "AccelerateConfiguration",
        "AccessControl",
        "AnalyticsConfigurations",
        "BucketNamePrefix",
        "BucketNamespace",
        "IntelligentTieringConfigurations",
        "InventoryConfigurations",
        "MetadataConfiguration",
        "MetadataTableConfiguration",
        "MetricsConfigurations",
        "ReplicationConfiguration",
    ),
    "AWS::S3::BucketPolicy": (),
    "AWS::SNS::Subscription": ("Region", "ReplayPolicy", "SubscriptionRoleArn"),
    "AWS::SNS::Topic": (
        "ContentBasedDeduplication",
        "DataProtectionPolicy",
        "DeliveryStatusLogging",
        "FifoTopic",
        "MaximumMessageSize",
    ),
    "AWS::SNS::TopicPolicy": (),
    "AWS::SQS::Queue": (),
    "AWS::SQS::QueuePolicy": (),
    "AWS::SSM::Parameter": ("Policies",),
    "AWS::Scheduler::Schedule": (),
    "AWS::SecretsManager::Secret": ("Type",),
    "AWS::ServiceDiscovery::HttpNamespace": (),
    "AWS::ServiceDiscovery::PrivateDnsNamespace": (),
    "AWS::ServiceDiscovery::Service": ("HealthCheckConfig", "ServiceAttributes", "Type"),
    "AWS::StepFunctions::StateMachine": ("DefinitionS3Location", "TracingConfiguration"),
    "AWS::WAFv2::WebACL": (
        "ApplicationConfig",
        "AssociationConfig",
        "CaptchaConfig",
        "ChallengeConfig",
        "CustomResponseBodies",
        "DataProtectionConfig",
        "MonetizationConfig",
        "OnSourceDDoSProtectionConfig",
        "TokenDomains",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """What is said of a resource type. `dropped` holds property paths (`LoggingConfiguration.Level`)."""

    fidelity: Fidelity
    dropped: tuple[str, ...]


@cache
def table() -> dict[str, Declared]:
    """Give every resource type that was measured, by name: the emulator's own and those of this package."""
    found = {
        name: Declared(fidelity=Fidelity.PARTIAL if dropped else Fidelity.REAL, dropped=dropped)
        for name, dropped in NATIVE.items()
    }
    for name, made in discover().items():
        found[name] = Declared(fidelity=made.fidelity, dropped=made.dropped)
    return dict(sorted(found.items()))


def fidelity(kind: str, properties: Mapping[str, Any]) -> Fidelity:
    """Give how faithful one resource is: real, where its type drops settings that this one doesn't have.

    `properties` are resolved or as the template has them.

    A type that isn't in the table is called partial, since nobody has measured it.
    """
    if kind.startswith("Custom::"):
        return Fidelity.REAL
    declared = table().get(kind)
    if declared is None:
        return Fidelity.PARTIAL
    if declared.fidelity is not Fidelity.PARTIAL:
        return declared.fidelity
    touched = any(sets(properties, path.split(".")) for path in declared.dropped)
    return Fidelity.PARTIAL if touched else Fidelity.REAL


def count(cloudformation: Any, stack: str) -> dict[str, int]:
    """Count a stack's resources by fidelity. `cloudformation` is a client in the stack's account and region."""
    body = cloudformation.get_template(StackName=stack)["TemplateBody"]
    # boto3 gives JSON as data, and YAML as it was written.
    template = (templates.parse(body) if isinstance(body, str) else body)["Resources"]
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack)
    made = [item for page in pages for item in page["StackResourceSummaries"]]
    counts = Counter(
        fidelity(item["ResourceType"], template.get(item["LogicalResourceId"], {}).get("Properties", {}))
        for item in made
    )
    return {kind.value: counts[kind] for kind in Fidelity}


def sets(properties: Any, path: list[str]) -> bool:
    """Tell whether properties set what a path names, in any item of the lists on the way.

    They may be a template's: of `Fn::If` both cases count, `AWS::NoValue` counts as nothing.
    """
    if isinstance(properties, list):
        return any(sets(item, path) for item in properties)
    if isinstance(properties, Mapping) and "Fn::If" in properties:
        return any(sets(case, path) for case in properties["Fn::If"][1:])
    if not path:
        return bool(properties != {"Ref": "AWS::NoValue"})
    if not isinstance(properties, Mapping) or path[0] not in properties:
        return False
    return sets(properties[path[0]], path[1:])
