"""On which ARNs an action is allowed: names, references, kinds, and what stays with `*`."""

from __future__ import annotations

from typing import Any

import pytest

from factory.synthesis.launch_roles.reach import reach

HERE = "*:${AWS::AccountId}"
OWN = "SC-${AWS::AccountId}-*"


def allowed(action: str, kind: str, properties: dict[str, Any] | None = None, **others: Any) -> set[str]:
    """Where the action is allowed for a resource of that type; `*` as such."""
    found = reach(action, "It", {"It": {"Type": kind, "Properties": properties or {}}, **others})
    return {arn.removeprefix("arn:${AWS::Partition}:") for arns in found.values() for arn in arns} or {"*"}


@pytest.mark.parametrize(
    ("action", "kind", "arn"),
    [
        ("sqs:CreateQueue", "AWS::SQS::Queue", f"sqs:{HERE}:{OWN}"),
        ("iam:CreateRole", "AWS::IAM::Role", f"iam::${{AWS::AccountId}}:role/{OWN}"),
        ("s3:PutBucketTagging", "AWS::S3::Bucket", f"s3:::{OWN.replace('SC', 'sc')}"),
        ("s3:DeleteObject", "AWS::S3::Bucket", "s3:::sc-${AWS::AccountId}-*/*"),
        ("ecs:CreateService", "AWS::ECS::Service", f"ecs:{HERE}:service/*/{OWN}"),
        # Their names are cut to 32 characters and keep five of the stack's.
        (
            "elasticloadbalancing:CreateTargetGroup",
            "AWS::ElasticLoadBalancingV2::TargetGroup",
            f"elasticloadbalancing:{HERE}:targetgroup/SC-*",
        ),
    ],
)
def test_a_name_that_cloudformation_makes_begins_with_the_stacks(action: str, kind: str, arn: str) -> None:
    assert arn in allowed(action, kind)


@pytest.mark.parametrize(
    ("action", "kind", "properties", "arn"),
    [
        ("sns:CreateTopic", "AWS::SNS::Topic", {"TopicName": {"Fn::Sub": "${Project}-news"}}, f"sns:{HERE}:*-news"),
        ("sns:CreateTopic", "AWS::SNS::Topic", {"TopicName": {"Ref": "Name"}}, f"sns:{HERE}:*"),
        ("sns:CreateTopic", "AWS::SNS::Topic", {"TopicName": {"Ref": "AWS::StackName"}}, f"sns:{HERE}:{OWN}"),
        ("ssm:PutParameter", "AWS::SSM::Parameter", {"Name": "/platform/it"}, f"ssm:{HERE}:parameter/platform/it"),
        (
            "secretsmanager:CreateSecret",
            "AWS::SecretsManager::Secret",
            {"Name": "it"},
            f"secretsmanager:{HERE}:secret:it-*",
        ),
        (
            "elasticloadbalancing:CreateTargetGroup",
            "AWS::ElasticLoadBalancingV2::TargetGroup",
            {"Name": "it"},
            f"elasticloadbalancing:{HERE}:targetgroup/it/*",
        ),
        ("iam:CreateRole", "AWS::IAM::Role", {"RoleName": "it", "Path": "/x/"}, "iam::${AWS::AccountId}:role/*"),
    ],
)
def test_a_name_of_the_template_is_a_pattern(action: str, kind: str, properties: dict[str, Any], arn: str) -> None:
    assert allowed(action, kind, properties) == {arn}


def test_an_alias_is_made_for_a_key() -> None:
    found = allowed("kms:CreateAlias", "AWS::KMS::Alias", {"AliasName": "alias/it"})
    assert found == {f"kms:{HERE}:alias/it", f"kms:{HERE}:key/*"}


def test_a_name_that_may_be_left_out_is_both() -> None:
    name = {"Fn::If": ["Named", "it", {"Ref": "AWS::NoValue"}]}
    assert allowed("sqs:CreateQueue", "AWS::SQS::Queue", {"QueueName": name}) == {f"sqs:{HERE}:it", f"sqs:{HERE}:{OWN}"}


def test_a_log_group_is_asked_about_with_and_without_its_streams() -> None:
    found = allowed("logs:PutRetentionPolicy", "AWS::Logs::LogGroup", {"LogGroupName": "/it"})
    assert found == {f"logs:{HERE}:log-group:/it", f"logs:{HERE}:log-group:/it:*"}


def test_resources_of_the_same_template_are_those_that_are_meant() -> None:
    topic = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "news"}}
    mine = allowed("sns:SetTopicAttributes", "AWS::SNS::TopicPolicy", {"Topics": [{"Ref": "News"}]}, News=topic)
    theirs = allowed("sns:SetTopicAttributes", "AWS::SNS::TopicPolicy", {"Topics": [{"Ref": "Given"}]}, News=topic)
    assert (mine, theirs) == ({f"sns:{HERE}:news"}, {f"sns:{HERE}:*"})


@pytest.mark.parametrize(
    ("action", "kind", "arns"),
    [
        # Ids are drawn by the service, and the action is about several kinds at once.
        (
            "ec2:CreateSecurityGroup",
            "AWS::EC2::SecurityGroup",
            {f"ec2:{HERE}:security-group/*", f"ec2:{HERE}:vpc/*"},
        ),
        ("ec2:CreateTags", "AWS::EC2::EIP", {f"ec2:{HERE}:elastic-ip/*"}),
        ("kms:Decrypt", "AWS::SQS::Queue", {f"kms:{HERE}:key/*"}),
        ("lambda:GetLayerVersion", "AWS::Lambda::Function", {"lambda:*:*:layer:*"}),
        ("iam:CreateServiceLinkedRole", "AWS::ECS::Cluster", {"iam::${AWS::AccountId}:role/aws-service-role/*"}),
    ],
)
def test_what_has_no_known_name_is_held_to_account_and_kind(action: str, kind: str, arns: set[str]) -> None:
    assert allowed(action, kind) == arns


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        ("kms:CreateKey", "AWS::KMS::Key"),
        ("cloudwatch:DescribeAlarms", "AWS::CloudWatch::Alarm"),
        ("logs:DescribeMetricFilters", "AWS::Logs::MetricFilter"),
        ("sns:Unsubscribe", "AWS::SNS::Subscription"),
    ],
)
def test_what_has_no_resource_level_or_is_about_a_collection_is_allowed_anywhere(action: str, kind: str) -> None:
    assert allowed(action, kind) == {"*"}
