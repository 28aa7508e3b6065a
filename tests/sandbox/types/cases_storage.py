"""Rich settings of S3, KMS, SNS, SQS, Secrets Manager and Parameter Store."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.sandbox.types.cases_network import NEW_TAGS, TAGS
from tests.sandbox.types.readback import Aws, Case, Properties, same_tags

KEY = {"Key": {"Type": "AWS::KMS::Key", "Properties": {"Description": "a key"}}}
TOPIC = {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {}}}
QUEUE = {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {}}}
BUCKET = {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": {}}}


def statement(action: str, resource: Any) -> dict[str, Any]:
    allowed = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}}
    return {"Version": "2012-10-17", "Statement": [{**allowed, "Action": action, "Resource": resource}]}


def key(aws: Aws, physical_id: str, _: Properties) -> Properties | None:
    kms = aws("kms")
    found = kms.describe_key(KeyId=physical_id)["KeyMetadata"]
    if found["KeyState"] == "PendingDeletion":
        return None
    rotation = kms.get_key_rotation_status(KeyId=physical_id)
    tags = kms.list_resource_tags(KeyId=physical_id)["Tags"]
    return {
        **found,
        "EnableKeyRotation": rotation["KeyRotationEnabled"],
        "RotationPeriodInDays": rotation.get("RotationPeriodInDays"),
        "KeyPolicy": kms.get_key_policy(KeyId=physical_id, PolicyName="default")["Policy"],
        "Tags": same_tags(tags, "TagKey", "TagValue"),
    }


def alias(aws: Aws, physical_id: str, _: Properties) -> Properties | None:
    found = aws("kms").list_aliases()["Aliases"]
    return next((item for item in found if item["AliasName"] == physical_id), None)


def topic(aws: Aws, physical_id: str, _: Properties) -> Properties | None:
    sns = aws("sns")
    try:
        attributes = sns.get_topic_attributes(TopicArn=physical_id)["Attributes"]
    except sns.exceptions.NotFoundException:
        return None
    subscriptions = sns.list_subscriptions_by_topic(TopicArn=physical_id)["Subscriptions"]
    return {
        **attributes,
        "TopicName": physical_id.rpartition(":")[2],
        "Subscription": subscriptions,
        "Tags": sns.list_tags_for_resource(ResourceArn=physical_id)["Tags"],
    }


def topic_policy(aws: Aws, _: str, properties: Properties) -> Properties | None:
    found = topic(aws, properties["Topics"][0], {})
    if found is None or properties["PolicyDocument"]["Statement"][0]["Action"] not in found["Policy"]:
        return None
    return {"Topics": properties["Topics"], "PolicyDocument": found["Policy"]}


def subscription(aws: Aws, physical_id: str, _: Properties) -> Properties | None:
    sns = aws("sns")
    for item in sns.list_subscriptions()["Subscriptions"]:
        if item["SubscriptionArn"] == physical_id:
            return {**item, **sns.get_subscription_attributes(SubscriptionArn=physical_id)["Attributes"]}
    return None


def asked(call: Callable[..., Any], **arguments: Any) -> Any:
    """Ask for a setting; None where the service says that there is none."""
    try:
        return call(**arguments)
    except Exception as error:
        response = getattr(error, "response", None)
        if response is None:
            raise
        status, code = response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Code"]
        if status != 404 and not code.endswith("NotFoundException"):
            raise
        return None


def lifecycle_rule(rule: dict[str, Any]) -> dict[str, Any]:
    moves = [{**item, "TransitionInDays": item.get("Days")} for item in rule.get("Transitions", [])]
    return {
        **rule,
        "Id": rule.get("ID"),
        "ExpirationInDays": rule.get("Expiration", {}).get("Days"),
        "Transitions": moves,
        "Prefix": rule.get("Prefix") or rule.get("Filter", {}).get("Prefix"),
    }


def bucket(aws: Aws, physical_id: str, _: Properties) -> Properties | None:
    s3 = aws("s3")
    if asked(s3.head_bucket, Bucket=physical_id) is None:
        return None

    def get(operation: str, member: str) -> Any:
        return (asked(getattr(s3, f"get_{operation}"), Bucket=physical_id) or {}).get(member)

    encryption = get("bucket_encryption", "ServerSideEncryptionConfiguration") or {"Rules": []}
    logging = get("bucket_logging", "LoggingEnabled") or {}
    versioning = asked(s3.get_bucket_versioning, Bucket=physical_id)
    lifecycle = asked(s3.get_bucket_lifecycle_configuration, Bucket=physical_id) or {"Rules": []}
    notification = asked(s3.get_bucket_notification_configuration, Bucket=physical_id)
    tiering = asked(s3.list_bucket_intelligent_tiering_configurations, Bucket=physical_id) or {}
    website = asked(s3.get_bucket_website, Bucket=physical_id)
    lock = get("object_lock_configuration", "ObjectLockConfiguration")
    return {
        "BucketName": physical_id,
        "BucketEncryption": {
            "ServerSideEncryptionConfiguration": [
                {**rule, "ServerSideEncryptionByDefault": rule.get("ApplyServerSideEncryptionByDefault")}
                for rule in encryption["Rules"]
            ]
        },
        "CorsConfiguration": {"CorsRules": get("bucket_cors", "CORSRules")},
        "IntelligentTieringConfigurations": tiering.get("IntelligentTieringConfigurationList", []),
        "LifecycleConfiguration": {"Rules": [lifecycle_rule(rule) for rule in lifecycle["Rules"]]},
        "LoggingConfiguration": {
            "DestinationBucketName": logging.get("TargetBucket"),
            "LogFilePrefix": logging.get("TargetPrefix"),
        },
        "NotificationConfiguration": {
            "EventBridgeConfiguration": {"EventBridgeEnabled": "EventBridgeConfiguration" in (notification or {})}
        },
        "ObjectLockConfiguration": lock,
        "ObjectLockEnabled": (lock or {}).get("ObjectLockEnabled") == "Enabled",
        "OwnershipControls": get("bucket_ownership_controls", "OwnershipControls"),
        "PublicAccessBlockConfiguration": get("public_access_block", "PublicAccessBlockConfiguration"),
        "Tags": get("bucket_tagging", "TagSet"),
        "VersioningConfiguration": versioning,
        "WebsiteConfiguration": website
        and {"IndexDocument": website["IndexDocument"]["Suffix"], "ErrorDocument": website["ErrorDocument"]["Key"]},
    }


def bucket_policy(aws: Aws, _: str, properties: Properties) -> Properties | None:
    found = asked(aws("s3").get_bucket_policy, Bucket=properties["Bucket"])
    return found and {"Bucket": properties["Bucket"], "PolicyDocument": found["Policy"]}


def queue(aws: Aws, physical_id: str, _: Properties) -> Properties | None:
    sqs = aws("sqs")
    try:
        attributes = sqs.get_queue_attributes(QueueUrl=physical_id, AttributeNames=["All"])["Attributes"]
    except sqs.exceptions.QueueDoesNotExist:
        return None
    named = {"MessageRetentionPeriod": attributes["MessageRetentionPeriod"]}
    return {
        **attributes,
        **named,
        "QueueName": physical_id.rpartition("/")[2],
        "Tags": same_tags(sqs.list_queue_tags(QueueUrl=physical_id).get("Tags", {})),
    }


def queue_policy(aws: Aws, _: str, properties: Properties) -> Properties | None:
    found = queue(aws, properties["Queues"][0], {})
    if found is None or "Policy" not in found:
        return None
    return {"Queues": properties["Queues"], "PolicyDocument": found["Policy"]}


def secret(aws: Aws, physical_id: str, properties: Properties) -> Properties | None:
    client = aws("secretsmanager")
    try:
        found = client.describe_secret(SecretId=physical_id)
        value = client.get_secret_value(SecretId=physical_id)["SecretString"]
    except (client.exceptions.ResourceNotFoundException, client.exceptions.InvalidRequestException):
        return None
    wanted = dict(properties.get("GenerateSecretString", {}))
    made = json.loads(value).get(wanted.get("GenerateStringKey"), "") if wanted else ""
    fits = len(made) == wanted.get("PasswordLength", 32)
    fits = fits and not set(made) & set(wanted.get("ExcludeCharacters", ""))
    return {
        **found,
        "SecretString": value,
        "GenerateSecretString": wanted if fits else None,
        "ReplicaRegions": found.get("ReplicationStatus"),
    }


def parameter(aws: Aws, physical_id: str, _: Properties) -> Properties | None:
    ssm = aws("ssm")
    filters = [{"Key": "Name", "Option": "Equals", "Values": [physical_id]}]
    found = ssm.describe_parameters(ParameterFilters=filters)["Parameters"]
    if not found:
        return None
    value = ssm.get_parameter(Name=physical_id)["Parameter"]
    tags = ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId=physical_id)["TagList"]
    return {**found[0], **value, "Tags": {tag["Key"]: tag["Value"] for tag in tags}}


KEY_POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "Account",
            "Effect": "Allow",
            "Principal": {"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}},
            "Action": "kms:*",
            "Resource": "*",
        }
    ],
}

CASES = (
    Case(
        type="AWS::KMS::Key",
        properties={
            "Description": "platform",
            "Enabled": True,
            "EnableKeyRotation": True,
            "RotationPeriodInDays": 180,
            "KeyPolicy": KEY_POLICY,
            "KeySpec": "SYMMETRIC_DEFAULT",
            "KeyUsage": "ENCRYPT_DECRYPT",
            "MultiRegion": True,
            "Tags": TAGS,
        },
        changed={
            "Description": "the platform's",
            "EnableKeyRotation": False,
            "KeyPolicy": {**KEY_POLICY, "Id": "second"},
            "Tags": NEW_TAGS,
        },
        read=key,
    ),
    Case(
        type="AWS::KMS::Alias",
        beside={**KEY, "Second": KEY["Key"]},
        properties={"AliasName": "alias/it", "TargetKeyId": {"Ref": "Key"}},
        changed={"TargetKeyId": {"Ref": "Second"}},
        read=alias,
    ),
    Case(
        type="AWS::SNS::Topic",
        beside=KEY,
        properties={
            "TopicName": "it",
            "DisplayName": "critical",
            "KmsMasterKeyId": {"Ref": "Key"},
            "SignatureVersion": "2",
            "TracingConfig": "Active",
            "Subscription": [{"Protocol": "email", "Endpoint": "ops@example.com"}],
            "Tags": TAGS,
        },
        changed={"DisplayName": "warning", "KmsMasterKeyId": "alias/aws/sns", "Tags": NEW_TAGS},
        read=topic,
    ),
    Case(
        type="AWS::SNS::TopicPolicy",
        beside=TOPIC,
        properties={
            "Topics": [{"Ref": "Topic"}],
            "PolicyDocument": statement("sns:Publish", {"Ref": "Topic"}),
        },
        changed={"PolicyDocument": statement("sns:Subscribe", {"Ref": "Topic"})},
        read=topic_policy,
    ),
    Case(
        type="AWS::SNS::Subscription",
        beside={**TOPIC, **QUEUE},
        properties={
            "TopicArn": {"Ref": "Topic"},
            "Protocol": "sqs",
            "Endpoint": {"Fn::GetAtt": ["Queue", "Arn"]},
            "RawMessageDelivery": True,
            "FilterPolicyScope": "MessageAttributes",
            "FilterPolicy": {"severity": ["high"]},
            "RedrivePolicy": {"deadLetterTargetArn": {"Fn::GetAtt": ["Queue", "Arn"]}},
        },
        changed={"FilterPolicy": {"severity": ["low"]}, "RawMessageDelivery": False},
        read=subscription,
    ),
    Case(
        type="AWS::S3::Bucket",
        beside={**KEY, **BUCKET},
        properties={
            "BucketName": "it-measured",
            "BucketEncryption": {
                "ServerSideEncryptionConfiguration": [
                    {
                        "BucketKeyEnabled": True,
                        "ServerSideEncryptionByDefault": {
                            "SSEAlgorithm": "aws:kms",
                            "KMSMasterKeyID": {"Ref": "Key"},
                        },
                    }
                ]
            },
            "CorsConfiguration": {
                "CorsRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["https://example.com"]}]
            },
            "LifecycleConfiguration": {
                "Rules": [
                    {
                        "Id": "archive",
                        "Status": "Enabled",
                        "Prefix": "logs/",
                        "ExpirationInDays": 365,
                        "Transitions": [{"StorageClass": "GLACIER", "TransitionInDays": 90}],
                        "NoncurrentVersionExpiration": {"NoncurrentDays": 30},
                        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
                    }
                ]
            },
            "LoggingConfiguration": {"DestinationBucketName": {"Ref": "Bucket"}, "LogFilePrefix": "s3/"},
            "NotificationConfiguration": {"EventBridgeConfiguration": {"EventBridgeEnabled": True}},
            "IntelligentTieringConfigurations": [
                {
                    "Id": "tier",
                    "Status": "Enabled",
                    "Tierings": [{"AccessTier": "ARCHIVE_ACCESS", "Days": 90}],
                }
            ],
            "ObjectLockEnabled": True,
            "ObjectLockConfiguration": {
                "ObjectLockEnabled": "Enabled",
                "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}},
            },
            "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
            "PublicAccessBlockConfiguration": {
                "BlockPublicAcls": True,
                "BlockPublicPolicy": True,
                "IgnorePublicAcls": True,
                "RestrictPublicBuckets": True,
            },
            "VersioningConfiguration": {"Status": "Enabled"},
            "Tags": TAGS,
        },
        changed={
            "BucketEncryption": {
                "ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
            },
            "LifecycleConfiguration": {"Rules": [{"Id": "gone", "Status": "Enabled", "ExpirationInDays": 30}]},
            "LoggingConfiguration": {"DestinationBucketName": {"Ref": "Bucket"}, "LogFilePrefix": "new/"},
            "Tags": NEW_TAGS,
        },
        read=bucket,
    ),
    Case(
        type="AWS::S3::BucketPolicy",
        beside=BUCKET,
        properties={
            "Bucket": {"Ref": "Bucket"},
            "PolicyDocument": statement("s3:PutObject", {"Fn::Sub": "${Bucket.Arn}/*"}),
        },
        changed={"PolicyDocument": statement("s3:GetObject", {"Fn::Sub": "${Bucket.Arn}/*"})},
        read=bucket_policy,
    ),
    Case(
        type="AWS::SQS::Queue",
        beside={**QUEUE, **KEY},
        properties={
            "QueueName": "it",
            "DelaySeconds": 5,
            "KmsMasterKeyId": {"Ref": "Key"},
            "KmsDataKeyReusePeriodSeconds": 600,
            "MaximumMessageSize": 1024,
            "MessageRetentionPeriod": 86400,
            "ReceiveMessageWaitTimeSeconds": 20,
            "RedrivePolicy": {
                "deadLetterTargetArn": {"Fn::GetAtt": ["Queue", "Arn"]},
                "maxReceiveCount": 3,
            },
            "RedriveAllowPolicy": {"redrivePermission": "denyAll"},
            "VisibilityTimeout": 90,
            "Tags": TAGS,
        },
        changed={"VisibilityTimeout": 120, "Tags": NEW_TAGS},
        read=queue,
    ),
    Case(
        type="AWS::SQS::QueuePolicy",
        beside=QUEUE,
        properties={
            "Queues": [{"Ref": "Queue"}],
            "PolicyDocument": statement("sqs:SendMessage", {"Fn::GetAtt": ["Queue", "Arn"]}),
        },
        changed={"PolicyDocument": statement("sqs:ReceiveMessage", {"Fn::GetAtt": ["Queue", "Arn"]})},
        read=queue_policy,
    ),
    Case(
        type="AWS::SecretsManager::Secret",
        beside=KEY,
        properties={
            "Name": "it",
            "Description": "database",
            "KmsKeyId": {"Ref": "Key"},
            "GenerateSecretString": {
                "SecretStringTemplate": '{"username": "app"}',
                "GenerateStringKey": "password",
                "PasswordLength": 24,
                "ExcludeCharacters": '"@/\\',
            },
            "ReplicaRegions": [{"Region": "eu-west-1"}],
            "Tags": TAGS,
        },
        changed={"Description": "the database", "Tags": NEW_TAGS},
        read=secret,
    ),
    Case(
        type="AWS::SSM::Parameter",
        properties={
            "Name": "/platform/main/it",
            "Type": "String",
            "Value": "one",
            "Description": "a value",
            "Tier": "Standard",
            "DataType": "text",
            "AllowedPattern": "^[a-z]+$",
            "Tags": {tag["Key"]: tag["Value"] for tag in TAGS},
        },
        changed={
            "Value": "two",
            "Description": "the value",
            "Tags": {tag["Key"]: tag["Value"] for tag in NEW_TAGS},
        },
        read=parameter,
    ),
)
