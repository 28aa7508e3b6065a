"""Brings back what somebody changed by hand of what a stack made, since CloudFormation does not look there by itself.

What differs is set right through its own service, so that it is again as the stack knows it. What was deleted is taken
out of the stack and put in again, as AWS advises (re:Post, "How do I update a CloudFormation stack if a resource was
manually deleted?"): a resource that is gone counts as removed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from botocore.exceptions import ClientError

from factory.aws.errors import code_of
from factory.aws.prepared import PUBLIC_ACCESS_BLOCKS, read_bucket, read_identities, read_parameters
from factory.catalog.model import AccountId, Region
from factory.planning.health.facts import Account, AccountRegion, Identities, Key, Role
from factory.planning.health.policies import Statements, document, statements
from factory.planning.health.preparation import Deviation, Sort, account_deviations, region_deviations, wanted
from factory.synthesis.resolved import resources

_VARIABLE = re.compile(r"\$\{(\w+)")
# A managed policy has at most five versions (IAM User Guide, "IAM and AWS STS quotas").
_POLICY_VERSIONS = 5

Template = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Restoring:
    """One stack in one region of an account."""

    account: AccountId
    region: Region
    stack: str
    template: Template
    parameters: Mapping[str, str]
    client: Callable[[str], Any]
    """Gives clients there, by boto3's name of the service."""
    update: Callable[[Template], None]
    """Updates the stack to a template, and waits for its end."""

    def restore(self) -> bool:
        """Set right whatever differs; whether anything did. Raises ClientError."""
        deviations = self._deviations()
        recreated: set[str] = set()
        for deviation in deviations:
            recreated.update(self._restore(deviation))
        if recreated:
            self.update(without(self.template, recreated))
            self.update(self.template)
        return bool(deviations)

    @cached_property
    def _needed(self) -> AccountRegion:
        needed = wanted(self.account, self.region, (self.template, self.parameters))
        return AccountRegion(
            wanted=needed,
            parameters=read_parameters(self.client("ssm"), sorted(needed.parameters)),
            bucket=read_bucket(self.client, needed.bucket.name) if needed.bucket else None,
        )

    @cached_property
    def _identities(self) -> Identities:
        return read_identities(self.client("iam")) if self._needed.wanted.roles else Identities()

    @cached_property
    def _made(self) -> dict[str, dict[str, Any]]:
        return resources(self.template, self.parameters, self.account, self.region)

    @cached_property
    def _ids(self) -> dict[str, str]:
        """The physical id of each of the stack's resources."""
        pages = self.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=self.stack)
        return {
            item["LogicalResourceId"]: item["PhysicalResourceId"]
            for page in pages
            for item in page["StackResourceSummaries"]
        }

    def _deviations(self) -> list[Deviation]:
        account = Account(owner="", id=self.account, identities=self._identities, regions=(self._needed,))
        return [*account_deviations(account), *region_deviations(self._needed)]

    def _restore(self, deviation: Deviation) -> Iterator[str]:
        """Set one thing right; gives the logical ids of what the stack has to make anew."""
        match deviation.sort:
            case Sort.ROLE_GONE:
                yield self._named("RoleName", deviation.name)
            case Sort.TRUST | Sort.POLICIES | Sort.BOUNDARY:
                yield from self._role(deviation.sort, self._needed.wanted.roles[deviation.name])
            case Sort.PARAMETER_GONE | Sort.PARAMETER:
                self._parameter(deviation)
            case Sort.BUCKET_GONE:
                yield self._named("BucketName", deviation.name)
            case _:
                self._bucket(deviation.sort)

    def _named(self, property_name: str, name: str) -> str:
        return next(key for key, made in self._made.items() if made["Properties"].get(property_name) == name)

    # --- roles ----------------------------------------------------------------------------------------------------

    def _role(self, sort: Sort, role: Role) -> Iterator[str]:
        iam = self.client("iam")
        if sort is Sort.TRUST:
            iam.update_assume_role_policy(RoleName=role.name, PolicyDocument=document(role.trust))
        elif sort is Sort.POLICIES:
            yield from self._policies(role)
        elif role.boundary:
            iam.put_role_permissions_boundary(RoleName=role.name, PermissionsBoundary=role.boundary)
        else:
            iam.delete_role_permissions_boundary(RoleName=role.name)

    def _policies(self, role: Role) -> Iterator[str]:
        iam, found = self.client("iam"), self._identities.role(role.name) or role
        for name in found.inline.keys() - role.inline.keys():
            iam.delete_role_policy(RoleName=role.name, PolicyName=name)
        for name, held in role.inline.items():
            if found.inline.get(name) != held:
                iam.put_role_policy(RoleName=role.name, PolicyName=name, PolicyDocument=document(held))
        arns = {self._ids[name]: held for name, held in role.managed.items()}
        for arn in found.managed.keys() - arns.keys():
            iam.detach_role_policy(RoleName=role.name, PolicyArn=arn)
        for name, held in role.managed.items():
            arn = self._ids[name]
            now = found.managed.get(arn) or self._policy(arn)
            if now is None:
                yield name
                continue
            if now != held:
                self._new_version(arn, document(held))
            if arn not in found.managed:
                iam.attach_role_policy(RoleName=role.name, PolicyArn=arn)

    def _policy(self, arn: str) -> Statements | None:
        """What a managed policy says that the role does not have; None where it is gone."""
        iam = self.client("iam")
        try:
            version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        except ClientError as error:
            if code_of(error) != "NoSuchEntity":
                raise
            return None
        return statements(iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"])

    def _new_version(self, arn: str, policy: str) -> None:
        iam = self.client("iam")
        versions = iam.list_policy_versions(PolicyArn=arn)["Versions"]
        if len(versions) == _POLICY_VERSIONS:
            oldest = min(
                (item for item in versions if not item["IsDefaultVersion"]), key=lambda item: item["CreateDate"]
            )
            iam.delete_policy_version(PolicyArn=arn, VersionId=oldest["VersionId"])
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=policy, SetAsDefault=True)

    # --- parameters, bucket and key -------------------------------------------------------------------------------

    def _parameter(self, deviation: Deviation) -> None:
        properties = self._made[self._named("Name", deviation.name)]["Properties"]
        tags = [{"Key": key, "Value": value} for key, value in properties.get("Tags", {}).items()]
        more = {"Tags": tags} if deviation.sort is Sort.PARAMETER_GONE else {"Overwrite": True}
        kept = {key: properties[key] for key in ("Name", "Type", "Value", "Description", "Tier") if key in properties}
        self.client("ssm").put_parameter(**kept, **more)

    def _bucket(self, sort: Sort) -> None:
        bucket, found = self._needed.wanted.bucket, self._needed.bucket
        if bucket is None or bucket.key is None:
            return
        s3 = self.client("s3")
        match sort:
            case Sort.PUBLIC_ACCESS:
                block = dict.fromkeys(PUBLIC_ACCESS_BLOCKS, True)
                s3.put_public_access_block(Bucket=bucket.name, PublicAccessBlockConfiguration=block)
            case Sort.BUCKET_POLICY:
                s3.put_bucket_policy(Bucket=bucket.name, Policy=document(bucket.policy))
            case Sort.KEY_GONE:
                key = next(self._ids[name] for name, made in self._made.items() if made["Type"] == "AWS::KMS::Key")
                default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
                rule = {"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": True}
                s3.put_bucket_encryption(Bucket=bucket.name, ServerSideEncryptionConfiguration={"Rules": [rule]})
            case _ if found and found.key:
                self._key(sort, found.key, bucket.key)

    def _key(self, sort: Sort, found: Key, key: Key) -> None:
        kms = self.client("kms")
        if sort is Sort.KEY_POLICY:
            kms.put_key_policy(KeyId=found.id, PolicyName="default", Policy=document(key.policy))
            return
        if found.state == "PendingDeletion":
            kms.cancel_key_deletion(KeyId=found.id)
        if found.state != key.state:
            kms.enable_key(KeyId=found.id)
        # It keeps its rotation while it is disabled, but who knows what was done before.
        kms.enable_key_rotation(KeyId=found.id)


def without(template: Template, names: Iterable[str]) -> dict[str, Any]:
    """The template without these resources and all that refer to them."""
    gone = set(names)
    held: dict[str, Any] = template["Resources"]
    while more := {name for name in held.keys() - gone if gone & set(_references(held[name].get("Properties")))}:
        gone |= more
    kept = {name: _independent(resource, gone) for name, resource in held.items() if name not in gone}
    return {**template, "Resources": kept}


def _independent(resource: Mapping[str, Any], gone: set[str]) -> dict[str, Any]:
    """A resource that does not wait for those that are gone."""
    waits = resource.get("DependsOn", [])
    waits = [waits] if isinstance(waits, str) else waits
    rest = {key: value for key, value in resource.items() if key != "DependsOn"}
    left = [name for name in waits if name not in gone]
    return {**rest, "DependsOn": left} if left else rest


def _references(node: Any) -> Iterator[str]:
    match node:
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), *_]}:
            yield name
        case {"Fn::Sub": str(text)}:
            yield from _VARIABLE.findall(text)
        case dict():
            for value in node.values():
                yield from _references(value)
        case list():
            for item in node:
                yield from _references(item)
