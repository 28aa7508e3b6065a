"""What an account has of what it was prepared with, as it is now: roles, parameters, artifact bucket and key."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError

from factory.aws.errors import code_of
from factory.planning.health.facts import Bucket, Identities, Key, Role
from factory.planning.health.policies import Statements, statements

PUBLIC_ACCESS_BLOCKS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
"""The four ways in which a bucket keeps the public out."""

_KINDS = ["Role", "User", "Group", "LocalManagedPolicy"]


def read_identities(iam: Any) -> Identities:
    """Everybody in an account, and what its roles may do: all in one operation, though a large account has pages."""
    roles: list[dict[str, Any]] = []
    others: set[str] = set()
    policies: dict[str, Statements] = {}
    for page in iam.get_paginator("get_account_authorization_details").paginate(Filter=_KINDS):
        roles += page["RoleDetailList"]
        others |= {item["Arn"] for kind in ("UserDetailList", "GroupDetailList") for item in page[kind]}
        for policy in page["Policies"]:
            current = next((item for item in policy["PolicyVersionList"] if item["IsDefaultVersion"]), None)
            policies[policy["Arn"]] = statements(current["Document"]) if current else ()
    return Identities(roles=tuple(_role(item, policies) for item in roles), others=frozenset(others))


def read_parameters(ssm: Any, names: Sequence[str]) -> dict[str, str]:
    """Those of the SSM parameters that are there."""
    if not names:
        return {}
    return {item["Name"]: item["Value"] for item in ssm.get_parameters(Names=list(names))["Parameters"]}


def read_bucket(client: Callable[[str], Any], name: str) -> Bucket | None:
    """An artifact bucket and its key; None where it is not there. `client` gives clients of its account and region."""
    s3 = client("s3")
    try:
        rules = encryption_rules(s3, name)
    except ClientError as error:
        if code_of(error) != "NoSuchBucket":
            raise
        return None
    block = or_none(lambda: s3.get_public_access_block(Bucket=name), "NoSuchPublicAccessBlockConfiguration")
    policy = or_none(lambda: s3.get_bucket_policy(Bucket=name), "NoSuchBucketPolicy")
    blocked = block["PublicAccessBlockConfiguration"] if block else {}
    keys = [rule["ApplyServerSideEncryptionByDefault"].get("KMSMasterKeyID") for rule in rules]
    return Bucket(
        name=name,
        blocks_public_access=all(blocked.get(way) for way in PUBLIC_ACCESS_BLOCKS),
        policy=statements(policy["Policy"]) if policy else (),
        key=_key(client("kms"), keys[0]) if keys and keys[0] else None,
    )


def encryption_rules(s3: Any, bucket: str) -> list[dict[str, Any]]:
    """How a bucket encrypts by default, if it does. Raises ClientError, such as where it is not there."""
    found = or_none(lambda: s3.get_bucket_encryption(Bucket=bucket), "ServerSideEncryptionConfigurationNotFoundError")
    rules: list[dict[str, Any]] = found["ServerSideEncryptionConfiguration"]["Rules"] if found else []
    return rules


def or_none(call: Callable[[], dict[str, Any]], code: str) -> dict[str, Any] | None:
    """What a call answers, None where it is refused with this code."""
    try:
        return call()
    except ClientError as error:
        if code_of(error) != code:
            raise
        return None


def _key(kms: Any, name: str) -> Key:
    found = kms.describe_key(KeyId=name)["KeyMetadata"]
    state = found["KeyState"]
    # Of a key that is to be deleted it is refused.
    rotates = state != "Enabled" or kms.get_key_rotation_status(KeyId=name)["KeyRotationEnabled"]
    policy = kms.get_key_policy(KeyId=name, PolicyName="default")["Policy"]
    return Key(id=found["KeyId"], state=state, rotates=rotates, policy=statements(policy))


def _role(item: dict[str, Any], policies: Mapping[str, Statements]) -> Role:
    attached = [policy["PolicyArn"] for policy in item["AttachedManagedPolicies"]]
    return Role(
        name=item["RoleName"],
        arn=item["Arn"],
        trust=statements(item["AssumeRolePolicyDocument"]),
        inline={policy["PolicyName"]: statements(policy["PolicyDocument"]) for policy in item["RolePolicyList"]},
        managed={arn: policies.get(arn, ()) for arn in attached},
        boundary=item.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn", ""),
    )
