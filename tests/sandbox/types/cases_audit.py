"""Rich settings of CloudTrail, AWS Config and IAM's groups."""

from __future__ import annotations

from typing import Any

from tests.sandbox.types.cases_identity import allow
from tests.sandbox.types.cases_network import NEW_TAGS, TAGS
from tests.sandbox.types.readback import Aws, Case, Properties


def trust(service: str) -> dict[str, Any]:
    return {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}],
    }


def role(service: str) -> dict[str, Any]:
    return {"Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": trust(service)}}}


CLOUDTRAIL = {"Service": "cloudtrail.amazonaws.com"}
ACCOUNT = {"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}}
LOCKED_DOWN = {"Effect": "Allow", "Principal": CLOUDTRAIL}
TRAIL_BUCKET = {
    "Bucket": {"Type": "AWS::S3::Bucket", "Properties": {}},
    "Policy": {
        "Type": "AWS::S3::BucketPolicy",
        "Properties": {
            "Bucket": {"Ref": "Bucket"},
            "PolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [
                    {**LOCKED_DOWN, "Action": "s3:GetBucketAcl", "Resource": {"Fn::GetAtt": ["Bucket", "Arn"]}},
                    {**LOCKED_DOWN, "Action": "s3:PutObject", "Resource": {"Fn::Sub": "${Bucket.Arn}/*"}},
                ],
            },
        },
    },
}
TRAIL_KEY = {
    "Key": {
        "Type": "AWS::KMS::Key",
        "Properties": {
            "KeyPolicy": {
                "Version": "2012-10-17",
                "Statement": [
                    {"Effect": "Allow", "Principal": ACCOUNT, "Action": "kms:*", "Resource": "*"},
                    {**LOCKED_DOWN, "Action": "kms:GenerateDataKey*", "Resource": "*"},
                ],
            }
        },
    }
}
TRAIL_LOGS = {"Logs": {"Type": "AWS::Logs::LogGroup", "Properties": {}}}
TRAIL: dict[str, Any] = {
    "TrailName": "the-trail",
    "S3BucketName": {"Ref": "Bucket"},
    "S3KeyPrefix": "trails",
    "KMSKeyId": {"Fn::GetAtt": ["Key", "Arn"]},
    "CloudWatchLogsLogGroupArn": {"Fn::GetAtt": ["Logs", "Arn"]},
    "CloudWatchLogsRoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
    "SnsTopicName": "deliveries",
    "IsLogging": True,
    "IsMultiRegionTrail": True,
    "IsOrganizationTrail": False,
    "IncludeGlobalServiceEvents": True,
    "EnableLogFileValidation": True,
    "Tags": TAGS,
}
RECORDER = {
    "Recorder": {
        "Type": "AWS::Config::ConfigurationRecorder",
        "Properties": {"RoleARN": {"Fn::GetAtt": ["Role", "Arn"]}},
    }
}
CHANNEL = {
    "Channel": {"Type": "AWS::Config::DeliveryChannel", "Properties": {"S3BucketName": {"Ref": "Bucket"}}},
    "Bucket": {"Type": "AWS::S3::Bucket", "Properties": {}},
}


def trail(aws: Aws, physical_id: str, _: Properties) -> Properties | None:
    cloudtrail = aws("cloudtrail")
    try:
        found = cloudtrail.get_trail(Name=physical_id)["Trail"]
    except cloudtrail.exceptions.TrailNotFoundException:
        return None
    (listed,) = cloudtrail.list_tags(ResourceIdList=[found["TrailARN"]])["ResourceTagList"]
    return {
        **found,
        **cloudtrail.get_event_selectors(TrailName=physical_id),
        "TrailName": found["Name"],
        "EnableLogFileValidation": found["LogFileValidationEnabled"],
        "IsLogging": cloudtrail.get_trail_status(Name=physical_id)["IsLogging"],
        "Tags": listed["TagsList"],
    }


def recorder(aws: Aws, physical_id: str, _: Properties) -> Properties | None:
    config = aws("config")
    found = {item["name"]: item for item in config.describe_configuration_recorders()["ConfigurationRecorders"]}
    if physical_id not in found:
        return None
    (status,) = config.describe_configuration_recorder_status()["ConfigurationRecordersStatus"]
    return {**found[physical_id], "StartedOnCreate": status["recording"]}


def channel(aws: Aws, physical_id: str, _: Properties) -> Properties | None:
    found = {item["name"]: item for item in aws("config").describe_delivery_channels()["DeliveryChannels"]}
    return found.get(physical_id)


def rule(aws: Aws, physical_id: str, _: Properties) -> Properties | None:
    config = aws("config")
    try:
        (found,) = config.describe_config_rules(ConfigRuleNames=[physical_id])["ConfigRules"]
    except config.exceptions.NoSuchConfigRuleException:
        return None
    return dict(found)


def group(aws: Aws, physical_id: str, _: Properties) -> Properties | None:
    iam = aws("iam")
    try:
        found = iam.get_group(GroupName=physical_id)["Group"]
    except iam.exceptions.NoSuchEntityException:
        return None
    names = iam.list_group_policies(GroupName=physical_id)["PolicyNames"]
    attached = iam.list_attached_group_policies(GroupName=physical_id)["AttachedPolicies"]
    return {
        **found,
        "ManagedPolicyArns": [policy["PolicyArn"] for policy in attached],
        "Policies": [iam.get_group_policy(GroupName=physical_id, PolicyName=name) for name in names],
    }


CASES = (
    Case(
        type="AWS::CloudTrail::Trail",
        beside={**TRAIL_BUCKET, **TRAIL_KEY, **TRAIL_LOGS, **role("cloudtrail.amazonaws.com")},
        after=("Policy",),
        properties=TRAIL,
        changed={"IsLogging": False, "KMSKeyId": None, "EnableLogFileValidation": False, "Tags": NEW_TAGS},
        read=trail,
    ),
    Case(
        type="AWS::CloudTrail::Trail",
        note="selectors",
        beside=TRAIL_BUCKET,
        after=("Policy",),
        properties={
            "S3BucketName": {"Ref": "Bucket"},
            "IsLogging": True,
            "EventSelectors": [{"IncludeManagementEvents": True, "ReadWriteType": "WriteOnly"}],
        },
        read=trail,
    ),
    Case(
        type="AWS::CloudTrail::Trail",
        note="advanced selectors",
        beside=TRAIL_BUCKET,
        after=("Policy",),
        properties={
            "S3BucketName": {"Ref": "Bucket"},
            "IsLogging": True,
            "AdvancedEventSelectors": [
                {"Name": "all", "FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]}
            ],
        },
        read=trail,
    ),
    Case(
        type="AWS::Config::ConfigurationRecorder",
        beside={**CHANNEL, **role("config.amazonaws.com")},
        properties={
            "Name": "the-recorder",
            "RoleARN": {"Fn::GetAtt": ["Role", "Arn"]},
            "RecordingGroup": {"AllSupported": True, "IncludeGlobalResourceTypes": True},
            "RecordingMode": {"RecordingFrequency": "CONTINUOUS"},
            "StartedOnCreate": True,
        },
        changed={"RecordingGroup": {"AllSupported": True, "IncludeGlobalResourceTypes": False}},
        read=recorder,
    ),
    Case(
        type="AWS::Config::DeliveryChannel",
        beside={"Bucket": CHANNEL["Bucket"], **RECORDER, **role("config.amazonaws.com")},
        properties={
            "Name": "the-channel",
            "S3BucketName": {"Ref": "Bucket"},
            "S3KeyPrefix": "configurations",
            "S3KmsKeyArn": "arn:aws:kms:us-east-1:000000000000:key/11111111-2222-3333-4444-555555555555",
            "SnsTopicARN": "arn:aws:sns:us-east-1:000000000000:topic",
            "ConfigSnapshotDeliveryProperties": {"DeliveryFrequency": "Six_Hours"},
        },
        changed={"ConfigSnapshotDeliveryProperties": {"DeliveryFrequency": "One_Hour"}},
        read=channel,
    ),
    Case(
        type="AWS::Config::ConfigRule",
        beside={**CHANNEL, **RECORDER, **role("config.amazonaws.com")},
        after=("Recorder", "Channel"),
        properties={
            "ConfigRuleName": "the-rule",
            "Description": "Resources are tagged",
            "EvaluationModes": [{"Mode": "DETECTIVE"}],
            "InputParameters": {"tag1Key": "Project"},
            "MaximumExecutionFrequency": "Six_Hours",
            "Scope": {"ComplianceResourceTypes": ["AWS::S3::Bucket"]},
            "Source": {"Owner": "AWS", "SourceIdentifier": "REQUIRED_TAGS"},
        },
        changed={"Description": "Resources say whose they are", "MaximumExecutionFrequency": None},
        read=rule,
    ),
    Case(
        type="AWS::IAM::Group",
        beside={
            name: {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": allow(action)}}
            for name, action in (("One", "s3:ListAllMyBuckets"), ("Other", "sqs:ListQueues"))
        },
        properties={
            "GroupName": "the-group",
            "Path": "/people/",
            "ManagedPolicyArns": [{"Ref": "One"}],
            "Policies": [{"PolicyName": "own", "PolicyDocument": allow("sns:ListTopics")}],
        },
        changed={"ManagedPolicyArns": [{"Ref": "Other"}], "Policies": None},
        read=group,
    ),
)
