"""What stands in an account before anything is refused: a template whose resources the cases refer to."""

from __future__ import annotations

from typing import Any


def it(kind: str, /, **properties: Any) -> dict[str, Any]:
    """A resource."""
    return {"Type": kind, "Properties": properties}


def ref(name: str) -> dict[str, str]:
    """What `Ref` gives of a resource that stands."""
    return {"Ref": name}


def arn(name: str) -> dict[str, str]:
    """The ARN of a resource that stands."""
    return {"Ref": f"{name}Arn"}


def trust(service: str) -> dict[str, Any]:
    """A trust policy that lets a service in."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": f"{service}.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }


def subnet(block: str, zone: str) -> dict[str, Any]:
    """A subnet in the first network."""
    return it("AWS::EC2::Subnet", VpcId=ref("Vpc"), CidrBlock=block, AvailabilityZone=zone)


def _balancer() -> dict[str, Any]:
    return it("AWS::ElasticLoadBalancingV2::LoadBalancer", Scheme="internal", Subnets=[ref("A"), ref("B")])


def _targets(vpc: str, kind: str = "ip") -> dict[str, Any]:
    return it("AWS::ElasticLoadBalancingV2::TargetGroup", Port=80, Protocol="HTTP", VpcId=ref(vpc), TargetType=kind)


def _listener(balancer: str, targets: str) -> dict[str, Any]:
    action = {"Type": "forward", "TargetGroupArn": ref(targets)}
    return it(
        "AWS::ElasticLoadBalancingV2::Listener",
        LoadBalancerArn=ref(balancer),
        Port=80,
        Protocol="HTTP",
        DefaultActions=[action],
    )


WEB = {"Name": "web", "Image": "web", "PortMappings": [{"ContainerPort": 80}]}

RESOURCES: dict[str, dict[str, Any]] = {
    "Vpc": it("AWS::EC2::VPC", CidrBlock="10.0.0.0/16"),
    "Named": it("AWS::EC2::VPC", CidrBlock="10.2.0.0/16", EnableDnsHostnames=True, EnableDnsSupport=True),
    "Other": it("AWS::EC2::VPC", CidrBlock="10.1.0.0/16"),
    "A": subnet("10.0.1.0/24", "us-east-1a"),
    "B": subnet("10.0.2.0/24", "us-east-1b"),
    "Beside": subnet("10.0.3.0/24", "us-east-1a"),
    "Inside": it("AWS::EC2::Subnet", VpcId=ref("Named"), CidrBlock="10.2.1.0/24", AvailabilityZone="us-east-1a"),
    "Internet": it("AWS::EC2::InternetGateway"),
    "Loose": it("AWS::EC2::InternetGateway"),
    "Attachment": it("AWS::EC2::VPCGatewayAttachment", VpcId=ref("Other"), InternetGatewayId=ref("Internet")),
    "Table": it("AWS::EC2::RouteTable", VpcId=ref("Vpc")),
    "Used": it("AWS::EC2::SubnetRouteTableAssociation", RouteTableId=ref("Table"), SubnetId=ref("A")),
    "Storage": it(
        "AWS::EC2::VPCEndpoint",
        VpcId=ref("Vpc"),
        ServiceName="com.amazonaws.us-east-1.s3",
        VpcEndpointType="Gateway",
        RouteTableIds=[ref("Table")],
    ),
    "Registry": it(
        "AWS::EC2::VPCEndpoint",
        VpcId=ref("Named"),
        ServiceName="com.amazonaws.us-east-1.ecr.api",
        VpcEndpointType="Interface",
        SubnetIds=[ref("Inside")],
        PrivateDnsEnabled=True,
    ),
    "Group": it("AWS::EC2::SecurityGroup", VpcId=ref("Vpc"), GroupDescription="here"),
    "OtherGroup": it("AWS::EC2::SecurityGroup", VpcId=ref("Other"), GroupDescription="there"),
    "Full": it(
        "AWS::EC2::SecurityGroup",
        VpcId=ref("Vpc"),
        GroupDescription="full",
        SecurityGroupIngress=[
            {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "CidrIp": "10.0.0.0/8"} for port in range(60)
        ],
    ),
    "Balancer": _balancer(),
    "OtherBalancer": _balancer(),
    "Targets": _targets("Vpc"),
    "Free": _targets("Vpc"),
    "Machines": _targets("Vpc", "instance"),
    "Foreign": _targets("Other"),
    "Listener": _listener("Balancer", "Targets"),
    "OtherListener": _listener("OtherBalancer", "Machines"),
    "Role": it("AWS::IAM::Role", RoleName="Worker", AssumeRolePolicyDocument=trust("lambda")),
    "Machine": it("AWS::IAM::Role", AssumeRolePolicyDocument=trust("ec2")),
    "Bucket": it("AWS::S3::Bucket"),
    "Kept": it("AWS::S3::Bucket"),
    "KeptPolicy": it(
        "AWS::S3::BucketPolicy",
        Bucket=ref("Kept"),
        PolicyDocument={
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": "s3:*",
                    "Resource": {"Fn::Sub": "${Kept.Arn}/*"},
                    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                }
            ],
        },
    ),
    "Queue": it("AWS::SQS::Queue", VisibilityTimeout=10),
    "Topic": it("AWS::SNS::Topic"),
    "Key": it("AWS::KMS::Key"),
    "Function": it(
        "AWS::Lambda::Function",
        Role={"Fn::GetAtt": ["Poller", "Arn"]},
        Runtime="python3.12",
        Handler="index.handler",
        Timeout=60,
        Code={"ZipFile": "def handler(event, context): pass"},
    ),
    "Poller": it(
        "AWS::IAM::Role",
        AssumeRolePolicyDocument=trust("lambda"),
        Policies=[
            {
                "PolicyName": "poll",
                "PolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}],
                },
            }
        ],
    ),
    "Stream": it("AWS::Kinesis::Stream", ShardCount=1),
    "Logs": it("AWS::Logs::LogGroup"),
    "Cluster": it("AWS::ECS::Cluster"),
    "Task": it(
        "AWS::ECS::TaskDefinition",
        RequiresCompatibilities=["FARGATE"],
        NetworkMode="awsvpc",
        Cpu="256",
        Memory="512",
        ContainerDefinitions=[WEB],
    ),
    "OnMachines": it(
        "AWS::ECS::TaskDefinition",
        RequiresCompatibilities=["EC2"],
        NetworkMode="awsvpc",
        ContainerDefinitions=[{**WEB, "Memory": 128}],
    ),
    "Unassumable": it(
        "AWS::ECS::TaskDefinition",
        NetworkMode="awsvpc",
        TaskRoleArn={"Fn::GetAtt": ["Machine", "Arn"]},
        ContainerDefinitions=[{**WEB, "Memory": 128}],
    ),
    "Zone": it("AWS::Route53::HostedZone", Name="example.com"),
    "Record": it(
        "AWS::Route53::RecordSet",
        HostedZoneId=ref("Zone"),
        Name="taken.example.com",
        Type="A",
        TTL="60",
        ResourceRecords=["192.0.2.1"],
    ),
}
for filtered in ("One", "Two"):
    RESOURCES[f"Filter{filtered}"] = it(
        "AWS::Logs::SubscriptionFilter",
        LogGroupName=ref("Logs"),
        FilterPattern="",
        DestinationArn={"Fn::GetAtt": ["Stream", "Arn"]},
        RoleArn={"Fn::GetAtt": ["Machine", "Arn"]},
    )

_ARNS = ("Role", "Machine", "Bucket", "Kept", "Queue", "Key", "Cluster", "Stream")
TEMPLATE = {
    "Resources": RESOURCES,
    "Outputs": {
        **{name: {"Value": {"Ref": name}} for name in RESOURCES},
        **{f"{name}Arn": {"Value": {"Fn::GetAtt": [name, "Arn"]}} for name in _ARNS},
        "Account": {"Value": {"Ref": "AWS::AccountId"}},
    },
}
