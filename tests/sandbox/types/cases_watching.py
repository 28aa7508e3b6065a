"""Rich settings of CloudWatch, CloudWatch Logs and EventBridge."""

from __future__ import annotations

import json

from tests.sandbox.types.cases_identity import TRUST
from tests.sandbox.types.cases_network import NEW_TAGS, TAGS
from tests.sandbox.types.cases_storage import KEY_POLICY, QUEUE, TOPIC, statement
from tests.sandbox.types.readback import Aws, Case, Properties, same_tags

GROUP = {"Group": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "/beside"}}}
LOGS_KEY_POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        *KEY_POLICY["Statement"],
        {
            "Effect": "Allow",
            "Principal": {"Service": {"Fn::Sub": "logs.${AWS::Region}.amazonaws.com"}},
            "Action": ["kms:Encrypt*", "kms:Decrypt*", "kms:GenerateDataKey*"],
            "Resource": "*",
        },
    ],
}


def log_group(aws: Aws, physical_id: str, _: Properties) -> Properties | None:
    logs = aws("logs")
    found = logs.describe_log_groups(logGroupNamePrefix=physical_id)["logGroups"]
    if not found:
        return None
    arn = found[0]["arn"].removesuffix(":*")
    return {
        **found[0],
        "Tags": same_tags(logs.list_tags_for_resource(resourceArn=arn)["tags"]),
    }


def metric_filter(aws: Aws, physical_id: str, properties: Properties) -> Properties | None:
    logs = aws("logs")
    try:
        found = logs.describe_metric_filters(logGroupName=properties["LogGroupName"])["metricFilters"]
    except logs.exceptions.ResourceNotFoundException:
        return None
    for item in found:
        if item["filterName"] == physical_id:
            turned = [
                {**change, "Dimensions": same_tags(change.get("dimensions", {}))}
                for change in item["metricTransformations"]
            ]
            plain = {key: value for key, value in item.items() if key != "metricTransformations"}
            return {**plain, "MetricTransformations": turned}
    return None


def resource_policy(aws: Aws, physical_id: str, _: Properties) -> Properties | None:
    found = aws("logs").describe_resource_policies()["resourcePolicies"]
    return next((item for item in found if item["policyName"] == physical_id), None)


def alarm(aws: Aws, physical_id: str, _: Properties) -> Properties | None:
    cloudwatch = aws("cloudwatch")
    found = cloudwatch.describe_alarms(AlarmNames=[physical_id])["MetricAlarms"]
    if not found:
        return None
    tags = cloudwatch.list_tags_for_resource(ResourceARN=found[0]["AlarmArn"])["Tags"]
    return {**found[0], "Tags": tags}


def dashboard(aws: Aws, physical_id: str, _: Properties) -> Properties | None:
    cloudwatch = aws("cloudwatch")
    try:
        return dict(cloudwatch.get_dashboard(DashboardName=physical_id))
    except cloudwatch.exceptions.ResourceNotFound:
        return None


def event_rule(aws: Aws, physical_id: str, _: Properties) -> Properties | None:
    events = aws("events")
    name = physical_id.rpartition("/")[2]
    try:
        found = events.describe_rule(Name=name)
    except events.exceptions.ResourceNotFoundException:
        return None
    return {
        **found,
        "Targets": events.list_targets_by_rule(Rule=name)["Targets"],
        "Tags": events.list_tags_for_resource(ResourceARN=found["Arn"])["Tags"],
    }


ALARM = {
    "AlarmDescription": "too much",
    "ActionsEnabled": True,
    "AlarmActions": [{"Ref": "Topic"}],
    "OKActions": [{"Ref": "Topic"}],
    "InsufficientDataActions": [{"Ref": "Topic"}],
    "ComparisonOperator": "GreaterThanThreshold",
    "EvaluationPeriods": 5,
    "DatapointsToAlarm": 3,
    "Threshold": 80.5,
    "TreatMissingData": "notBreaching",
}

CASES = (
    Case(
        type="AWS::Logs::LogGroup",
        beside={"Key": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": LOGS_KEY_POLICY}}},
        properties={
            "LogGroupName": "/it",
            "RetentionInDays": 90,
            "KmsKeyId": {"Fn::GetAtt": ["Key", "Arn"]},
            "LogGroupClass": "STANDARD",
            "DeletionProtectionEnabled": False,
            "Tags": TAGS,
        },
        changed={"RetentionInDays": 365, "Tags": NEW_TAGS},
        read=log_group,
    ),
    Case(
        type="AWS::Logs::LogGroup",
        note="infrequent access",
        properties={"LogGroupName": "/it", "LogGroupClass": "INFREQUENT_ACCESS"},
        read=log_group,
    ),
    Case(
        type="AWS::Logs::MetricFilter",
        beside=GROUP,
        properties={
            "FilterName": "it",
            "LogGroupName": {"Ref": "Group"},
            "FilterPattern": '{ $.level = "error" }',
            "MetricTransformations": [
                {
                    "MetricName": "Errors",
                    "MetricNamespace": "Platform",
                    "MetricValue": "1",
                    "Unit": "Count",
                    "Dimensions": [{"Key": "Service", "Value": "$.service"}],
                }
            ],
        },
        changed={"FilterPattern": '{ $.level = "fatal" }'},
        read=metric_filter,
    ),
    Case(
        type="AWS::Logs::MetricFilter",
        note="default value",
        beside=GROUP,
        properties={
            "FilterName": "it",
            "LogGroupName": {"Ref": "Group"},
            "FilterPattern": "ERROR",
            "MetricTransformations": [
                {
                    "MetricName": "Errors",
                    "MetricNamespace": "Platform",
                    "MetricValue": "1",
                    "DefaultValue": 0,
                }
            ],
        },
        read=metric_filter,
    ),
    Case(
        type="AWS::Logs::ResourcePolicy",
        properties={
            "PolicyName": "it",
            "PolicyDocument": json.dumps(statement("logs:PutLogEvents", "*")),
        },
        changed={"PolicyDocument": json.dumps(statement("logs:CreateLogStream", "*"))},
        read=resource_policy,
    ),
    Case(
        type="AWS::CloudWatch::Alarm",
        note="statistic",
        beside=TOPIC,
        properties={
            **ALARM,
            "AlarmName": "it",
            "Namespace": "AWS/ECS",
            "MetricName": "CPUUtilization",
            "Dimensions": [{"Name": "ClusterName", "Value": "main"}],
            "Statistic": "Average",
            "Period": 60,
            "Unit": "Percent",
            "Tags": TAGS,
        },
        changed={"Threshold": 90, "AlarmDescription": "far too much", "OKActions": [], "Tags": NEW_TAGS},
        read=alarm,
    ),
    Case(
        type="AWS::CloudWatch::Alarm",
        note="percentile",
        beside=TOPIC,
        properties={
            **ALARM,
            "AlarmName": "it",
            "Namespace": "AWS/ApplicationELB",
            "MetricName": "TargetResponseTime",
            "ExtendedStatistic": "p99",
            "EvaluateLowSampleCountPercentile": "ignore",
            "Period": 60,
        },
        read=alarm,
    ),
    Case(
        type="AWS::CloudWatch::Alarm",
        note="metric math",
        beside=TOPIC,
        properties={
            **ALARM,
            "AlarmName": "it",
            "Metrics": [
                {"Id": "rate", "Expression": "errors / requests", "Label": "rate", "ReturnData": True},
                *(
                    {
                        "Id": name.lower(),
                        "ReturnData": False,
                        "MetricStat": {
                            "Metric": {"Namespace": "Platform", "MetricName": name},
                            "Period": 60,
                            "Stat": "Sum",
                        },
                    }
                    for name in ("Errors", "Requests")
                ),
            ],
        },
        read=alarm,
    ),
    Case(
        type="AWS::CloudWatch::Alarm",
        note="anomaly",
        properties={
            "AlarmName": "it",
            "ComparisonOperator": "GreaterThanUpperThreshold",
            "EvaluationPeriods": 1,
            "ThresholdMetricId": "band",
            "Metrics": [
                {"Id": "band", "Expression": "ANOMALY_DETECTION_BAND(cpu, 2)", "ReturnData": True},
                {
                    "Id": "cpu",
                    "ReturnData": True,
                    "MetricStat": {
                        "Metric": {"Namespace": "AWS/ECS", "MetricName": "CPUUtilization"},
                        "Period": 60,
                        "Stat": "Average",
                    },
                },
            ],
        },
        read=alarm,
    ),
    Case(
        type="AWS::CloudWatch::Dashboard",
        properties={
            "DashboardName": "it",
            "DashboardBody": json.dumps({"widgets": [{"type": "text", "properties": {"markdown": "one"}}]}),
        },
        changed={"DashboardBody": json.dumps({"widgets": [{"type": "text", "properties": {"markdown": "two"}}]})},
        read=dashboard,
    ),
    Case(
        type="AWS::Events::Rule",
        beside={
            **QUEUE,
            "Role": {
                "Type": "AWS::IAM::Role",
                "Properties": {"AssumeRolePolicyDocument": TRUST},
            },
        },
        properties={
            "Name": "it",
            "Description": "tasks that stop",
            "State": "ENABLED",
            "EventPattern": {"source": ["aws.ecs"], "detail-type": ["ECS Task State Change"]},
            "Targets": [
                {
                    "Id": "queue",
                    "Arn": {"Fn::GetAtt": ["Queue", "Arn"]},
                    "InputPath": "$.detail",
                    "RetryPolicy": {"MaximumRetryAttempts": 3, "MaximumEventAgeInSeconds": 600},
                    "DeadLetterConfig": {"Arn": {"Fn::GetAtt": ["Queue", "Arn"]}},
                }
            ],
            "Tags": TAGS,
        },
        changed={
            "State": "DISABLED",
            "EventPattern": {"source": ["aws.rds"]},
            "Tags": NEW_TAGS,
        },
        read=event_rule,
    ),
)
