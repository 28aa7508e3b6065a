"""Which ARNs an action is asked for: what a resource is, what its properties name, and what is still open."""

from __future__ import annotations

from typing import Any

import pytest

from factory.sandbox.emulator import Resource
from factory.sandbox.stacks.targets import Target, arns, targets

HERE = "us-east-1:123456789012"
STACK = "SC-123456789012-pp-abcdefghijklm"
KEY = f"arn:aws:kms:{HERE}:key/1"


def asked(action: str, kind: str, physical_id: str | None = None, **properties: Any) -> list[tuple[Target, ...]]:
    account, region = HERE.partition(":")[2], HERE.partition(":")[0]
    return targets(
        action,
        Resource(
            type=kind,
            logical_id="It",
            stack_name=STACK,
            account=account,
            region=region,
            properties=properties,
            physical_id=physical_id,
        ),
    )


def exactly(*arns: str) -> list[tuple[Target, ...]]:
    return [(Target(arn, exact=True),) for arn in arns]


@pytest.mark.parametrize(
    ("action", "kind", "properties", "arn"),
    [
        ("kms:CreateKey", "AWS::KMS::Key", {}, "*"),
        ("iam:CreateRole", "AWS::IAM::Role", {"RoleName": "a"}, "arn:aws:iam::123456789012:role/a"),
        (
            "iam:CreateRole",
            "AWS::IAM::Role",
            {"RoleName": "a", "Path": "/b/"},
            "arn:aws:iam::123456789012:role/b/a",
        ),
        ("s3:CreateBucket", "AWS::S3::Bucket", {"BucketName": "a"}, "arn:aws:s3:::a"),
        ("ec2:CreateVpc", "AWS::EC2::VPC", {}, f"arn:aws:ec2:{HERE}:vpc/*"),
        ("kms:CreateAlias", "AWS::KMS::Alias", {"AliasName": "alias/a"}, f"arn:aws:kms:{HERE}:alias/a"),
        ("ssm:PutParameter", "AWS::SSM::Parameter", {"Name": "/a/b"}, f"arn:aws:ssm:{HERE}:parameter/a/b"),
        ("s3:PutBucketPolicy", "AWS::S3::BucketPolicy", {"Bucket": "a"}, "arn:aws:s3:::a"),
        ("kms:Decrypt", "AWS::SQS::Queue", {"KmsMasterKeyId": KEY}, KEY),
        ("s3:GetObject", "AWS::Lambda::Function", {"Code": {"S3Bucket": "a", "S3Key": "b/c"}}, "arn:aws:s3:::a/b/c"),
    ],
)
def test_a_known_arn_is_asked_for(action: str, kind: str, properties: dict[str, Any], arn: str) -> None:
    assert asked(action, kind, **properties) == exactly(arn)


@pytest.mark.parametrize(
    ("action", "kind", "physical_id", "arn"),
    [
        ("ec2:DeleteVpc", "AWS::EC2::VPC", "vpc-1", f"arn:aws:ec2:{HERE}:vpc/vpc-1"),
        ("sns:DeleteTopic", "AWS::SNS::Topic", f"arn:aws:sns:{HERE}:a", f"arn:aws:sns:{HERE}:a"),
        ("sqs:DeleteQueue", "AWS::SQS::Queue", "http://127.0.0.1:1/1/a", f"arn:aws:sqs:{HERE}:a"),
    ],
)
def test_the_physical_id_tells_the_arn(action: str, kind: str, physical_id: str, arn: str) -> None:
    assert asked(action, kind, physical_id) == exactly(arn)


@pytest.mark.parametrize(
    ("action", "kind", "arn"),
    [
        ("kms:DisableKey", "AWS::KMS::Key", f"arn:aws:kms:{HERE}:key/*"),
        ("wafv2:CreateWebACL", "AWS::WAFv2::WebACL", f"arn:aws:wafv2:{HERE}:*"),
        ("kms:CreateGrant", "AWS::SQS::Queue", f"arn:aws:kms:{HERE}:key/*"),
        ("iam:CreateServiceLinkedRole", "AWS::ECS::Cluster", "arn:aws:iam::123456789012:role/aws-service-role/*"),
    ],
)
def test_what_is_open_is_a_pattern(action: str, kind: str, arn: str) -> None:
    assert asked(action, kind) == [(Target(arn, exact=False),)]


@pytest.mark.parametrize(
    ("action", "kind", "properties", "arn"),
    [
        ("iam:CreateRole", "AWS::IAM::Role", {}, f"arn:aws:iam::123456789012:role/{STACK}-It-ABCDEFGHIJKL"),
        ("s3:CreateBucket", "AWS::S3::Bucket", {}, f"arn:aws:s3:::{STACK}-it-abcdefghijkl".lower()),
        (
            "elasticloadbalancing:CreateTargetGroup",
            "AWS::ElasticLoadBalancingV2::TargetGroup",
            {},
            f"arn:aws:elasticloadbalancing:{HERE}:targetgroup/SC-12-It-ABCDEFGHIJKL/ABCDEFGHIJKL",
        ),
        (
            "ecs:CreateService",
            "AWS::ECS::Service",
            {"Cluster": f"arn:aws:ecs:{HERE}:cluster/one"},
            f"arn:aws:ecs:{HERE}:service/one/{STACK}-It-ABCDEFGHIJKL",
        ),
    ],
)
def test_a_name_to_be_made_up_is_asked_for_in_its_form(
    action: str, kind: str, properties: dict[str, Any], arn: str
) -> None:
    assert asked(action, kind, **properties) == exactly(arn)


def test_some_actions_are_about_several_kinds() -> None:
    groups, network = (f"arn:aws:ec2:{HERE}:{rest}" for rest in ("security-group/*", "vpc/vpc-1"))
    assert asked("ec2:CreateSecurityGroup", "AWS::EC2::SecurityGroup", VpcId="vpc-1") == exactly(groups, network)
    assert asked("ec2:CreateTags", "AWS::EC2::SecurityGroup", VpcId="vpc-1") == exactly(groups)


def test_policy_documents_name_nothing() -> None:
    document = {"Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:role/a"}}]}
    assert list(arns({"KeyPolicy": document, "Keys": [KEY]})) == [KEY]
