"""AWS CloudTrail: trails, which record nothing, since the emulator writes no log files.

What is checked is what the service refuses when a trail is made: its bucket, and who may write to it (CloudTrail API
Reference, "CreateTrail").
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from factory.sandbox.types.arguments import arguments, truth
from factory.sandbox.types.naming import generated_name
from factory.sandbox.types.plugin import Fidelity, Made, Request, ResourceType
from factory.sandbox.types.refusal import RefusedError
from factory.sandbox.types.tags import tag_changes, without_system_tags

_SERVICE = "cloudtrail.amazonaws.com"
_NAME_CHARACTERS = 128


def _create(request: Request) -> Made:
    name = request.properties.get("TrailName") or generated_name(request, longest=_NAME_CHARACTERS)
    _check_bucket(request)
    cloudtrail = request.client("cloudtrail")
    cloudtrail.create_trail(**_given(request, "CreateTrail", name))
    try:
        return _put(request, name, {})
    except Exception:
        cloudtrail.delete_trail(Name=name)
        raise


def _update(request: Request, physical_id: str, old: Mapping[str, Any]) -> Made:
    _check_bucket(request)
    return _put(request, physical_id, old)


def _delete(request: Request, physical_id: str) -> None:
    cloudtrail = request.client("cloudtrail")
    try:
        cloudtrail.delete_trail(Name=physical_id)
    except cloudtrail.exceptions.TrailNotFoundException:
        return


def _put(request: Request, name: str, old: Mapping[str, Any]) -> Made:
    """Set what the emulator takes at a change only, and what has calls of its own."""
    cloudtrail, properties = request.client("cloudtrail"), request.properties
    _check_key_and_role(request)
    gone = dict.fromkeys(("KMSKeyId", "CloudWatchLogsLogGroupArn", "CloudWatchLogsRoleArn", "S3KeyPrefix"), "")
    missing = {key: value for key, value in gone.items() if key in old and key not in properties}
    cloudtrail.update_trail(**{**arguments(cloudtrail, "UpdateTrail", missing), **_given(request, "UpdateTrail", name)})
    (cloudtrail.start_logging if truth(properties["IsLogging"]) else cloudtrail.stop_logging)(Name=name)
    selectors = {key: properties[key] for key in ("EventSelectors", "AdvancedEventSelectors") if properties.get(key)}
    if selectors:
        cloudtrail.put_event_selectors(**arguments(cloudtrail, "PutEventSelectors", {"TrailName": name, **selectors}))
    arn = cloudtrail.get_trail(Name=name)["Trail"]["TrailARN"]
    removed, tags = tag_changes(without_system_tags(old), without_system_tags(properties))
    if removed:
        cloudtrail.remove_tags(ResourceId=arn, TagsList=[{"Key": key} for key in removed])
    if tags:
        cloudtrail.add_tags(ResourceId=arn, TagsList=tags)
    return Made(physical_id=name, attributes={"Arn": arn, "SnsTopicArn": ""})


def _given(request: Request, operation: str, name: str) -> dict[str, Any]:
    return arguments(request.client("cloudtrail"), operation, {**request.properties, "Name": name})


def _check_bucket(request: Request) -> None:
    """The bucket has to be there, and to let CloudTrail look at it and write."""
    bucket, s3 = request.properties["S3BucketName"], request.client("s3")
    try:
        document = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchBucket":
            message = f"S3 bucket {bucket} does not exist!"
            raise RefusedError(message, code="S3BucketDoesNotExistException") from error
        document = {}
    allowed: set[str] = set()
    for statement in document.get("Statement", ()):
        if statement["Effect"] == "Allow" and _SERVICE in json.dumps(statement["Principal"]):
            action = statement["Action"]
            allowed.update([action] if isinstance(action, str) else action)
    if not {"s3:GetBucketAcl", "s3:PutObject"} <= allowed:
        message = f"Incorrect S3 bucket policy is detected for bucket: {bucket}"
        raise RefusedError(message, code="InsufficientS3BucketPolicyException")


def _check_key_and_role(request: Request) -> None:
    """Key and role have to be there, and to let CloudTrail use them."""
    if key := request.properties.get("KMSKeyId"):
        policy = request.client("kms").get_key_policy(KeyId=str(key).rpartition("/")[2], PolicyName="default")["Policy"]
        if _SERVICE not in policy:
            message = "Insufficient permissions to access S3 bucket or KMS key"
            raise RefusedError(message, code="InsufficientEncryptionPolicyException")
    if role := request.properties.get("CloudWatchLogsRoleArn"):
        found = request.client("iam").get_role(RoleName=str(role).rpartition("/")[2])["Role"]
        if _SERVICE not in json.dumps(found["AssumeRolePolicyDocument"]):
            message = "Access denied. Check the trust relationships for your role."
            raise RefusedError(message, code="InvalidCloudWatchLogsRoleArnException")


TYPES = (
    ResourceType(
        name="AWS::CloudTrail::Trail",
        fidelity=Fidelity.PARTIAL,
        create=_create,
        update=_update,
        delete=_delete,
        tagged=True,
        dropped=("AggregationConfigurations", "InsightSelectors"),
    ),
)
