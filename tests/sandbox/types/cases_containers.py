"""Rich settings of ECS and Cloud Map."""

from __future__ import annotations

from typing import Any

from tests.sandbox.types.cases_balancing import BALANCER, LISTENER, SUBNETS, TARGETS
from tests.sandbox.types.cases_network import GROUP, NEW_TAGS, TAGS, VPC
from tests.sandbox.types.readback import Aws, Case, Properties, same_tags

ROLE = {
    "Role": {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "ecs-tasks.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                    }
                ],
            }
        },
    }
}


NAMESPACE = {"Space": {"Type": "AWS::ServiceDiscovery::HttpNamespace", "Properties": {"Name": "services"}}}


CLUSTER = {
    "Cluster": {
        "Type": "AWS::ECS::Cluster",
        "Properties": {"ClusterName": "main", "CapacityProviders": ["FARGATE", "FARGATE_SPOT"]},
    }
}


TASK = {
    "Task": {
        "Type": "AWS::ECS::TaskDefinition",
        "Properties": {
            "Family": "api",
            "RequiresCompatibilities": ["FARGATE"],
            "NetworkMode": "awsvpc",
            "Cpu": "256",
            "Memory": "512",
            "ContainerDefinitions": [
                {
                    "Name": "api",
                    "Image": "nginx",
                    "PortMappings": [{"Name": "http", "ContainerPort": 8080, "AppProtocol": "http"}],
                }
            ],
        },
    }
}


def cluster(aws: Aws, physical_id: str, _: Properties) -> Properties | None:
    include = ["CONFIGURATIONS", "SETTINGS", "TAGS", "STATISTICS"]
    found = aws("ecs").describe_clusters(clusters=[physical_id], include=include)["clusters"]
    for item in found:
        if item["status"] == "ACTIVE":
            tags = same_tags(item.get("tags"), "key", "value")
            return {**item, "ClusterSettings": item.get("settings"), "Tags": tags}
    return None


def service(aws: Aws, physical_id: str, properties: Properties) -> Properties | None:
    ecs = aws("ecs")
    try:
        found = ecs.describe_services(cluster=properties["Cluster"], services=[physical_id], include=["TAGS"])
    except ecs.exceptions.ClusterNotFoundException:
        return None
    for item in found["services"]:
        if item["status"] == "ACTIVE":
            # Service Connect and volumes are shown with the deployment that they belong to.
            newest = {key: value for key, value in item["deployments"][0].items() if key not in item}
            extra = {
                "Cluster": item["clusterArn"].rpartition("/")[2],
                "PlacementStrategies": item.get("placementStrategy"),
                "Role": item.get("roleArn"),
            }
            return {**newest, **item, **extra, "Tags": same_tags(item.get("tags"), "key", "value")}
    return None


def task(aws: Aws, physical_id: str, _: Properties) -> Properties | None:
    ecs = aws("ecs")
    try:
        found = ecs.describe_task_definition(taskDefinition=physical_id, include=["TAGS"])
    except ecs.exceptions.ClientException:
        return None
    if found["taskDefinition"]["status"] != "ACTIVE":
        return None
    proxy = found["taskDefinition"].get("proxyConfiguration", {})
    shown = {**proxy, "ProxyConfigurationProperties": proxy.get("properties")}
    task_definition = {**found["taskDefinition"], "proxyConfiguration": shown}
    return {**task_definition, "Tags": same_tags(found.get("tags"), "key", "value")}


def namespace(aws: Aws, physical_id: str, properties: Properties) -> Properties | None:
    client = aws("servicediscovery")
    try:
        found = client.get_namespace(Id=physical_id)["Namespace"]
    except client.exceptions.NamespaceNotFound:
        return None
    tags = client.list_tags_for_resource(ResourceARN=found["Arn"])["Tags"]
    dns = found.get("Properties", {}).get("DnsProperties", {})
    extra: dict[str, Any] = {"Properties": {"DnsProperties": dns}, "Tags": tags}
    if "Vpc" in properties:
        zone = aws("route53").get_hosted_zone(Id=dns["HostedZoneId"])
        extra["Vpc"] = zone["VPCs"][0]["VPCId"]
    return {**found, **extra}


def discovery(aws: Aws, physical_id: str, _: Properties) -> Properties | None:
    client = aws("servicediscovery")
    try:
        found = client.get_service(Id=physical_id)["Service"]
    except client.exceptions.ServiceNotFound:
        return None
    tags = client.list_tags_for_resource(ResourceARN=found["Arn"])["Tags"]
    return {**found, "Tags": tags}


SERVICE_BESIDE = {
    **VPC,
    **SUBNETS,
    **GROUP,
    **NAMESPACE,
    **CLUSTER,
    **TASK,
    **TARGETS,
    **BALANCER,
    **LISTENER,
    "Forward": {
        "Type": "AWS::ElasticLoadBalancingV2::ListenerRule",
        "Properties": {
            "ListenerArn": {"Ref": "Listener"},
            "Priority": 1,
            "Conditions": [{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/*"]}}],
            "Actions": [{"Type": "forward", "TargetGroupArn": {"Ref": "Targets"}}],
        },
    },
}

CASES = (
    Case(
        type="AWS::ECS::Cluster",
        beside={**NAMESPACE, "Key": {"Type": "AWS::KMS::Key", "Properties": {}}},
        properties={
            "ClusterName": "it",
            "ClusterSettings": [{"Name": "containerInsights", "Value": "enhanced"}],
            "Configuration": {
                "ExecuteCommandConfiguration": {
                    "KmsKeyId": {"Ref": "Key"},
                    "Logging": "OVERRIDE",
                    "LogConfiguration": {
                        "CloudWatchLogGroupName": "/exec",
                        "CloudWatchEncryptionEnabled": True,
                    },
                },
                "ManagedStorageConfiguration": {"FargateEphemeralStorageKmsKeyId": {"Ref": "Key"}},
            },
            "CapacityProviders": ["FARGATE", "FARGATE_SPOT"],
            "DefaultCapacityProviderStrategy": [{"CapacityProvider": "FARGATE", "Base": 1, "Weight": 1}],
            "ServiceConnectDefaults": {"Namespace": {"Fn::GetAtt": ["Space", "Arn"]}},
            "Tags": TAGS,
        },
        changed={
            "ClusterSettings": [{"Name": "containerInsights", "Value": "disabled"}],
            "Configuration": {"ExecuteCommandConfiguration": {"Logging": "NONE"}},
            "CapacityProviders": ["FARGATE"],
            "Tags": NEW_TAGS,
        },
        read=cluster,
    ),
    Case(
        type="AWS::ECS::Service",
        beside=SERVICE_BESIDE,
        after=("Forward",),
        properties={
            "ServiceName": "it",
            "Cluster": {"Ref": "Cluster"},
            "TaskDefinition": {"Ref": "Task"},
            "DesiredCount": 2,
            "CapacityProviderStrategy": [
                {"CapacityProvider": "FARGATE", "Base": 1, "Weight": 1},
                {"CapacityProvider": "FARGATE_SPOT", "Weight": 3},
            ],
            "PlatformVersion": "1.4.0",
            "AvailabilityZoneRebalancing": "ENABLED",
            "EnableECSManagedTags": True,
            "EnableExecuteCommand": True,
            "PropagateTags": "SERVICE",
            "SchedulingStrategy": "REPLICA",
            "HealthCheckGracePeriodSeconds": 45,
            "DeploymentController": {"Type": "ECS"},
            "DeploymentConfiguration": {
                "MaximumPercent": 150,
                "MinimumHealthyPercent": 50,
                "DeploymentCircuitBreaker": {"Enable": True, "Rollback": True},
                "Alarms": {"AlarmNames": ["errors"], "Enable": True, "Rollback": True},
                "Strategy": "ROLLING",
                "BakeTimeInMinutes": 5,
            },
            "NetworkConfiguration": {
                "AwsvpcConfiguration": {
                    "Subnets": [{"Ref": "Subnet"}, {"Ref": "Other"}],
                    "SecurityGroups": [{"Ref": "Group"}],
                    "AssignPublicIp": "DISABLED",
                }
            },
            "LoadBalancers": [{"ContainerName": "api", "ContainerPort": 8080, "TargetGroupArn": {"Ref": "Targets"}}],
            "ServiceConnectConfiguration": {
                "Enabled": True,
                "Namespace": {"Fn::GetAtt": ["Space", "Arn"]},
                "Services": [
                    {
                        "PortName": "http",
                        "DiscoveryName": "api",
                        "ClientAliases": [{"Port": 80, "DnsName": "api"}],
                        "Timeout": {"IdleTimeoutSeconds": 60},
                    }
                ],
                "LogConfiguration": {"LogDriver": "awslogs", "Options": {"awslogs-group": "/connect"}},
            },
            "Tags": TAGS,
        },
        changed={
            "DesiredCount": 3,
            "HealthCheckGracePeriodSeconds": 90,
            "EnableExecuteCommand": False,
            "PropagateTags": "TASK_DEFINITION",
            "DeploymentConfiguration": {
                "MaximumPercent": 200,
                "MinimumHealthyPercent": 100,
                "DeploymentCircuitBreaker": {"Enable": True, "Rollback": False},
                "Alarms": {"AlarmNames": ["latency"], "Enable": True, "Rollback": False},
            },
            "ServiceConnectConfiguration": {"Enabled": False},
            "Tags": NEW_TAGS,
        },
        read=service,
    ),
    Case(
        type="AWS::ECS::Service",
        note="canary",
        beside={
            **SERVICE_BESIDE,
            **ROLE,
            "OtherTargets": TARGETS["Targets"],
            "Tests": {
                "Type": "AWS::ElasticLoadBalancingV2::ListenerRule",
                "Properties": {
                    "ListenerArn": {"Ref": "Listener"},
                    "Priority": 2,
                    "Conditions": [{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/*"]}}],
                    "Actions": [{"Type": "forward", "TargetGroupArn": {"Ref": "OtherTargets"}}],
                },
            },
        },
        properties={
            "ServiceName": "it",
            "Cluster": {"Ref": "Cluster"},
            "TaskDefinition": {"Ref": "Task"},
            "DeploymentConfiguration": {
                "Strategy": "CANARY",
                "BakeTimeInMinutes": 30,
                "CanaryConfiguration": {"CanaryPercent": 10, "CanaryBakeTimeInMinutes": 30},
                "Alarms": {"AlarmNames": ["errors"], "Enable": True, "Rollback": True},
                "LifecycleHooks": [
                    {
                        "HookTargetArn": "arn:aws:lambda:us-east-1:111111111111:function:smoke",
                        "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
                        "LifecycleStages": ["POST_TEST_TRAFFIC_SHIFT"],
                    }
                ],
            },
            "NetworkConfiguration": {
                "AwsvpcConfiguration": {"Subnets": [{"Ref": "Subnet"}], "SecurityGroups": [{"Ref": "Group"}]}
            },
            "LoadBalancers": [
                {
                    "ContainerName": "api",
                    "ContainerPort": 8080,
                    "TargetGroupArn": {"Ref": "Targets"},
                    "AdvancedConfiguration": {
                        "AlternateTargetGroupArn": {"Ref": "OtherTargets"},
                        "ProductionListenerRule": {"Ref": "Forward"},
                        "TestListenerRule": {"Ref": "Tests"},
                        "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
                    },
                }
            ],
        },
        changed={
            "DeploymentConfiguration": {
                "Strategy": "LINEAR",
                "BakeTimeInMinutes": 5,
                "LinearConfiguration": {"StepPercent": 20, "StepBakeTimeInMinutes": 5},
            },
        },
        read=service,
    ),
    Case(
        type="AWS::ECS::TaskDefinition",
        beside=ROLE,
        properties={
            "Family": "it",
            "Cpu": "512",
            "Memory": "1024",
            "NetworkMode": "awsvpc",
            "RequiresCompatibilities": ["FARGATE"],
            "ExecutionRoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
            "TaskRoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
            "RuntimePlatform": {"CpuArchitecture": "ARM64", "OperatingSystemFamily": "LINUX"},
            "EphemeralStorage": {"SizeInGiB": 30},
            "EnableFaultInjection": True,
            "PidMode": "task",
            "Volumes": [{"Name": "tmp"}],
            "ContainerDefinitions": [
                {
                    "Name": "api",
                    "Image": "nginx",
                    "Essential": True,
                    "Cpu": 256,
                    "Memory": 512,
                    "MemoryReservation": 256,
                    "User": "1000:1000",
                    "ReadonlyRootFilesystem": True,
                    "StopTimeout": 30,
                    "StartTimeout": 60,
                    "Command": ["serve"],
                    "EntryPoint": ["/bin/sh"],
                    "WorkingDirectory": "/srv",
                    "Environment": [{"Name": "STAGE", "Value": "dev"}],
                    "Secrets": [{"Name": "PASSWORD", "ValueFrom": "arn:aws:secretsmanager:us-east-1:1:secret:x"}],
                    "LinuxParameters": {
                        "InitProcessEnabled": True,
                        "Capabilities": {"Drop": ["ALL"]},
                    },
                    "HealthCheck": {
                        "Command": ["CMD-SHELL", "true"],
                        "Interval": 15,
                        "Timeout": 5,
                        "Retries": 3,
                        "StartPeriod": 20,
                    },
                    "LogConfiguration": {
                        "LogDriver": "awslogs",
                        "Options": {"awslogs-group": "/api", "awslogs-region": "us-east-1"},
                        "SecretOptions": [{"Name": "token", "ValueFrom": "arn:aws:ssm:us-east-1:1:parameter/t"}],
                    },
                    "PortMappings": [{"Name": "http", "ContainerPort": 8080, "Protocol": "tcp", "AppProtocol": "http"}],
                    "MountPoints": [{"SourceVolume": "tmp", "ContainerPath": "/tmp", "ReadOnly": False}],  # noqa: S108
                    "Ulimits": [{"Name": "nofile", "SoftLimit": 1024, "HardLimit": 2048}],
                    "DockerLabels": {"team": "platform"},
                    "VersionConsistency": "enabled",
                    "RestartPolicy": {"Enabled": True, "RestartAttemptPeriod": 60},
                    "DependsOn": [{"ContainerName": "side", "Condition": "START"}],
                },
                {"Name": "side", "Image": "nginx", "Essential": False},
            ],
            "Tags": TAGS,
        },
        changed={"Tags": NEW_TAGS},
        read=task,
    ),
    Case(
        type="AWS::ServiceDiscovery::HttpNamespace",
        properties={"Name": "it.http", "Description": "services", "Tags": TAGS},
        changed={"Description": "all services", "Tags": NEW_TAGS},
        read=namespace,
    ),
    Case(
        type="AWS::ServiceDiscovery::PrivateDnsNamespace",
        beside=VPC,
        properties={
            "Name": "it.internal",
            "Description": "services",
            "Vpc": {"Ref": "Vpc"},
            "Properties": {"DnsProperties": {"SOA": {"TTL": 60}}},
            "Tags": TAGS,
        },
        changed={"Description": "all services", "Tags": NEW_TAGS},
        read=namespace,
    ),
    Case(
        type="AWS::ServiceDiscovery::Service",
        beside={
            **VPC,
            "Space": {
                "Type": "AWS::ServiceDiscovery::PrivateDnsNamespace",
                "Properties": {"Name": "it.internal", "Vpc": {"Ref": "Vpc"}},
            },
        },
        properties={
            "Name": "api",
            "Description": "the api",
            "NamespaceId": {"Ref": "Space"},
            "DnsConfig": {"RoutingPolicy": "MULTIVALUE", "DnsRecords": [{"Type": "A", "TTL": 10}]},
            "HealthCheckCustomConfig": {"FailureThreshold": 1},
            "Tags": TAGS,
        },
        changed={
            "Description": "an api",
            "DnsConfig": {"RoutingPolicy": "MULTIVALUE", "DnsRecords": [{"Type": "A", "TTL": 30}]},
            "Tags": NEW_TAGS,
        },
        read=discovery,
    ),
)
