"""Physical names that another resource has already: the second one must fail, never adopt the first."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from factory.sandbox.stacks import names

from .conftest import Launches

# The services that the resources below hand the role to.
SERVICES = ["lambda.amazonaws.com", "scheduler.amazonaws.com", "states.amazonaws.com"]
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": SERVICES}, "Action": "sts:AssumeRole"}],
}
POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::any/*"}],
}
ATTRIBUTES = [{"AttributeName": "id", "AttributeType": "S"}]
KEY = [{"AttributeName": "id", "KeyType": "HASH"}]
MACHINE = json.dumps({"StartAt": "Only", "States": {"Only": {"Type": "Pass", "End": True}}})
ROLE = {"Fn::GetAtt": ["Role", "Arn"]}
SUBNETS = [{"Ref": "SubnetA"}, {"Ref": "SubnetB"}]

# What the named resource stands on, made beside it in its stack.
GROUND: dict[str, Any] = {
    "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": TRUST}},
    "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
    "SubnetA": {
        "Type": "AWS::EC2::Subnet",
        "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.1.0/24", "AvailabilityZone": "us-east-1a"},
    },
    "SubnetB": {
        "Type": "AWS::EC2::Subnet",
        "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.2.0/24", "AvailabilityZone": "us-east-1b"},
    },
}

# Types that the emulator makes without looking, and those whose names it looks at by itself.
NAMED: dict[str, dict[str, Any]] = {
    "AWS::Backup::BackupVault": {"BackupVaultName": "taken"},
    "AWS::CloudWatch::Alarm": {
        "AlarmName": "taken",
        "ComparisonOperator": "GreaterThanThreshold",
        "EvaluationPeriods": 1,
        "MetricName": "Errors",
        "Namespace": "Shop",
        "Period": 60,
        "Statistic": "Sum",
        "Threshold": 1,
    },
    "AWS::CloudWatch::Dashboard": {"DashboardName": "taken", "DashboardBody": '{"widgets": []}'},
    "AWS::DynamoDB::Table": {
        "TableName": "taken",
        "AttributeDefinitions": ATTRIBUTES,
        "KeySchema": KEY,
        "BillingMode": "PAY_PER_REQUEST",
    },
    "AWS::EC2::SecurityGroup": {"GroupName": "taken", "GroupDescription": "Anything"},
    "AWS::ECR::Repository": {"RepositoryName": "taken"},
    "AWS::ECS::Cluster": {"ClusterName": "taken"},
    "AWS::ElasticLoadBalancingV2::LoadBalancer": {"Name": "taken", "Scheme": "internal", "Subnets": SUBNETS},
    "AWS::ElasticLoadBalancingV2::TargetGroup": {
        "Name": "taken",
        "Port": 80,
        "Protocol": "HTTP",
        "TargetType": "ip",
        "VpcId": {"Ref": "Vpc"},
    },
    "AWS::Events::Rule": {"Name": "taken", "ScheduleExpression": "rate(1 day)"},
    "AWS::IAM::ManagedPolicy": {"ManagedPolicyName": "taken", "PolicyDocument": POLICY},
    "AWS::IAM::Role": {"RoleName": "taken", "AssumeRolePolicyDocument": TRUST},
    "AWS::Kinesis::Stream": {"Name": "taken", "ShardCount": 1},
    "AWS::Lambda::Function": {
        "FunctionName": "taken",
        "Code": {"ZipFile": "def handler(event, context): pass"},
        "Handler": "index.handler",
        "Role": ROLE,
        "Runtime": "python3.12",
    },
    "AWS::Logs::LogGroup": {"LogGroupName": "/taken"},
    "AWS::RDS::DBInstance": {
        "DBInstanceIdentifier": "taken",
        "AllocatedStorage": "20",
        "DBInstanceClass": "db.t3.micro",
        "Engine": "postgres",
        "MasterUsername": "administrator",
        "ManageMasterUserPassword": True,
    },
    "AWS::RDS::DBSubnetGroup": {
        "DBSubnetGroupName": "taken",
        "DBSubnetGroupDescription": "Anything",
        "SubnetIds": SUBNETS,
    },
    "AWS::S3::Bucket": {"BucketName": "taken-everywhere"},
    "AWS::SNS::Topic": {"TopicName": "taken"},
    "AWS::SQS::Queue": {"QueueName": "taken"},
    "AWS::SSM::Parameter": {"Name": "/taken", "Type": "String", "Value": "anything"},
    "AWS::Scheduler::Schedule": {
        "Name": "taken",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "ScheduleExpression": "rate(1 day)",
        "Target": {"Arn": "arn:aws:sqs:us-east-1:123456789012:queue", "RoleArn": ROLE},
    },
    "AWS::Scheduler::ScheduleGroup": {"Name": "taken"},
    "AWS::SecretsManager::Secret": {"Name": "taken", "SecretString": "anything"},
    "AWS::StepFunctions::StateMachine": {
        "StateMachineName": "taken",
        "DefinitionString": MACHINE,
        "RoleArn": ROLE,
    },
    "AWS::WAFv2::WebACL": {
        "Name": "taken",
        "DefaultAction": {"Allow": {}},
        "Scope": "REGIONAL",
        "VisibilityConfig": {"CloudWatchMetricsEnabled": True, "MetricName": "taken", "SampledRequestsEnabled": True},
    },
}


def template(kind: str, properties: dict[str, Any]) -> dict[str, Any]:
    named: dict[str, Any] = {"Type": kind, "DeletionPolicy": "Delete", "Properties": properties}
    if kind == "AWS::EC2::SecurityGroup":
        # Names are a VPC's: only the second group of the same one is refused.
        return {"Resources": {"Named": named}}
    return {"Resources": {**GROUND, "Named": named}}


@pytest.mark.parametrize("kind", sorted(NAMED))
def test_a_name_that_is_taken_fails_the_second_resource(launches: Launches, kind: str) -> None:
    wanted = template(kind, NAMED[kind])
    assert launches.create("first", wanted) == "CREATE_COMPLETE", launches.reasons("first")
    assert launches.create("second", wanted) == "ROLLBACK_COMPLETE"
    if kind != "AWS::S3::Bucket":
        # A bucket's name is looked at before any resource is made.
        assert "already exists" in " ".join(launches.reasons("second"))

    assert launches.delete("first") == "DELETE_COMPLETE", "the first one was touched"
    assert launches.create("third", wanted) == "CREATE_COMPLETE"


def test_an_alias_that_is_taken_fails_the_second_one(launches: Launches) -> None:
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}},
                "Action": "kms:*",
                "Resource": "*",
            }
        ],
    }
    alias = {"AliasName": "alias/taken", "TargetKeyId": {"Ref": "Key"}}
    wanted = {
        "Resources": {
            "Key": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": policy}},
            "Alias": {"Type": "AWS::KMS::Alias", "Properties": alias},
        }
    }
    assert launches.create("first", wanted) == "CREATE_COMPLETE"
    assert launches.create("second", wanted) == "ROLLBACK_COMPLETE"
    assert launches.reasons("second") == [
        "Resource of type 'AWS::KMS::Alias' with identifier 'alias/taken' already exists."
    ]


def test_a_bucket_has_one_policy_which_is_imported_where_there_is_one(
    launches: Launches, aws: Callable[[str], Any], account: str
) -> None:
    bucket = f"policed-{account}"
    denied = {"Effect": "Deny", "Principal": "*", "Action": "s3:DeleteBucket", "Resource": f"arn:aws:s3:::{bucket}"}
    document = {"Version": "2012-10-17", "Statement": [denied]}
    policy = {"Type": "AWS::S3::BucketPolicy", "Properties": {"Bucket": bucket, "PolicyDocument": document}}
    kept = {"Resources": {"Policy": {**policy, "DeletionPolicy": "Retain"}}}
    cloudformation = aws("cloudformation")

    def drawn(stack: str) -> dict[str, Any]:
        change_set: str = cloudformation.create_change_set(
            StackName=stack,
            ChangeSetName="import",
            ChangeSetType="IMPORT",
            TemplateBody=json.dumps(kept),
            ResourcesToImport=[
                {
                    "ResourceType": "AWS::S3::BucketPolicy",
                    "LogicalResourceId": "Policy",
                    "ResourceIdentifier": {"Bucket": bucket},
                }
            ],
        )["Id"]
        found: dict[str, Any] = cloudformation.describe_change_set(ChangeSetName=change_set)
        return found

    aws("s3").create_bucket(Bucket=bucket)
    absent = drawn("too-early")
    assert (absent["Status"], absent["ExecutionStatus"]) == ("FAILED", "UNAVAILABLE")
    assert absent["StatusReason"].endswith(f"with identifier '{bucket}' was not found.")
    aws("s3").put_bucket_policy(Bucket=bucket, Policy=json.dumps(document))
    assert launches.create("second", {"Resources": {"Policy": policy}}) == "ROLLBACK_COMPLETE"
    cloudformation.execute_change_set(ChangeSetName=drawn("owner")["ChangeSetId"])
    cloudformation.get_waiter("stack_import_complete").wait(StackName="owner", WaiterConfig={"Delay": 1})
    assert drawn("late")["StatusReason"].startswith(f"{bucket} already exists in stack arn:")
    assert json.loads(aws("s3").get_bucket_policy(Bucket=bucket)["Policy"]) == document


def test_every_type_that_is_looked_at_is_tried() -> None:
    assert names.TYPES.keys() - NAMED.keys() == {"AWS::KMS::Alias", "AWS::S3::BucketPolicy"}


def test_a_resource_may_keep_its_own_name_when_it_changes(launches: Launches) -> None:
    def wanted(days: int) -> dict[str, Any]:
        return template("AWS::Logs::LogGroup", {"LogGroupName": "/kept", "RetentionInDays": days})

    assert launches.create("keeper", wanted(30)) == "CREATE_COMPLETE"
    assert launches.update("keeper", wanted(60)) == "UPDATE_COMPLETE"


def test_a_name_that_is_taken_fails_a_rename(launches: Launches, aws: Callable[[str], Any]) -> None:
    aws("logs").create_log_group(logGroupName="/theirs")

    def wanted(name: str) -> dict[str, Any]:
        return template("AWS::Logs::LogGroup", {"LogGroupName": name})

    assert launches.create("renamed", wanted("/ours")) == "CREATE_COMPLETE"
    assert launches.update("renamed", wanted("/theirs")) == "UPDATE_ROLLBACK_COMPLETE"
    assert "Resource of type 'AWS::Logs::LogGroup' with identifier '/theirs' already exists." in launches.reasons(
        "renamed"
    )
    assert launches.resource("renamed", "Named") == "/ours"


def test_a_name_of_its_own_stands_in_the_way_of_a_successor(launches: Launches) -> None:
    """Both made by the emulator and by a plug-in or fill."""

    def wanted(path: str, described: str) -> dict[str, Any]:
        trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        role = {"RoleName": "own", "Path": path, "AssumeRolePolicyDocument": {"Statement": [trust]}}
        group = {"GroupName": "own", "GroupDescription": described, "VpcId": {"Ref": "Vpc"}}
        return {
            "Resources": {
                "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
                "Role": {"Type": "AWS::IAM::Role", "Properties": role},
                "Group": {"Type": "AWS::EC2::SecurityGroup", "Properties": group},
            }
        }

    reason = (
        "CloudFormation cannot update a stack when a custom-named resource requires replacing. "
        "Rename own and update the stack again."
    )
    assert launches.create("own", wanted("/", "a")) == "CREATE_COMPLETE"
    for number, changed in enumerate((wanted("/other/", "a"), wanted("/", "b")), start=1):
        assert launches.update("own", changed) == "UPDATE_ROLLBACK_COMPLETE"
        assert launches.reasons("own") == [reason] * number
