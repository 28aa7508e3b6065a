"""Settings that a first rich template can't have beside the others: FIFO queues, network load balancers, …"""

from __future__ import annotations

from tests.sandbox.types import cases_balancing as balancing
from tests.sandbox.types import cases_containers as containers
from tests.sandbox.types import cases_edge as edge
from tests.sandbox.types import cases_identity as identity
from tests.sandbox.types import cases_network as network
from tests.sandbox.types import cases_storage as storage
from tests.sandbox.types import cases_watching as watching
from tests.sandbox.types.readback import Case

TRUST = identity.TRUST
ARN = "arn:aws:iam::123456789012:role/it"

CASES = (
    Case(
        type="AWS::EC2::VPCEndpoint",
        note="addresses",
        beside={**network.VPC, **network.SUBNET},
        properties={
            "VpcId": {"Ref": "Vpc"},
            "ServiceName": "com.amazonaws.us-east-1.kms",
            "VpcEndpointType": "Interface",
            "SubnetIds": [{"Ref": "Subnet"}],
            "IpAddressType": "ipv4",
            "DnsOptions": {"DnsRecordIpType": "ipv4"},
        },
        read=network.endpoint,
    ),
    Case(
        type="AWS::ECS::Service",
        note="launch type",
        beside={
            **containers.SERVICE_BESIDE,
            "Private": {
                "Type": "AWS::ServiceDiscovery::PrivateDnsNamespace",
                "Properties": {"Name": "it.internal", "Vpc": {"Ref": "Vpc"}},
            },
            "Registry": {
                "Type": "AWS::ServiceDiscovery::Service",
                "Properties": {
                    "Name": "it",
                    "NamespaceId": {"Ref": "Private"},
                    "DnsConfig": {"DnsRecords": [{"Type": "A", "TTL": 10}]},
                },
            },
        },
        properties={
            "ServiceName": "it",
            "Cluster": {"Ref": "Cluster"},
            "TaskDefinition": {"Ref": "Task"},
            "LaunchType": "FARGATE",
            "DesiredCount": 0,
            "NetworkConfiguration": {"AwsvpcConfiguration": {"Subnets": [{"Ref": "Subnet"}]}},
            "ServiceRegistries": [{"RegistryArn": {"Fn::GetAtt": ["Registry", "Arn"]}}],
            "VolumeConfigurations": [
                {"Name": "data", "ManagedEBSVolume": {"RoleArn": ARN, "SizeInGiB": 10, "VolumeType": "gp3"}}
            ],
        },
        read=containers.service,
    ),
    Case(
        type="AWS::ECS::Service",
        note="machines",
        beside={
            **containers.CLUSTER,
            "Task": {
                "Type": "AWS::ECS::TaskDefinition",
                "Properties": {
                    "Family": "machines",
                    "ContainerDefinitions": [{"Name": "api", "Image": "nginx", "Memory": 512}],
                },
            },
        },
        properties={
            "ServiceName": "it",
            "Cluster": {"Ref": "Cluster"},
            "TaskDefinition": {"Ref": "Task"},
            "LaunchType": "EC2",
            "DesiredCount": 0,
            "Role": ARN,
            "PlacementConstraints": [{"Type": "distinctInstance"}],
            "PlacementStrategies": [{"Type": "spread", "Field": "instanceId"}],
        },
        changed={"PlacementStrategies": [{"Type": "binpack", "Field": "memory"}]},
        read=containers.service,
    ),
    Case(
        type="AWS::ECS::TaskDefinition",
        note="shared files",
        properties={
            "Family": "it",
            "IpcMode": "none",
            "PlacementConstraints": [{"Type": "memberOf", "Expression": "attribute:x == y"}],
            "ProxyConfiguration": {
                "Type": "APPMESH",
                "ContainerName": "api",
                "ProxyConfigurationProperties": [{"Name": "AppPorts", "Value": "8080"}],
            },
            "Volumes": [
                {
                    "Name": "files",
                    "EFSVolumeConfiguration": {
                        "FilesystemId": "fs-1",
                        "TransitEncryption": "ENABLED",
                        "AuthorizationConfig": {"AccessPointId": "fsap-1", "IAM": "ENABLED"},
                    },
                }
            ],
            "ContainerDefinitions": [{"Name": "api", "Image": "nginx", "Memory": 512}],
        },
        read=containers.task,
    ),
    Case(
        type="AWS::ElasticLoadBalancingV2::LoadBalancer",
        note="network",
        beside={**network.VPC, **balancing.SUBNETS},
        properties={
            "Name": "it",
            "Type": "network",
            "Scheme": "internal",
            "SubnetMappings": [{"SubnetId": {"Ref": "Subnet"}}, {"SubnetId": {"Ref": "Other"}}],
            "MinimumLoadBalancerCapacity": {"CapacityUnits": 100},
        },
        read=balancing.balancer,
    ),
    Case(
        type="AWS::ElasticLoadBalancingV2::Listener",
        note="mutual TLS",
        beside={
            **network.VPC,
            **balancing.SUBNETS,
            **balancing.BALANCER,
            **balancing.CERTIFICATE,
            **balancing.TARGETS,
        },
        properties={
            "LoadBalancerArn": {"Ref": "Balancer"},
            "Port": 443,
            "Protocol": "HTTPS",
            "Certificates": [{"CertificateArn": {"Ref": "Certificate"}}],
            "AlpnPolicy": ["HTTP2Preferred"],
            "MutualAuthentication": {"Mode": "passthrough"},
            "DefaultActions": [{"Type": "forward", "TargetGroupArn": {"Ref": "Targets"}}],
        },
        read=balancing.listener,
    ),
    Case(
        type="AWS::ElasticLoadBalancingV2::ListenerRule",
        note="redirect",
        beside={**network.VPC, **balancing.SUBNETS, **balancing.BALANCER, **balancing.LISTENER},
        properties={
            "ListenerArn": {"Ref": "Listener"},
            "Priority": 5,
            "Conditions": [
                {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-Old", "Values": ["1"]}},
                {"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": ["GET"]}},
                {"Field": "source-ip", "SourceIpConfig": {"Values": ["10.0.0.0/8"]}},
                {"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": "v", "Value": "1"}]}},
            ],
            "Actions": [{"Type": "redirect", "RedirectConfig": {"StatusCode": "HTTP_302", "Path": "/new/#{path}"}}],
        },
        read=balancing.rule,
    ),
    Case(
        type="AWS::ServiceDiscovery::Service",
        note="attributes",
        beside=containers.NAMESPACE,
        properties={"Name": "it", "NamespaceId": {"Ref": "Space"}, "Type": "HTTP"},
        read=containers.discovery,
    ),
    Case(
        type="AWS::SNS::Topic",
        note="FIFO",
        properties={
            "TopicName": "it.fifo",
            "FifoTopic": True,
            "ContentBasedDeduplication": True,
            "FifoThroughputScope": "MessageGroup",
            "ArchivePolicy": {"MessageRetentionPeriod": "30"},
        },
        read=storage.topic,
    ),
    Case(
        type="AWS::SNS::Subscription",
        note="delivery",
        beside=storage.TOPIC,
        properties={
            "TopicArn": {"Ref": "Topic"},
            "Protocol": "https",
            "Endpoint": "https://events.example.com/hook",
            "DeliveryPolicy": {"healthyRetryPolicy": {"numRetries": 5}},
        },
        read=storage.subscription,
    ),
    Case(
        type="AWS::SQS::Queue",
        note="FIFO",
        properties={
            "QueueName": "it.fifo",
            "FifoQueue": True,
            "ContentBasedDeduplication": True,
            "DeduplicationScope": "messageGroup",
            "FifoThroughputLimit": "perMessageGroupId",
            "SqsManagedSseEnabled": True,
        },
        read=storage.queue,
    ),
    Case(
        type="AWS::S3::Bucket",
        note="website",
        properties={
            "BucketName": "it-website",
            "AccelerateConfiguration": {"AccelerationStatus": "Enabled"},
            "WebsiteConfiguration": {"IndexDocument": "index.html", "ErrorDocument": "error.html"},
        },
        changed={"WebsiteConfiguration": None},
        read=storage.bucket,
    ),
    Case(
        type="AWS::S3::Bucket",
        note="settings taken away",
        beside={**storage.KEY, **storage.BUCKET},
        properties={
            "BucketName": "it-taken",
            "LifecycleConfiguration": {"Rules": [{"Id": "gone", "Status": "Enabled", "ExpirationInDays": 30}]},
            "LoggingConfiguration": {"DestinationBucketName": {"Ref": "Bucket"}},
            "BucketEncryption": {
                "ServerSideEncryptionConfiguration": [
                    {
                        "ServerSideEncryptionByDefault": {
                            "SSEAlgorithm": "aws:kms",
                            "KMSMasterKeyID": {"Ref": "Key"},
                        }
                    }
                ]
            },
            "Tags": network.TAGS,
        },
        changed={
            "LifecycleConfiguration": None,
            "LoggingConfiguration": None,
            "BucketEncryption": None,
            "Tags": None,
        },
        read=storage.bucket,
    ),
    Case(
        type="AWS::SecretsManager::Secret",
        note="given",
        properties={"Name": "it", "SecretString": '{"user": "app"}'},
        changed={"SecretString": '{"user": "other"}'},
        read=storage.secret,
    ),
    Case(
        type="AWS::SSM::Parameter",
        note="list",
        properties={
            "Name": "/platform/main/list",
            "Type": "StringList",
            "Value": "one,two",
            "Tier": "Advanced",
        },
        changed={"Value": "one,two,three"},
        read=storage.parameter,
    ),
    Case(
        type="AWS::Events::Rule",
        note="schedule",
        beside={
            **storage.QUEUE,
            "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": TRUST}},
        },
        properties={
            "Name": "it",
            "ScheduleExpression": "rate(5 minutes)",
            "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
            "EventBusName": "default",
            "Targets": [
                {"Id": "queue", "Arn": {"Fn::GetAtt": ["Queue", "Arn"]}, "Input": '{"run": true}'},
            ],
        },
        changed={"ScheduleExpression": "cron(0 8 * * ? *)"},
        read=watching.event_rule,
    ),
    Case(
        type="AWS::IAM::Role",
        note="settings taken away",
        beside=identity.BOUNDARY,
        properties={
            "RoleName": "it",
            "AssumeRolePolicyDocument": TRUST,
            "PermissionsBoundary": {"Ref": "Boundary"},
            "ManagedPolicyArns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
            "Policies": [{"PolicyName": "write", "PolicyDocument": identity.allow("s3:PutObject")}],
        },
        changed={"PermissionsBoundary": None, "ManagedPolicyArns": None, "Policies": None},
        read=identity.role,
    ),
    Case(
        type="AWS::Lambda::Function",
        note="settings taken away",
        beside={**identity.ROLE, **storage.QUEUE, **network.VPC, **network.SUBNET, **network.GROUP},
        properties={
            **identity.FUNCTION["Function"]["Properties"],
            "FunctionName": "it",
            "PackageType": "Zip",
            "DeadLetterConfig": {"TargetArn": {"Fn::GetAtt": ["Queue", "Arn"]}},
            "ReservedConcurrentExecutions": 5,
            "VpcConfig": {"SubnetIds": [{"Ref": "Subnet"}], "SecurityGroupIds": [{"Ref": "Group"}]},
        },
        changed={"DeadLetterConfig": None, "ReservedConcurrentExecutions": None, "VpcConfig": None},
        read=identity.function,
    ),
    Case(
        type="AWS::WAFv2::WebACL",
        note="answers",
        properties={
            "Name": "it",
            "Scope": "REGIONAL",
            "DefaultAction": {"Block": {"CustomResponse": {"ResponseCode": 403, "CustomResponseBodyKey": "no"}}},
            "VisibilityConfig": edge.visible("it"),
            "CustomResponseBodies": {"no": {"ContentType": "TEXT_PLAIN", "Content": "no"}},
            "CaptchaConfig": {"ImmunityTimeProperty": {"ImmunityTime": 300}},
            "ChallengeConfig": {"ImmunityTimeProperty": {"ImmunityTime": 300}},
            "AssociationConfig": {"RequestBody": {"API_GATEWAY": {"DefaultSizeInspectionLimit": "KB_32"}}},
        },
        read=edge.web_acl,
    ),
    Case(
        type="AWS::Route53::RecordSet",
        note="failover",
        beside=edge.ZONE,
        properties={
            "HostedZoneId": {"Ref": "Zone"},
            "Name": "api.example.com.",
            "Type": "A",
            "TTL": "60",
            "ResourceRecords": ["192.0.2.1"],
            "SetIdentifier": "primary",
            "Failover": "PRIMARY",
            "HealthCheckId": "00000000-0000-0000-0000-000000000001",
        },
        read=edge.record,
    ),
    Case(
        type="AWS::Route53::RecordSet",
        note="place",
        beside=edge.ZONE,
        properties={
            "HostedZoneId": {"Ref": "Zone"},
            "Name": "api.example.com.",
            "Type": "A",
            "TTL": "60",
            "ResourceRecords": ["192.0.2.1"],
            "SetIdentifier": "germany",
            "GeoLocation": {"CountryCode": "DE"},
        },
        read=edge.record,
    ),
    Case(
        type="AWS::Route53::RecordSet",
        note="region",
        beside=edge.ZONE,
        properties={
            "HostedZoneId": {"Ref": "Zone"},
            "Name": "api.example.com.",
            "Type": "A",
            "TTL": "60",
            "ResourceRecords": ["192.0.2.1"],
            "SetIdentifier": "east",
            "Region": "us-east-1",
        },
        read=edge.record,
    ),
    Case(
        type="AWS::Route53::RecordSet",
        note="many",
        beside=edge.ZONE,
        properties={
            "HostedZoneId": {"Ref": "Zone"},
            "Name": "api.example.com.",
            "Type": "A",
            "TTL": "60",
            "ResourceRecords": ["192.0.2.1"],
            "SetIdentifier": "one",
            "MultiValueAnswer": True,
        },
        read=edge.record,
    ),
)
