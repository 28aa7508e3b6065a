"""Resources that refer to what does not exist must fail."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import Launches

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::any/*"}
    ],
}
HEX = "0123456789abcdef0"
VPC, SUBNET, GROUP, TABLE = f"vpc-{HEX}", f"subnet-{HEX}", f"sg-{HEX}", f"rtb-{HEX}"
ZONED = {"AwsvpcConfiguration": {"Subnets": [{"Ref": "Subnet"}]}}
FIXED = [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}]
ROLE = {"Fn::GetAtt": ["Role", "Arn"]}
CODE = {"Handler": "index.handler", "Runtime": "python3.12"}

GROUND: dict[str, Any] = {
    "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": TRUST}},
    "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
    "Subnet": {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.1.0/24"}},
    "Cluster": {"Type": "AWS::ECS::Cluster"},
    "Task": {
        "Type": "AWS::ECS::TaskDefinition",
        "Properties": {"ContainerDefinitions": [{"Name": "only", "Image": "any", "Memory": 64}]},
    },
}


def arn(service: str, name: str) -> dict[str, str]:
    return {"Fn::Sub": f"arn:aws:{service}:${{AWS::Region}}:${{AWS::AccountId}}:{name}"}


def iam(name: str) -> dict[str, str]:
    return {"Fn::Sub": f"arn:aws:iam::${{AWS::AccountId}}:{name}"}


@pytest.mark.parametrize(
    ("kind", "properties", "reason"),
    [
        ("AWS::EC2::Subnet", {"VpcId": VPC, "CidrBlock": "10.0.0.0/24"}, f"The vpc ID '{VPC}' does not exist"),
        ("AWS::EC2::SecurityGroup", {"VpcId": VPC, "GroupDescription": "Any"}, f"The vpc ID '{VPC}' does not exist"),
        (
            "AWS::EC2::SubnetRouteTableAssociation",
            {"RouteTableId": TABLE, "SubnetId": {"Ref": "Subnet"}},
            f"The routeTable ID '{TABLE}' does not exist",
        ),
        (
            "AWS::ElasticLoadBalancingV2::LoadBalancer",
            {"Subnets": [SUBNET, {"Ref": "Subnet"}]},
            f"The subnet ID '{SUBNET}' does not exist",
        ),
        (
            "AWS::ElasticLoadBalancingV2::LoadBalancer",
            {"Subnets": [{"Ref": "Subnet"}], "SecurityGroups": [GROUP]},
            f"The security group '{GROUP}' does not exist",
        ),
        (
            "AWS::ElasticLoadBalancingV2::TargetGroup",
            {"VpcId": VPC, "Port": 80, "Protocol": "HTTP"},
            f"The vpc ID '{VPC}' does not exist",
        ),
        (
            "AWS::ElasticLoadBalancingV2::Listener",
            {
                "LoadBalancerArn": arn("elasticloadbalancing", f"loadbalancer/app/absent/{HEX[:16]}"),
                "Port": 80,
                "Protocol": "HTTP",
                "DefaultActions": FIXED,
            },
            "One or more load balancers not found",
        ),
        (
            "AWS::ECS::Service",
            {"Cluster": "absent", "TaskDefinition": {"Ref": "Task"}, "NetworkConfiguration": ZONED},
            "Cluster not found.",
        ),
        (
            "AWS::ECS::Service",
            {"Cluster": {"Ref": "Cluster"}, "TaskDefinition": "absent:1", "NetworkConfiguration": ZONED},
            "Unable to describe task definition",
        ),
        (
            "AWS::ECS::Service",
            {
                "Cluster": {"Ref": "Cluster"},
                "TaskDefinition": {"Ref": "Task"},
                "LoadBalancers": [
                    {
                        "ContainerName": "only",
                        "ContainerPort": 80,
                        "TargetGroupArn": arn("elasticloadbalancing", f"targetgroup/absent/{HEX[:16]}"),
                    }
                ],
            },
            "One or more target groups not found",
        ),
        (
            "AWS::Lambda::Function",
            {**CODE, "Role": iam("role/absent"), "Code": {"ZipFile": "pass"}},
            "Role absent not found.",
        ),
        (
            "AWS::Lambda::Function",
            {**CODE, "Role": ROLE, "Code": {"S3Bucket": "absent-bucket", "S3Key": "code.zip"}},
            "Error occurred while GetObject. S3 Error Code: NoSuchBucket.",
        ),
        (
            "AWS::Lambda::Permission",
            {"FunctionName": "absent", "Action": "lambda:InvokeFunction", "Principal": "sns.amazonaws.com"},
            "Function not found",
        ),
        ("AWS::Logs::LogGroup", {"KmsKeyId": arn("kms", "key/11111111-1111-1111-1111-111111111111")}, "not found"),
        (
            "AWS::KMS::Alias",
            {"AliasName": "alias/any", "TargetKeyId": "11111111-1111-1111-1111-111111111111"},
            "not found",
        ),
        ("AWS::S3::BucketPolicy", {"Bucket": "absent-bucket", "PolicyDocument": POLICY}, "bucket does not exist"),
        (
            "AWS::IAM::Role",
            {"AssumeRolePolicyDocument": TRUST, "ManagedPolicyArns": [iam("policy/absent")]},
            "not found",
        ),
        ("AWS::IAM::InstanceProfile", {"Roles": ["absent"]}, "Role absent not found."),
        (
            "AWS::SNS::Subscription",
            {"TopicArn": arn("sns", "absent"), "Protocol": "email", "Endpoint": "somebody@example.com"},
            "Topic does not exist",
        ),
        ("AWS::SNS::TopicPolicy", {"Topics": [arn("sns", "absent")], "PolicyDocument": POLICY}, "Topic does not exist"),
    ],
)
def test_what_is_not_there_is_named(launches: Launches, kind: str, properties: dict[str, Any], reason: str) -> None:
    template = {"Resources": {**GROUND, "Referring": {"Type": kind, "Properties": properties}}}
    assert launches.create("referring", template) == "ROLLBACK_COMPLETE"
    assert reason in " ".join(launches.reasons("referring"))


def test_an_object_that_is_not_in_its_bucket_is_named(launches: Launches) -> None:
    code = {"S3Bucket": {"Ref": "Bucket"}, "S3Key": "code.zip"}
    function = {"Type": "AWS::Lambda::Function", "Properties": {**CODE, "Role": ROLE, "Code": code}}
    template = {"Resources": {**GROUND, "Bucket": {"Type": "AWS::S3::Bucket"}, "Function": function}}
    assert launches.create("uncoded", template) == "ROLLBACK_COMPLETE"
    assert launches.reasons("uncoded") == [
        "Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist."
    ]


def test_an_id_that_is_only_text_is_free(launches: Launches) -> None:
    parameter = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": VPC}}
    tagged = {"Type": "AWS::SQS::Queue", "Properties": {"Tags": [{"Key": "network", "Value": VPC}]}}
    assert launches.create("text", {"Resources": {"Parameter": parameter, "Tagged": tagged}}) == "CREATE_COMPLETE"
