"""What an account has: stacks, roles, parameters, and in the hub the artifact bucket with its key."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from botocore.exceptions import ClientError

from factory.aws.bootstrap import HUB, Target, account_parameters, roles_parameters
from factory.aws.errors import code_of
from factory.aws.health.asking import Asking
from factory.aws.launch.stacks import find_stack
from factory.aws.session import Accounts
from factory.planning.health.facts import Account, AccountRegion, Bucket, Identities, Key, Prepared, Role, Stack
from factory.planning.health.policies import Statements, statements
from factory.planning.health.preparation import wanted
from factory.synthesis.account import STACK_NAME as ACCOUNT_STACK
from factory.synthesis.launch_roles import STACK_NAME as ROLES_STACK

_BOUNDARY = "PermissionsBoundary"
_KINDS = ["Role", "User", "Group", "LocalManagedPolicy"]
_BLOCKS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


@dataclass(frozen=True, slots=True, kw_only=True)
class Templates:
    """The templates with which accounts are prepared, as data."""

    account: Mapping[str, Any]
    roles: Mapping[str, Any] | None
    """None where nobody can tell, as an older version's template can't be read."""


def look(accounts: Accounts, targets: Sequence[Target], templates: Templates, asking: Asking) -> Account:
    """What there is in the regions of one account, of which the first has the roles."""
    first = targets[0]
    # Whoever has no credentials is not asked anything else.
    if asking.ask(first.owner, f"account {first.account}", lambda: first.client(accounts, "sts")) is None:
        return Account(owner=first.owner, id=first.account)
    regions = tuple(_region(accounts, target, templates, asking) for target in targets)
    iam = first.client(accounts, "iam")
    identities = asking.ask(first.owner, f"roles of account {first.account}", lambda: read_identities(iam))
    enabled = asking.ask(first.owner, f"regions of account {first.account}", lambda: _enabled(accounts, targets)) or {}
    return Account(
        owner=first.owner,
        id=first.account,
        identities=identities,
        regions=tuple(replace(region, enabled=enabled.get(region.region)) for region in regions),
    )


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
    return {item["Name"]: item["Value"] for item in ssm.get_parameters(Names=list(names))["Parameters"]}


def read_bucket(client: Callable[[str], Any], name: str) -> Bucket | None:
    """An artifact bucket and its key; None where it is not there. `client` gives clients of its account and region."""
    s3 = client("s3")
    try:
        encryption = _or_none(
            lambda: s3.get_bucket_encryption(Bucket=name), "ServerSideEncryptionConfigurationNotFoundError"
        )
    except ClientError as error:
        if code_of(error) != "NoSuchBucket":
            raise
        return None
    block = _or_none(lambda: s3.get_public_access_block(Bucket=name), "NoSuchPublicAccessBlockConfiguration")
    policy = _or_none(lambda: s3.get_bucket_policy(Bucket=name), "NoSuchBucketPolicy")
    blocked = block["PublicAccessBlockConfiguration"] if block else {}
    rules = encryption["ServerSideEncryptionConfiguration"]["Rules"] if encryption else []
    keys = [rule["ApplyServerSideEncryptionByDefault"].get("KMSMasterKeyID") for rule in rules]
    return Bucket(
        name=name,
        blocks_public_access=all(blocked.get(way) for way in _BLOCKS),
        policy=statements(policy["Policy"]) if policy else (),
        key=_key(client("kms"), keys[0]) if keys and keys[0] else None,
    )


def _key(kms: Any, name: str) -> Key:
    found = kms.describe_key(KeyId=name)["KeyMetadata"]
    state = found["KeyState"]
    # Of a key that is to be deleted it is refused.
    rotates = state != "Enabled" or kms.get_key_rotation_status(KeyId=name)["KeyRotationEnabled"]
    policy = kms.get_key_policy(KeyId=name, PolicyName="default")["Policy"]
    return Key(id=found["KeyId"], state=state, rotates=rotates, policy=statements(policy))


def _region(accounts: Accounts, target: Target, templates: Templates, asking: Asking) -> AccountRegion:
    cloudformation = target.client(accounts, "cloudformation")
    given: list[tuple[Mapping[str, Any], Mapping[str, str]]] = []
    stacks: list[Stack] = []

    def look_at(name: str, template: Mapping[str, Any], parameters: dict[str, str]) -> None:
        found = asking.ask(
            target.owner, f"stack {name} in {target.region}", lambda: _stack(cloudformation, name, template, parameters)
        )
        if found is not None:
            stack, boundary = found
            stacks.append(stack)
            given.append((template, {**parameters, _BOUNDARY: boundary}))

    look_at(ACCOUNT_STACK, templates.account, account_parameters(accounts, target))
    if target.first and templates.roles is not None:
        look_at(ROLES_STACK, templates.roles, roles_parameters(accounts))
    needed = wanted(target.account, target.region, *given)
    ssm = target.client(accounts, "ssm")
    parameters = asking.ask(
        target.owner, f"parameters in {target.region}", lambda: read_parameters(ssm, sorted(needed.parameters))
    )
    bucket, is_read = None, False
    if needed.bucket and target.owner == HUB:
        bucket, is_read = _artifact_bucket(accounts, target, needed, asking)
    return AccountRegion(wanted=needed, stacks=tuple(stacks), parameters=parameters, bucket=bucket, bucket_read=is_read)


def _artifact_bucket(
    accounts: Accounts, target: Target, needed: Prepared, asking: Asking
) -> tuple[Bucket | None, bool]:
    """The bucket, and whether anybody could tell."""
    name = needed.bucket.name if needed.bucket else ""
    answer = asking.ask(
        target.owner,
        f"bucket {name}",
        lambda: [read_bucket(lambda service: target.client(accounts, service), name)],
    )
    return (answer[0], True) if answer else (None, False)


def _stack(
    cloudformation: Any, name: str, template: Mapping[str, Any], parameters: Mapping[str, str]
) -> tuple[Stack, str]:
    """The stack, and the boundary that its owner gave it."""
    found = find_stack(cloudformation, name)
    if found is None:
        return Stack(name=name), ""
    body = cloudformation.get_template(StackName=name)["TemplateBody"]
    held = {key: value for key, value in found.parameters.items() if key != _BOUNDARY}
    # boto3 gives a template as data where it is JSON.
    same = (json.loads(body) if isinstance(body, str) else body) == template
    stack = Stack(name=name, status=found.status, current=same and held == parameters)
    return stack, found.parameters.get(_BOUNDARY, "")


def _enabled(accounts: Accounts, targets: Sequence[Target]) -> dict[str, bool]:
    names = [target.region for target in targets]
    ec2 = targets[0].client(accounts, "ec2")
    found = ec2.describe_regions(RegionNames=names, AllRegions=True)["Regions"]
    return {item["RegionName"]: item.get("OptInStatus") != "not-opted-in" for item in found}


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


def _or_none(call: Callable[[], dict[str, Any]], code: str) -> dict[str, Any] | None:
    try:
        return call()
    except ClientError as error:
        if code_of(error) != code:
            raise
        return None
