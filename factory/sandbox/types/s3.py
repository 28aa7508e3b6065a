"""Amazon S3: what the emulator's buckets lose of their template."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from factory.sandbox.types.arguments import arguments
from factory.sandbox.types.plugin import Fill, Request

_Given = Mapping[str, Any]
# Property → how to set it, how to remove it, and the request's body made from the property's value.
_Setting = tuple[str, str | None, Callable[[Any], dict[str, Any]]]


def _encryption(value: _Given) -> dict[str, Any]:
    rules = [
        {
            "ApplyServerSideEncryptionByDefault": rule.get("ServerSideEncryptionByDefault"),
            "BucketKeyEnabled": rule.get("BucketKeyEnabled"),
        }
        for rule in value["ServerSideEncryptionConfiguration"]
    ]
    return {"ServerSideEncryptionConfiguration": {"Rules": rules}}


def _rule(rule: _Given) -> dict[str, Any]:
    """Give a lifecycle rule in the API's structure, which nests what CloudFormation writes side by side."""
    conditions: dict[str, Any] = {
        "ObjectSizeGreaterThan": rule.get("ObjectSizeGreaterThan"),
        "ObjectSizeLessThan": rule.get("ObjectSizeLessThan"),
        "Prefix": rule.get("Prefix"),
        "Tags": rule.get("TagFilters"),
    }
    given = {key: value for key, value in conditions.items() if value is not None}
    if len(given) > 1 or "Tags" in given:
        chosen: dict[str, Any] = {"And": given}
    else:
        chosen = given or {"Prefix": ""}
    moves = [*rule.get("Transitions", []), *filter(None, [rule.get("Transition")])]
    earlier = [
        *rule.get("NoncurrentVersionTransitions", []),
        *filter(None, [rule.get("NoncurrentVersionTransition")]),
    ]
    days = rule.get("NoncurrentVersionExpirationInDays")
    expiration = {
        "Days": rule.get("ExpirationInDays"),
        "Date": rule.get("ExpirationDate"),
        "ExpiredObjectDeleteMarker": rule.get("ExpiredObjectDeleteMarker"),
    }
    present = {key: value for key, value in expiration.items() if value is not None}
    return {
        "ID": rule.get("Id"),
        "Status": rule["Status"],
        "Filter": chosen,
        "AbortIncompleteMultipartUpload": rule.get("AbortIncompleteMultipartUpload"),
        "Expiration": present or None,
        "NoncurrentVersionExpiration": rule.get("NoncurrentVersionExpiration") or (days and {"NoncurrentDays": days}),
        "Transitions": [
            {
                "Days": move.get("TransitionInDays"),
                "Date": move.get("TransitionDate"),
                "StorageClass": move["StorageClass"],
            }
            for move in moves
        ]
        or None,
        "NoncurrentVersionTransitions": [
            {
                "NoncurrentDays": move.get("TransitionInDays"),
                "NewerNoncurrentVersions": move.get("NewerNoncurrentVersions"),
                "StorageClass": move["StorageClass"],
            }
            for move in earlier
        ]
        or None,
    }


def _logging(value: _Given) -> dict[str, Any]:
    enabled = {
        "TargetBucket": value.get("DestinationBucketName"),
        "TargetPrefix": value.get("LogFilePrefix", ""),
        "TargetObjectKeyFormat": value.get("TargetObjectKeyFormat"),
    }
    return {"BucketLoggingStatus": {"LoggingEnabled": enabled} if value else {}}


_SETTINGS: dict[str, _Setting] = {
    "BucketEncryption": ("PutBucketEncryption", "DeleteBucketEncryption", _encryption),
    "LifecycleConfiguration": (
        "PutBucketLifecycleConfiguration",
        "DeleteBucketLifecycle",
        lambda value: {"LifecycleConfiguration": {"Rules": [_rule(rule) for rule in value["Rules"]]}},
    ),
    "LoggingConfiguration": ("PutBucketLogging", None, _logging),
    "ObjectLockConfiguration": (
        "PutObjectLockConfiguration",
        None,
        lambda value: {"ObjectLockConfiguration": value},
    ),
    "Tags": ("PutBucketTagging", "DeleteBucketTagging", lambda value: {"Tagging": {"TagSet": value}}),
}


def _fill_bucket(request: Request, bucket: str, old: _Given) -> None:
    s3 = request.client("s3")
    for name, (setting, removal, body) in _SETTINGS.items():
        value, before = request.properties.get(name), old.get(name)
        if value == before:
            continue
        if value is not None:
            _call(s3, setting, {"Bucket": bucket, **body(value)})
        elif removal is not None:
            _call(s3, removal, {"Bucket": bucket})
        else:
            _call(s3, setting, {"Bucket": bucket, **body({})})


def _call(s3: Any, operation: str, body: dict[str, Any]) -> None:
    method = {api: name for name, api in s3.meta.method_to_api_mapping.items()}[operation]
    getattr(s3, method)(**arguments(s3, operation, body))


FILLS = (Fill(name="AWS::S3::Bucket", apply=_fill_bucket, tagged=True),)
