"""Amazon S3: names of buckets, their settings, and policies that are about the bucket and keep it private.

Sources: Amazon S3 User Guide, "General purpose bucket naming rules", "Blocking public access to your Amazon S3
storage", "Controlling ownership of objects and disabling ACLs" and "Transitioning objects using Amazon S3 Lifecycle";
Amazon S3 API Reference, "Error responses".
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from factory.sandbox.demands import policies
from factory.sandbox.emulator import Resource
from factory.sandbox.stacks.account import Account
from factory.sandbox.types.arguments import truth
from factory.sandbox.types.refusal import RefusedError

_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_RESERVED_STARTS = ("xn--", "sthree-", "amzn-s3-demo-")
_RESERVED_ENDS = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")
# Storage classes that take objects only after so many days.
_LEAST_DAYS = {"STANDARD_IA": 30, "ONEZONE_IA": 30}
_ENFORCED = "BucketOwnerEnforced"
# ACLs that say no more than that the bucket's owner owns it.
_OWNERS_ACLS = ("Private", "BucketOwnerFullControl")
# Actions on objects are named after them, except for these.
_ON_OBJECTS = frozenset({"s3:abortmultipartupload", "s3:listmultipartuploadparts", "s3:bypassgovernanceretention"})
_ON_BUCKETS = frozenset({"s3:getbucketobjectlockconfiguration", "s3:putbucketobjectlockconfiguration"})
# "The meaning of 'public'": a statement with a fixed value for one of these is not public.
_PRIVATE_KEYS = frozenset(
    {
        *("aws:principalorgid", "aws:principalorgpaths", "aws:principalarn", "aws:principalaccount", "aws:sourceip"),
        *("aws:sourcearn", "aws:sourcevpc", "aws:sourcevpce", "aws:sourceowner", "aws:sourceaccount", "aws:userid"),
        *("aws:sourceorgid", "s3:x-amz-server-side-encryption-aws-kms-key-id", "s3:dataaccesspointarn"),
    }
)


def _bucket(resource: Resource, account: Account) -> None:
    properties = resource.properties
    if resource.physical_id is None and "BucketName" in properties:
        check_name(str(properties["BucketName"]))
    _check_acl(properties)
    _check_lifecycle((properties.get("LifecycleConfiguration") or {}).get("Rules") or ())
    versioned = (properties.get("VersioningConfiguration") or {}).get("Status") == "Enabled"
    if "ReplicationConfiguration" in properties and not versioned:
        raise _invalid("Versioning must be 'Enabled' on the bucket to apply a replication configuration")
    if (target := (properties.get("LoggingConfiguration") or {}).get("DestinationBucketName")) and not _is_there(
        target, account
    ):
        raise RefusedError("The target bucket for logging does not exist", code="InvalidTargetBucketForLogging")
    for arn, document in _notified(properties.get("NotificationConfiguration") or {}, account):
        action = {"sqs": "sqs:SendMessage", "sns": "sns:Publish"}.get(arn.split(":")[2], "lambda:InvokeFunction")
        if not policies.lets(document, service="s3.amazonaws.com", action=action, keys={}):
            raise RefusedError("Unable to validate the following destination configurations", code="InvalidArgument")


def check_name(name: str) -> None:
    """Raise RefusedError for a name that no bucket can have."""
    wrong = not _NAME.fullmatch(name) or ".." in name
    reserved = name.startswith(_RESERVED_STARTS) or name.endswith(_RESERVED_ENDS)
    if wrong or reserved or _is_address(name):
        raise RefusedError("The specified bucket is not valid.", code="InvalidBucketName")


def _is_address(name: str) -> bool:
    try:
        ipaddress.IPv4Address(name)
    except ValueError:
        return False
    return True


def _check_acl(properties: Mapping[str, Any]) -> None:
    rules = (properties.get("OwnershipControls") or {}).get("Rules") or [{}]
    if properties.get("AccessControl", "Private") in _OWNERS_ACLS:
        return
    if rules[0].get("ObjectOwnership", _ENFORCED) == _ENFORCED:
        raise RefusedError(
            "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
            code="InvalidBucketAclWithObjectOwnership",
        )
    blocked = properties.get("PublicAccessBlockConfiguration")
    is_public = str(properties["AccessControl"]).startswith("Public")
    if is_public and (blocked is None or truth(blocked.get("BlockPublicAcls", False))):
        raise RefusedError("Access Denied", code="AccessDenied")


def _check_lifecycle(rules: Any) -> None:
    ids = [rule["Id"] for rule in rules if rule.get("Id")]
    if len(set(ids)) < len(ids):
        raise _invalid("Rule ID must be unique. Found same ID for more than one rule", "InvalidArgument")
    for rule in rules:
        moves = [*(rule.get("Transitions") or ()), *filter(None, [rule.get("Transition")])]
        if not any(re.search("Transition|Expir|Abort", name) for name in rule):
            raise _invalid("At least one action needs to be specified in a rule")
        for move in moves:
            days, least = int(move.get("TransitionInDays", 0)), _LEAST_DAYS.get(move["StorageClass"], 0)
            if "TransitionInDays" in move and days < least:
                raise _invalid(
                    f"'Days' in Transition action must be greater than or equal to {least} for storageClass "
                    f"'{move['StorageClass']}'",
                    "InvalidArgument",
                )
            if "ExpirationInDays" in rule and "TransitionInDays" in move and int(rule["ExpirationInDays"]) <= days:
                raise _invalid(
                    "'Days' in the Expiration action must be greater than 'Days' in the Transition action",
                    "InvalidArgument",
                )


def _is_there(bucket: str, account: Account) -> bool:
    try:
        account.client("s3").get_bucket_location(Bucket=bucket)
    except ClientError as error:
        return error.response["Error"]["Code"] not in ("NoSuchBucket", "404")
    return True


def _notified(configuration: Mapping[str, Any], account: Account) -> Iterator[tuple[str, str | None]]:
    """Go through the queues, topics and functions to notify, each with its policy."""
    for kind, key in (
        ("QueueConfigurations", "Queue"),
        ("TopicConfigurations", "Topic"),
        ("LambdaConfigurations", "Function"),
    ):
        for item in configuration.get(kind) or ():
            yield str(item[key]), _policy_of(str(item[key]), account)


def _policy_of(arn: str, account: Account) -> str | None:
    try:
        if ":sqs:" in arn:
            sqs = account.client("sqs")
            url = sqs.get_queue_url(QueueName=arn.rpartition(":")[2])["QueueUrl"]
            found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"]).get("Attributes") or {}
            return found.get("Policy")
        if ":sns:" in arn:
            return str(account.client("sns").get_topic_attributes(TopicArn=arn)["Attributes"].get("Policy"))
        return str(account.client("lambda").get_policy(FunctionName=arn)["Policy"])
    except ClientError:
        return None


def _bucket_policy(resource: Resource, account: Account) -> None:
    bucket, document = str(resource.properties["Bucket"]), resource.properties["PolicyDocument"]
    s3 = account.client("s3")
    if resource.physical_id is None and _has_policy(s3, bucket):
        raise RefusedError(f"The bucket policy already exists on bucket {bucket}.", code="AlreadyExists")
    check_policy(bucket, document, account)


def check_policy(bucket: str, document: Any, account: Account) -> None:
    """Raise RefusedError for a policy that a bucket can't have."""
    s3 = account.client("s3")
    if (problem := policies.problem(document, policies.RESOURCE)) is not None:
        raise _malformed(problem)
    for statement in policies.statements(document):
        _check_statement(statement, bucket)
    if policies.absent_principal(document, account) is not None:
        raise _malformed("Invalid principal in policy")
    if any(map(_is_public, policies.statements(document))) and _blocks_public_policies(s3, bucket):
        raise RefusedError(
            "Access Denied: public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.",
            code="AccessDenied",
        )


def _has_policy(s3: Any, bucket: str) -> bool:
    try:
        s3.get_bucket_policy(Bucket=bucket)
    except ClientError:
        return False
    return True


def _check_statement(statement: Mapping[str, Any], bucket: str) -> None:
    arn = f"arn:aws:s3:::{bucket}"
    resources = [str(item) for item in policies.listed(statement.get("Resource"))]
    actions = [action.lower() for action in policies.listed(statement.get("Action"))]
    for resource in resources:
        named = resource.partition("/")[0]
        if resource != "*" and named != arn and not _may_be(named, arn):
            raise _malformed("Policy has invalid resource")
    for action in actions:
        if action != "*" and not action.startswith("s3:"):
            raise _malformed("Policy has invalid action")
        if resources and "*" not in action and not any(_applies(action, resource) for resource in resources):
            raise _malformed("Action does not apply to any resource(s) in statement")


def _may_be(pattern: str, arn: str) -> bool:
    return bool(re.fullmatch(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), arn))


def _applies(action: str, resource: str) -> bool:
    on_objects = action in _ON_OBJECTS or ("object" in action and action not in _ON_BUCKETS)
    return "/" in resource if on_objects and not resource.endswith("*") else on_objects or "/" not in resource


def _is_public(statement: Mapping[str, Any]) -> bool:
    """Whether a statement lets everybody in, by AWS's meaning of "public"."""
    if statement.get("Effect") != "Allow" or "*" not in policies.principals(statement, "AWS"):
        return False
    fixed = (
        not operator.startswith(("ForAllValues", "Null"))
        and "Not" not in operator
        and key.lower() in _PRIVATE_KEYS
        and not any(str(value) in ("*", "0.0.0.0/0", "::/0") for value in policies.listed(values))
        for operator, keys in (statement.get("Condition") or {}).items()
        for key, values in keys.items()
    )
    return not any(fixed)


def _blocks_public_policies(s3: Any, bucket: str) -> bool:
    try:
        found = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    except ClientError:
        return False
    return truth(found.get("BlockPublicPolicy", False))


def _invalid(message: str, code: str = "InvalidRequest") -> RefusedError:
    return RefusedError(message, code=code)


def _malformed(message: str) -> RefusedError:
    return RefusedError(message, code="MalformedPolicy")


DEMANDS = {"AWS::S3::Bucket": _bucket, "AWS::S3::BucketPolicy": _bucket_policy}
