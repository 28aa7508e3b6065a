"""What services refuse: one line a behaviour, in the words of the documentation."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from tests.sandbox.demands.standing import WEB, arn, ref, trust


class Case(NamedTuple):
    """`what` is refused of a resource `type`, for these `properties`, with a message that has `says` in it."""

    type: str
    what: str
    properties: dict[str, Any]
    says: str


def _rule(first: int, last: int | None = None, **more: Any) -> dict[str, Any]:
    ports = {"FromPort": first, "ToPort": first if last is None else last}
    return {"IpProtocol": "tcp", **ports, "CidrIp": "10.0.0.0/8", **more}


def _group(*rules: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"VpcId": ref("Vpc"), "GroupDescription": "new", "SecurityGroupIngress": list(rules), **more}


def _endpoint(service: str, **more: Any) -> dict[str, Any]:
    name = f"com.amazonaws.us-east-1.{service}"
    return {"VpcId": ref("Vpc"), "ServiceName": name, "VpcEndpointType": "Interface", **more}


def _subnet(block: str, zone: str = "us-east-1a") -> dict[str, Any]:
    return {"VpcId": ref("Vpc"), "CidrBlock": block, "AvailabilityZone": zone}


NETWORK = (
    Case("VPC", "a range larger than /16", {"CidrBlock": "10.0.0.0/8"}, "InvalidVpc.Range"),
    Case("Subnet", "a range outside of the VPC's", _subnet("10.9.0.0/24"), "InvalidSubnet.Range"),
    Case("Subnet", "a range that overlaps another subnet's", _subnet("10.0.1.128/25"), "InvalidSubnet.Conflict"),
    Case("Subnet", "a range smaller than /28", _subnet("10.0.9.0/29"), "InvalidSubnet.Range"),
    Case("Subnet", "a zone of another Region", _subnet("10.0.9.0/24", "eu-west-1a"), "availabilityZone is invalid"),
    Case("SecurityGroup", "a name that begins with sg-", _group(GroupName="sg-mine"), "in the format sg-*"),
    Case("SecurityGroup", "the same rule twice", _group(_rule(80), _rule(80, Description="b")), "multiple times"),
    Case("SecurityGroup", "more than 60 rules", _group(*map(_rule, range(61))), "RulesPerSecurityGroupLimitExceeded"),
    Case("SecurityGroup", "letters in a rule's description", _group(_rule(80, Description="it’s")), "description"),  # noqa: RUF001
    Case("SecurityGroup", "a first port above the last", _group(_rule(90, 80)), "port range"),
    Case("SecurityGroup", "ports above 65535", _group(_rule(70_000)), "portRange"),
    Case("SecurityGroup", "unknown protocols", _group(_rule(80, IpProtocol="any")), "Unknown protocol"),
    Case("SecurityGroupIngress", "a 61st rule", {"GroupId": ref("Full"), **_rule(443)}, "LimitExceeded"),
    Case(
        "Route",
        "a destination that the table has",
        {"RouteTableId": ref("Table"), "DestinationCidrBlock": "10.0.0.0/16", "GatewayId": ref("Loose")},
        "RouteAlreadyExists",
    ),
    Case(
        "Route",
        "a gateway that is not attached to the network",
        {"RouteTableId": ref("Table"), "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": ref("Loose")},
        "belong to different networks",
    ),
    Case(
        "VPCGatewayAttachment",
        "a second gateway for a VPC",
        {"VpcId": ref("Other"), "InternetGatewayId": ref("Loose")},
        "already has an internet gateway attached",
    ),
    Case(
        "VPCGatewayAttachment",
        "a second VPC for a gateway",
        {"VpcId": ref("Vpc"), "InternetGatewayId": ref("Internet")},
        "is already attached to network",
    ),
    Case(
        "SubnetRouteTableAssociation",
        "a second table for a subnet",
        {"RouteTableId": ref("Table"), "SubnetId": ref("A")},
        "Resource.AlreadyAssociated",
    ),
    Case("VPCEndpoint", "a gateway to what has interfaces", _endpoint("ecr.api", VpcEndpointType="Gateway"), "match"),
    Case(
        "VPCEndpoint",
        "a second gateway in one route table",
        _endpoint("s3", VpcEndpointType="Gateway", RouteTableIds=[ref("Table")]),
        "RouteAlreadyExists",
    ),
    Case(
        "VPCEndpoint",
        "two subnets in one zone",
        _endpoint("kms", SubnetIds=[ref("A"), ref("Beside")]),
        "DuplicateSubnetsInSameZone",
    ),
    Case(
        "VPCEndpoint",
        "private names in a VPC without DNS host names",
        _endpoint("kms", SubnetIds=[ref("A")], PrivateDnsEnabled=True),
        "enableDnsHostnames",
    ),
    Case(
        "VPCEndpoint",
        "private names that another endpoint has",
        _endpoint("ecr.api", VpcId=ref("Named"), SubnetIds=[ref("Inside")], PrivateDnsEnabled=True),
        "conflicting DNS domain",
    ),
)


def _balancer(**more: Any) -> dict[str, Any]:
    return {"Scheme": "internal", "Subnets": [ref("A"), ref("B")], **more}


def _listener(**more: Any) -> dict[str, Any]:
    action = {"Type": "forward", "TargetGroupArn": ref("Free")}
    return {
        "LoadBalancerArn": ref("Balancer"),
        "Port": 81,
        "Protocol": "HTTP",
        "DefaultActions": [action],
        **more,
    }


def _forward(targets: str) -> list[dict[str, Any]]:
    return [{"Type": "forward", "TargetGroupArn": ref(targets)}]


def _attributes(**values: str) -> list[dict[str, Any]]:
    return [{"Key": f"access_logs.s3.{key}", "Value": value} for key, value in values.items()]


BALANCING = (
    Case("LoadBalancer", "fewer than two zones", _balancer(Subnets=[ref("A")]), "At least two subnets"),
    Case("LoadBalancer", "two subnets in one zone", _balancer(Subnets=[ref("A"), ref("Beside")]), "same Availability"),
    Case("LoadBalancer", "the internet without a gateway", _balancer(Scheme="internet-facing"), "no internet gateway"),
    Case("LoadBalancer", "names above 32 characters", _balancer(Name="a" * 33), "longer than '32'"),
    Case("LoadBalancer", "names that begin with internal-", _balancer(Name="internal-it"), "cannot begin with"),
    Case("LoadBalancer", "names with a hyphen at an end", _balancer(Name="-it"), "begin or end with a hyphen"),
    Case("LoadBalancer", "groups of another VPC", _balancer(SecurityGroups=[ref("OtherGroup")]), "groups are invalid"),
    Case(
        "LoadBalancer",
        "access logs into a bucket that does not let them in",
        _balancer(
            LoadBalancerAttributes=[
                *_attributes(enabled="true"),
                {"Key": "access_logs.s3.bucket", "Value": ref("Bucket")},
            ]
        ),
        "Access Denied for bucket",
    ),
    Case("TargetGroup", "no port", {"Protocol": "HTTP", "VpcId": ref("Vpc"), "TargetType": "ip"}, "port must be"),
    Case(
        "TargetGroup",
        "checks that take longer than their interval",
        {
            "Protocol": "HTTP",
            "Port": 80,
            "VpcId": ref("Vpc"),
            "HealthCheckIntervalSeconds": 5,
            "HealthCheckTimeoutSeconds": 10,
        },
        "greater than the timeout",
    ),
    Case("Listener", "a port that has a listener", _listener(Port=80), "DuplicateListener"),
    Case("Listener", "HTTPS without a certificate", _listener(Protocol="HTTPS"), "certificate must be specified"),
    Case("Listener", "TCP at an application load balancer", _listener(Protocol="TCP"), "must be one of"),
    Case("Listener", "targets of another VPC", _listener(DefaultActions=_forward("Foreign")), "load balancer's VPC"),
    Case("Listener", "targets of another balancer", _listener(DefaultActions=_forward("Machines")), "AssociationLimit"),
    Case(
        "ListenerRule",
        "more than five values in its conditions",
        {
            "ListenerArn": ref("Listener"),
            "Priority": 1,
            "Conditions": [{"Field": "path-pattern", "Values": [f"/{number}" for number in range(6)]}],
            "Actions": _forward("Targets"),
        },
        "can only have '5' condition values",
    ),
)


def document(**statement: Any) -> dict[str, Any]:
    """A policy of one statement."""
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]}


def allow(count: int = 1) -> dict[str, Any]:
    """A policy about so many objects."""
    return document(Action="s3:GetObject", Resource=[f"arn:aws:s3:::it/{number:06}" for number in range(count)])


def _inline(policy: Any) -> dict[str, Any]:
    return {
        "AssumeRolePolicyDocument": trust("lambda"),
        "Policies": [{"PolicyName": "it", "PolicyDocument": policy}],
    }


_GONE = {"Fn::Sub": "arn:aws:iam::{Account}:role/gone"}
_ROOT = {"Fn::Sub": "arn:aws:iam::{Account}:root"}
_LONG = {
    "StringEquals": {"aws:SourceArn": [f"arn:aws:sqs:us-east-1:111111111111:{number:060}" for number in range(30)]}
}


def _trusting(**statement: Any) -> dict[str, Any]:
    named = {"Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole", **statement}
    return {"AssumeRolePolicyDocument": document(**{key: value for key, value in named.items() if value is not None})}


IDENTITY = (
    Case("ManagedPolicy", "more than 6,144 characters", {"PolicyDocument": allow(300)}, "PolicySize: 6144"),
    Case("Role", "more than 10,240 characters embedded", _inline(allow(450)), "policy size of 10240"),
    Case(
        "Policy",
        "more than 10,240 characters",
        {"PolicyName": "it", "Roles": [ref("Machine")], "PolicyDocument": allow(450)},
        "policy size of 10240",
    ),
    Case("Role", "more than 2,048 characters of trust", _trusting(Condition=_LONG), "ACLSizePerRole: 2048"),
    Case("Role", "a name that differs in case only", {**_trusting(), "RoleName": "wORKER"}, "EntityAlreadyExists"),
    Case(
        "Role",
        "more than 10 managed policies",
        {**_trusting(), "ManagedPolicyArns": [f"arn:aws:iam::aws:policy/P{number}" for number in range(11)]},
        "PoliciesPerRole: 10",
    ),
    Case(
        "Role", "statements without an effect", _inline({"Statement": [{"Action": "s3:*", "Resource": "*"}]}), "Effect"
    ),
    Case("Role", "resources that are no ARNs", _inline(document(Action="s3:*", Resource="bucket/*")), "ARN format"),
    Case("Role", "actions without a service", _inline(document(Action="GetObject", Resource="*")), "by a vendor"),
    Case("Role", "statements without resources", _inline(document(Action="s3:*")), "must contain resources"),
    Case("Role", "statements without actions", _inline(document(Resource="*")), "must contain actions"),
    Case("Role", "ids with spaces", _inline(document(Sid="a b", Action="s3:*", Resource="*")), "alpha-numeric"),
    Case("Role", "ids twice", _inline({"Statement": [*document(Sid="a")["Statement"]] * 2}), "must be unique"),
    Case("Role", "unknown versions", _inline({**allow(), "Version": "2020-01-01"}), "must be version 2012-10-17"),
    Case("Role", "no statements", _inline({"Version": "2012-10-17", "Statement": []}), "is empty"),
    Case("Role", "principals in an embedded policy", _inline(document(Principal="*", Action="s3:*")), "not specify"),
    Case(
        "Role",
        "unknown comparisons",
        _inline(document(Action="s3:*", Resource="*", Condition={"StringEqualz": {"aws:userid": "a"}})),
        "Invalid Condition type",
    ),
    Case(
        "Role", "trust in a role that is not there", _trusting(Principal={"AWS": _GONE}), "Invalid principal in policy"
    ),
    Case("Role", "trust with resources", _trusting(Resource="*"), "prohibited field Resource"),
    Case("Role", "trust in nobody", _trusting(Principal=None), "required field Principal"),
    Case("Role", "trust with other services' actions", _trusting(Action="s3:GetObject"), "only specify STS"),
)


def _key(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"KeyPolicy": {"Version": "2012-10-17", "Statement": list(statements)}}


def _about_key(action: str, principal: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": action, "Resource": "*"}


_CONTEXT = {"StringEquals": {"kms:EncryptionContext:a": [f"{number:0100}" for number in range(400)]}}

KEYS = (
    Case("Key", "a policy that leaves nobody in charge", _key(_about_key("kms:Encrypt", _ROOT)), "in the future"),
    Case(
        "Key", "another account in charge", _key(_about_key("kms:*", "arn:aws:iam::999999999999:root")), "in the future"
    ),
    Case("Key", "principals that are not there", _key(_about_key("kms:*", [_ROOT, _GONE])), "invalid principals"),
    Case("Key", "a policy above 32 KB", _key({**_about_key("kms:*", _ROOT), "Condition": _CONTEXT}), "too large"),
    Case("Key", "rotation of an asymmetric key", {"KeySpec": "RSA_2048", "EnableKeyRotation": True}, "Unsupported"),
)


def _lifecycle(*rules: dict[str, Any]) -> dict[str, Any]:
    return {"LifecycleConfiguration": {"Rules": [{"Status": "Enabled", **rule} for rule in rules]}}


def _bucket_policy(bucket: str = "Bucket", **statement: Any) -> dict[str, Any]:
    objects = {"Fn::Sub": f"{{{bucket}Arn}}/*"}
    named = {"Principal": {"AWS": _ROOT}, "Action": "s3:GetObject", "Resource": objects, **statement}
    return {"Bucket": ref(bucket), "PolicyDocument": document(**named)}


def _moved(days: int, to: str = "GLACIER") -> dict[str, Any]:
    return {"Transitions": [{"StorageClass": to, "TransitionInDays": days}]}


STORAGE = (
    *(
        Case("Bucket", f"the name {name}", {"BucketName": name}, "InvalidBucketName")
        for name in ("ab", "abc..def", "192.168.5.4", "xn--abc", "abc-s3alias")
    ),
    Case("Bucket", "ACLs where the owner is enforced", {"AccessControl": "LogDeliveryWrite"}, "BucketOwnerEnforced"),
    Case(
        "Bucket",
        "public ACLs unless they are unblocked",
        {
            "AccessControl": "PublicRead",
            "OwnershipControls": {"Rules": [{"ObjectOwnership": "ObjectWriter"}]},
        },
        "AccessDenied",
    ),
    Case("Bucket", "lifecycle rules that do nothing", _lifecycle({}), "At least one action"),
    Case("Bucket", "a move to STANDARD_IA before 30 days", _lifecycle(_moved(10, "STANDARD_IA")), "equal to 30"),
    Case("Bucket", "an end before a move", _lifecycle({"ExpirationInDays": 20, **_moved(30)}), "greater than 'Days'"),
    Case("Bucket", "lifecycle ids twice", _lifecycle(*[{"Id": "a", "ExpirationInDays": 9}] * 2), "must be unique"),
    Case("Bucket", "replication without versions", {"ReplicationConfiguration": {}}, "Versioning must be 'Enabled'"),
    Case("Bucket", "logs into no bucket", {"LoggingConfiguration": {"DestinationBucketName": "gone"}}, "TargetBucket"),
    Case(
        "Bucket",
        "notes to a queue that does not let them in",
        {"NotificationConfiguration": {"QueueConfigurations": [{"Event": "s3:*", "Queue": arn("Queue")}]}},
        "destination configurations",
    ),
    Case("BucketPolicy", "a second one", _bucket_policy("Kept"), "already exists on bucket"),
    Case("BucketPolicy", "other buckets", _bucket_policy(Resource="arn:aws:s3:::other/*"), "invalid resource"),
    Case("BucketPolicy", "objects' actions on the bucket", _bucket_policy(Resource=arn("Bucket")), "does not apply"),
    Case("BucketPolicy", "other services' actions", _bucket_policy(Action="ec2:RunInstances"), "invalid action"),
    Case(
        "BucketPolicy", "principals that are not there", _bucket_policy(Principal={"AWS": _GONE}), "Invalid principal"
    ),
    Case("BucketPolicy", "everybody unless that is unblocked", _bucket_policy(Principal="*"), "BlockPublicPolicy"),
)


def _policed(key: str, name: str, **statement: Any) -> dict[str, Any]:
    named = {"Principal": "*", "Resource": "*", **statement}
    return {
        key: [ref(name)],
        "PolicyDocument": document(**{name: value for name, value in named.items() if value is not None}),
    }


def _subscribed(**more: Any) -> dict[str, Any]:
    return {"TopicArn": ref("Topic"), "Protocol": "sqs", "Endpoint": arn("Queue"), **more}


_SEVEN = ["AddPermission", "DeleteMessage", "GetQueueUrl", "PurgeQueue", "ReceiveMessage", "SendMessage", "TagQueue"]

MESSAGES = (
    Case("Topic", "names of a FIFO topic without .fifo", {"TopicName": "it", "FifoTopic": True}, "Topic Name"),
    Case("Topic", "names with spaces", {"TopicName": "i t"}, "Topic Name"),
    Case("Subscription", "addresses that are none", _subscribed(Protocol="email", Endpoint="it"), "email endpoint"),
    Case("Subscription", "queues by their URL", _subscribed(Endpoint="https://sqs"), "sqs endpoint"),
    Case("Subscription", "filters of bare values", _subscribed(FilterPolicy={"kind": "a"}), "FilterPolicy"),
    Case(
        "TopicPolicy",
        "other services' actions",
        _policed("Topics", "Topic", Action="sqs:SendMessage"),
        "of service scope",
    ),
    Case(
        "TopicPolicy",
        "principals that are not there",
        _policed("Topics", "Topic", Action="sns:Publish", Principal={"AWS": _GONE}),
        "PrincipalNotFound",
    ),
    Case(
        "QueuePolicy", "no principals", _policed("Queues", "Queue", Action="sqs:*", Principal=None), "field Principal"
    ),
    Case(
        "QueuePolicy",
        "more than seven actions a statement",
        _policed("Queues", "Queue", Action=[f"sqs:{name}" for name in (*_SEVEN, "UntagQueue")]),
        "maximum allowed number: 7",
    ),
    Case(
        "Queue",
        "a dead-letter queue of another kind",
        {"FifoQueue": True, "RedrivePolicy": {"deadLetterTargetArn": arn("Queue"), "maxReceiveCount": 3}},
        "must be same type",
    ),
)

PARAMETERS = (
    *(
        Case("Parameter", what, {"Type": "String", "Value": "a", **given}, says)
        for what, given, says in (
            ("names with spaces", {"Name": "/a b"}, "letters, numbers"),
            ("paths without a slash in front", {"Name": "a/b"}, "fully qualified name"),
            ("more than 15 levels", {"Name": "/a" * 16}, "number of levels"),
            ("more than 4,096 characters", {"Value": "a" * 5000}, "maximum parameter value of 4096"),
            ("no value", {"Value": ""}, "greater than or equal to 1"),
            ("values that break their pattern", {"AllowedPattern": r"^\d+$"}, "ParameterPatternMismatch"),
            ("references in a value", {"Value": "{{it}}"}, "can't nest another parameter"),
        )
    ),
    Case("Secret", "names with spaces", {"Name": "i t"}, "Invalid name"),
    Case("Secret", "a value beside a generated one", {"SecretString": "a", "GenerateSecretString": {}}, "both"),
    Case(
        "Secret",
        "passwords above 4,096 characters",
        {"GenerateSecretString": {"PasswordLength": 5000}},
        "maximum of 4096",
    ),
)


def _function(**more: Any) -> dict[str, Any]:
    return {"Role": arn("Role"), "Runtime": "python3.12", "Handler": "index.handler", **more}


def _variables(**values: str) -> dict[str, Any]:
    return {"Environment": {"Variables": values}}


FUNCTIONS = (
    Case(
        "Function", "a role that does not trust Lambda", _function(Role=arn("Machine")), "cannot be assumed by Lambda"
    ),
    Case("Function", "variables that Lambda sets", _function(**_variables(AWS_REGION="a")), "reserved keys"),
    Case("Function", "more than 4 KB of variables", _function(**_variables(TEXT="a" * 5000)), "4KB limit"),
    Case("Function", "more than 900 seconds", _function(Timeout=901), "less than or equal to 900"),
    Case(
        "Function",
        "all of the account's concurrency",
        _function(ReservedConcurrentExecutions=901),
        "minimum value of [100]",
    ),
    Case(
        "Function",
        "a VPC without the permission",
        _function(VpcConfig={"SubnetIds": [ref("A")]}),
        "CreateNetworkInterface",
    ),
    Case(
        "Function",
        "a dead-letter queue without the permission",
        _function(DeadLetterConfig={"TargetArn": arn("Queue")}),
        "SendMessage on SQS",
    ),
    Case(
        "EventSourceMapping",
        "a source without the permission",
        {"EventSourceArn": arn("Stream"), "FunctionName": ref("Function")},
        "GetRecords on Kinesis",
    ),
    Case(
        "EventSourceMapping",
        "messages that come back before the function ends",
        {"EventSourceArn": arn("Queue"), "FunctionName": ref("Function")},
        "less than Function timeout",
    ),
)


def _task(*containers: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "RequiresCompatibilities": ["FARGATE"],
        "NetworkMode": "awsvpc",
        "Cpu": "256",
        "Memory": "512",
        "ContainerDefinitions": list(containers or [WEB]),
        **more,
    }


_LOGGED = {"LogDriver": "awslogs", "Options": {"awslogs-group": "/it"}}


def _service(task: str = "Task", **more: Any) -> dict[str, Any]:
    network = {"AwsvpcConfiguration": {"Subnets": [ref("A")], "SecurityGroups": [ref("Group")]}}
    return {"Cluster": ref("Cluster"), "TaskDefinition": ref(task), "NetworkConfiguration": network, **more}


def _placed(**more: Any) -> dict[str, Any]:
    return {"NetworkConfiguration": {"AwsvpcConfiguration": {"Subnets": [ref("A")], **more}}}


_MACHINES = [{"ContainerName": "web", "ContainerPort": 80, "TargetGroupArn": ref("Machines")}]

CONTAINERS = (
    *(
        Case("TaskDefinition", what, _task({**WEB, **container}), says)
        for what, container, says in (
            (
                "secrets without an execution role",
                {"Secrets": [{"Name": "A", "ValueFrom": "/a"}]},
                "'executionRoleArn'",
            ),
            ("logs without an execution role", {"LogConfiguration": _LOGGED}, "support log driver awslogs"),
            ("no essential container", {"Essential": False}, "at least one essential container"),
            ("more memory than the task has", {"Memory": 1024}, "'memory' setting"),
            ("more CPU than the task has", {"Cpu": 512}, "'cpu' setting"),
            ("another port on the host", {"PortMappings": [{"ContainerPort": 80, "HostPort": 81}]}, "must match"),
            ("privileges on Fargate", {"Privileged": True}, "privileged"),
            ("volumes that are not there", {"MountPoints": [{"SourceVolume": "a"}]}, "Unknown volume"),
            ("containers to wait for that are not there", {"DependsOn": [{"ContainerName": "a"}]}, "doesn't exist"),
        )
    ),
    Case("TaskDefinition", "other network modes on Fargate", _task(NetworkMode="bridge"), "only supports network mode"),
    Case(
        "TaskDefinition", "less than 20 GiB of storage", _task(EphemeralStorage={"SizeInGiB": 10}), "between 20 and 200"
    ),
    Case(
        "Service", "Fargate for tasks for machines", _service("OnMachines", LaunchType="FARGATE"), "launch_type FARGATE"
    ),
    Case("Service", "roles that tasks can't assume", _service("Unassumable"), "unable to assume the role"),
    Case("Service", "a grace period without a balancer", _service(HealthCheckGracePeriodSeconds=9), "grace period"),
    Case(
        "Service",
        "public addresses on machines",
        _service("OnMachines", LaunchType="EC2", **_placed(AssignPublicIp="ENABLED")),
        "Assign public IP",
    ),
    Case("Service", "more than five groups", _service(**_placed(SecurityGroups=[ref("Group")] * 6)), "at most 5"),
    Case(
        "Service",
        "groups of another VPC",
        _service(**_placed(SecurityGroups=[ref("OtherGroup")])),
        "different networks",
    ),
    Case("Service", "targets that are machines", _service(LoadBalancers=_MACHINES), "incompatible with the awsvpc"),
    Case(
        "Service",
        "a namespace that is not there",
        _service(ServiceConnectConfiguration={"Enabled": True, "Namespace": "gone"}),
        "NamespaceNotFound",
    ),
    Case("Service", "a registry that is not there", _service(ServiceRegistries=[{"RegistryArn": "arn:a"}]), "registry"),
)


def _record(**more: Any) -> dict[str, Any]:
    return {
        "HostedZoneId": ref("Zone"),
        "Name": "a.example.com",
        "Type": "A",
        "TTL": "60",
        "ResourceRecords": ["192.0.2.1"],
        **more,
    }


def _alias(name: str, target: str = "b.example.org") -> dict[str, Any]:
    return _record(Name=name, Type="CNAME", ResourceRecords=[target])


NAMES = (
    Case("RecordSet", "names outside of the zone", _record(Name="a.example.org"), "not permitted in zone"),
    Case("RecordSet", "CNAME at the top of the zone", _alias("example.com"), "not permitted at apex"),
    Case("RecordSet", "CNAME beside other records", _alias("taken.example.com"), "conflicting RRSet"),
    Case("RecordSet", "addresses that are none", _record(ResourceRecords=["a"]), "IllegalIPv4Address"),
    Case("RecordSet", "text without quotation marks", _record(Type="TXT", ResourceRecords=["a"]), "quotation marks"),
    Case(
        "RecordSet",
        "values without a TTL",
        {key: value for key, value in _record().items() if key != "TTL"},
        "Missing field 'TTL'",
    ),
)


def _alarm(**more: Any) -> dict[str, Any]:
    usual = {"MetricName": "a", "Namespace": "It", "Statistic": "Sum", "Period": 60, "EvaluationPeriods": 1}
    return {key: value for key, value in {**usual, **more}.items() if value is not None}


WATCHING = (
    Case("Alarm", "periods that are no minutes", _alarm(Period=7), "multiple of 60"),
    Case("Alarm", "more than a day of short periods", _alarm(Period=1800, EvaluationPeriods=49), "more than 1 day"),
    Case("Alarm", "more than a week of long ones", _alarm(Period=86_400, EvaluationPeriods=8), "more than 7 day"),
    Case("Alarm", "more points than periods", _alarm(DatapointsToAlarm=2), "DatapointsToAlarm"),
    Case("Alarm", "actions that are no ARNs", _alarm(AlarmActions=["it"]), "Invalid arn syntax"),
    Case("Alarm", "a metric without a statistic", _alarm(Statistic=None), "Statistic"),
    Case("Dashboard", "bodies that are no JSON", {"DashboardBody": "{"}, "InvalidParameterInput"),
    Case("LogGroup", "a key that does not let the logs in", {"KmsKeyId": arn("Key")}, "not allowed to be used"),
    Case("SubscriptionFilter", "a third one", {"LogGroupName": ref("Logs")}, "LimitExceededException"),
    *(
        Case(
            "Rule", f"the schedule {expression}", {"ScheduleExpression": expression}, "ScheduleExpression is not valid"
        )
        for expression in ("rate(1 minutes)", "rate(5 minute)", "cron(0 10 * * *)", "cron(0 10 * * * *)")
    ),
    Case("Rule", "patterns of bare values", {"EventPattern": {"source": "it"}}, "must be an object or an array"),
    Case(
        "Rule",
        "tasks to run without a role",
        {"ScheduleExpression": "rate(1 day)", "Targets": [{"Id": "a", "Arn": arn("Cluster"), "EcsParameters": {}}]},
        "RoleArn is required",
    ),
)


def _database(**more: Any) -> dict[str, Any]:
    return {"Engine": "postgres", "AllocatedStorage": "20", "MasterUsername": "it", **more}


def _table(*attributes: str, **more: Any) -> dict[str, Any]:
    return {
        "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in attributes],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        **more,
    }


DATABASES = (
    Case("DBSubnetGroup", "fewer than two zones", {"SubnetIds": [ref("A"), ref("Beside")]}, "at least 2 AZs"),
    Case("DBInstance", "users that PostgreSQL keeps", _database(MasterUsername="admin"), "reserved word"),
    Case("DBInstance", "passwords below eight characters", _database(MasterUserPassword="abc"), "shorter than 8"),
    Case("DBInstance", "passwords with @", _database(MasterUserPassword="abcdefg@1"), "printable ASCII"),
    Case("DBInstance", "less than 20 GiB", _database(AllocatedStorage="5"), "Invalid storage size"),
    Case("DBInstance", "subnet groups that are not there", _database(DBSubnetGroupName="gone"), "'gone' not found"),
    Case("Table", "attributes that no key uses", _table("id", "other"), "AttributeDefinitions are not used"),
    Case("Table", "provisioned capacity without a number", _table("id"), "ReadCapacityUnits"),
)

BUILDS = (
    Case(
        "Project", "a role that does not trust CodeBuild", {"ServiceRole": arn("Machine")}, "not authorized to perform"
    ),
    Case(
        "Project",
        "neither a source nor a specification",
        {"ServiceRole": arn("Machine"), "Source": {"Type": "NO_SOURCE"}},
        "inline build specification",
    ),
)


def _of(service: str, cases: Iterable[Case]) -> Iterable[Case]:
    return (case._replace(type=f"AWS::{service}::{case.type}") for case in cases)


_SERVICES = {
    "Topic": "SNS",
    "TopicPolicy": "SNS",
    "Subscription": "SNS",
    "Queue": "SQS",
    "QueuePolicy": "SQS",
    "Parameter": "SSM",
    "Secret": "SecretsManager",
    "Alarm": "CloudWatch",
    "Dashboard": "CloudWatch",
    "LogGroup": "Logs",
    "SubscriptionFilter": "Logs",
    "Rule": "Events",
    "DBInstance": "RDS",
    "DBSubnetGroup": "RDS",
    "Table": "DynamoDB",
}

CASES = (
    *_of("EC2", NETWORK),
    *_of("ElasticLoadBalancingV2", BALANCING),
    *_of("IAM", IDENTITY),
    *_of("KMS", KEYS),
    *_of("S3", STORAGE),
    *(
        case
        for many in (MESSAGES, PARAMETERS, WATCHING, DATABASES)
        for one in many
        for case in _of(_SERVICES[one.type], [one])
    ),
    *_of("Lambda", FUNCTIONS),
    *_of("ECS", CONTAINERS),
    *_of("Route53", NAMES),
    *_of("CodeBuild", BUILDS),
)


def filled(node: Any, standing: dict[str, str]) -> Any:
    """Put what stands in place of references to it (`Ref`, and `{Name}` in `Fn::Sub`)."""
    if isinstance(node, list):
        return [filled(item, standing) for item in node]
    if not isinstance(node, dict):
        return node
    if set(node) == {"Ref"}:
        return standing[node["Ref"]]
    if set(node) == {"Fn::Sub"}:
        return node["Fn::Sub"].format_map(standing)
    return {key: filled(value, standing) for key, value in node.items()}


def written(policy: Any) -> str:
    """A document as the API wants it."""
    return json.dumps(policy)
