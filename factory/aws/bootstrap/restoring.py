"""Brings back what somebody changed by hand of what a stack made, since CloudFormation does not look there by itself.

What differs is set right through its own service, so that it is again as the stack knows it. What was deleted is taken
out of the stack and put in again, as AWS advises (re:Post, "How do I update a CloudFormation stack if a resource was
manually deleted?"): a resource that is gone counts as removed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from botocore.exceptions import ClientError

from factory.aws.bootstrap import stacks
from factory.aws.bootstrap.steps import RestoreStep, State
from factory.aws.bootstrap.targets import Target
from factory.aws.errors import code_of, translated
from factory.aws.prepared import PUBLIC_ACCESS_BLOCKS, read_bucket, read_identities, read_parameters
from factory.aws.session import Accounts
from factory.catalog.model import AccountId
from factory.planning.health.facts import Account, AccountRegion, Identities, Key, Role
from factory.planning.health.policies import Statements, document, statements
from factory.planning.health.preparation import Deviation, Sort, wanted
from factory.synthesis.resolved import resources

_VARIABLE = re.compile(r"\$\{(\w+)")
# A managed policy has at most five versions (IAM User Guide, "IAM and AWS STS quotas").
_POLICY_VERSIONS = 5

Template = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """One look at what stacks made. Everybody in an account is read once, whichever stack made whom."""

    accounts: Accounts
    _identities: dict[AccountId, Identities] = field(default_factory=dict)

    def step(self, stack: str, target: Target, before: State, *, stack_id: str = "") -> RestoreStep | None:
        """What is to be restored of what a stack made, if anything; `stack_id` where its name is another."""
        with translated(target.place):
            needed = wanted(target.account, target.region, (before.template, before.parameters))
            region = AccountRegion(
                wanted=needed,
                parameters=read_parameters(target.client(self.accounts, "ssm"), sorted(needed.parameters)),
                bucket=read_bucket(lambda service: target.client(self.accounts, service), needed.bucket.name)
                if needed.bucket
                else None,
            )
            identities = self._everybody(target) if needed.roles else None
        found = Account(owner=target.owner, id=target.account, identities=identities, regions=(region,))
        step = RestoreStep(stack=stack, stack_id=stack_id or stack, target=target, before=before, found=found)
        return step if step.deviations else None

    def _everybody(self, target: Target) -> Identities:
        if target.account not in self._identities:
            self._identities[target.account] = read_identities(target.client(self.accounts, "iam"))
        return self._identities[target.account]


def restore(accounts: Accounts, step: RestoreStep, poll_seconds: float) -> None:
    """Set right whatever differs. Raises LaunchError where the stack can't make anew what is gone, or ClientError."""
    restoring = _Restoring(accounts=accounts, step=step)
    recreated = {name for deviation in step.deviations for name in restoring.restore(deviation)}
    if recreated:
        for template in (without(step.before.template, recreated), step.before.template):
            _update(accounts, step, template, poll_seconds)


def _update(accounts: Accounts, step: RestoreStep, template: Template, poll_seconds: float) -> None:
    client = step.target.client(accounts, "cloudformation")
    client.update_stack(
        StackName=step.stack_id,
        **stacks.source(accounts, step.target.region, json.dumps(template, separators=(",", ":"), sort_keys=True)),
        Parameters=stacks.given(step.before.parameters),
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    stacks.finish(client, step.target, step.stack, "stack_update_complete", poll_seconds, stack_id=step.stack_id)


@dataclass(frozen=True, kw_only=True)
class _Restoring:
    accounts: Accounts
    step: RestoreStep

    def restore(self, deviation: Deviation) -> Iterator[str]:
        """Set one thing right; gives the logical ids of what the stack has to make anew."""
        match deviation.sort:
            case Sort.ROLE_GONE:
                yield self._named("RoleName", deviation.name)
            case Sort.TRUST | Sort.POLICIES | Sort.BOUNDARY:
                yield from self._role(deviation.sort, self._region.wanted.roles[deviation.name])
            case Sort.PARAMETER_GONE | Sort.PARAMETER:
                self._parameter(deviation)
            case Sort.BUCKET_GONE:
                yield self._named("BucketName", deviation.name)
            case _:
                self._bucket(deviation.sort)

    @property
    def _region(self) -> AccountRegion:
        (region,) = self.step.found.regions
        return region

    @cached_property
    def _made(self) -> dict[str, dict[str, Any]]:
        step = self.step
        return resources(step.before.template, step.before.parameters, step.target.account, step.target.region)

    @cached_property
    def _ids(self) -> dict[str, str]:
        """The physical id of each of the stack's resources."""
        pages = self._client("cloudformation").get_paginator("list_stack_resources")
        return {
            item["LogicalResourceId"]: item["PhysicalResourceId"]
            for page in pages.paginate(StackName=self.step.stack_id)
            for item in page["StackResourceSummaries"]
        }

    def _client(self, service: str) -> Any:
        return self.step.target.client(self.accounts, service)

    def _named(self, property_name: str, name: str) -> str:
        return next(key for key, made in self._made.items() if made["Properties"].get(property_name) == name)

    # --- roles ----------------------------------------------------------------------------------------------------

    def _role(self, sort: Sort, role: Role) -> Iterator[str]:
        iam = self._client("iam")
        match sort:
            case Sort.TRUST if role.trust is not None:
                iam.update_assume_role_policy(RoleName=role.name, PolicyDocument=document(role.trust))
            case Sort.POLICIES:
                yield from self._policies(role)
            case Sort.BOUNDARY if role.boundary:
                iam.put_role_permissions_boundary(RoleName=role.name, PermissionsBoundary=role.boundary)
            case Sort.BOUNDARY:
                iam.delete_role_permissions_boundary(RoleName=role.name)

    def _policies(self, role: Role) -> Iterator[str]:
        iam, identities = self._client("iam"), self.step.found.identities
        found = (identities and identities.role(role.name)) or role
        for name in found.inline.keys() - role.inline.keys():
            iam.delete_role_policy(RoleName=role.name, PolicyName=name)
        for name, held in role.inline.items():
            if held is None:
                # Only the stack knows what it says.
                if name not in found.inline:
                    yield self._named("RoleName", role.name)
            elif found.inline.get(name) != held:
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
        iam = self._client("iam")
        try:
            version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        except ClientError as error:
            if code_of(error) != "NoSuchEntity":
                raise
            return None
        return statements(iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"])

    def _new_version(self, arn: str, policy: str) -> None:
        iam = self._client("iam")
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
        self._client("ssm").put_parameter(**kept, **more)

    def _bucket(self, sort: Sort) -> None:
        bucket, found = self._region.wanted.bucket, self._region.bucket
        if bucket is None or bucket.key is None:
            return
        s3 = self._client("s3")
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
        kms = self._client("kms")
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
    while more := {name for name in held.keys() - gone if gone & set(references(held[name].get("Properties")))}:
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


def references(node: Any) -> Iterator[str]:
    """The names that properties refer to, those of parameters among them."""
    match node:
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), *_]}:
            yield name
        case {"Fn::Sub": str(text)}:
            yield from _VARIABLE.findall(text)
        case dict():
            for value in node.values():
                yield from references(value)
        case list():
            for item in node:
                yield from references(item)
