"""What an earlier stack left behind when it was taken down."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from botocore.exceptions import ClientError

from factory.aws.bootstrap.targets import Target
from factory.aws.errors import code_of
from factory.aws.prepared import encryption_rules, or_none
from factory.aws.session import Accounts
from factory.errors import LaunchError
from factory.synthesis.account.names import TAGS
from factory.synthesis.resolved import RETAINED, resources

KEY = "AWS::KMS::Key"
USABLE = "Enabled"
"""The state of a key that encrypts."""

_BUCKET, _POLICY, _LOG = "AWS::S3::Bucket", "AWS::S3::BucketPolicy", "AWS::Logs::LogGroup"
_WORDS = {_BUCKET: "bucket", _POLICY: "policy of bucket", KEY: "key", _LOG: "log group"}
_OWN: Mapping[str, str] = {item["Key"]: item["Value"] for item in TAGS.to_dict()}
# That of another account, too, which keeps its tags to itself.
_UNTAGGED = frozenset({"NoSuchTagSet", "AccessDenied"})

Template = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Leftover:
    """A resource that outlived its stack, and that carries the tags of the factory, or belongs to what does."""

    name: str
    """What the template calls it."""
    type: str
    identifier: Mapping[str, str]
    """By which CloudFormation finds it."""
    properties: Mapping[str, Any]
    """What has to be said of it to import it: what can't be set later, and what may not be missing."""
    state: str = ""
    """That of a key."""

    @property
    def told(self) -> str:
        """What becomes of it, for people."""
        (physical,) = self.identifier.values()
        became = {"": "", USABLE: "", "PendingDeletion": ", whose deletion is cancelled"}
        return f"takes back {_WORDS[self.type]} {physical}{became.get(self.state, ', which is enabled again')}"


def find(
    accounts: Accounts, target: Target, stack: str, template: Template, parameters: Mapping[str, str]
) -> tuple[Leftover, ...]:
    """What there still is of an earlier stack of that name, for one that is yet to be made.

    What has a fixed name is found by that, a policy and a key by their bucket, and the rest as long as CloudFormation
    remembers the stack, for 90 days. Raises LaunchError where a name is taken by what is not the factory's, or the key
    to what is left is lost; ClientError where a call is refused.
    """
    made = resources(template, parameters, target.account, target.region)
    staying = {
        name: made[name]
        for name, item in template["Resources"].items()
        if name in made and item.get("DeletionPolicy") in RETAINED
    }
    search = _Search(accounts=accounts, target=target, stack=stack, template=template, staying=staying)
    return tuple(search.found())


@dataclass(frozen=True, kw_only=True)
class _Search:
    accounts: Accounts
    target: Target
    stack: str
    template: Template
    staying: Mapping[str, Mapping[str, Any]]
    """What a stack of this template leaves behind, by name, with types and properties as far as they are known."""

    def found(self) -> Iterator[Leftover]:
        for name, item in self._of(_BUCKET):
            fixed = item["Properties"].get("BucketName", "")
            if bucket := self._bucket(fixed or self._ids.get(name, ""), is_fixed=bool(fixed)):
                key = self._key_of(bucket, item, is_fixed=bool(fixed))
                if key is None and not fixed:
                    continue
                yield self._leftover(name, {"BucketName": bucket}, "BucketName")
                yield from self._policies(name, bucket)
                yield from filter(None, [key])
        for name, _ in self._of(_LOG):
            if (group := self._ids.get(name)) and self._owns_log(group):
                yield self._leftover(name, {"LogGroupName": group}, "LogGroupName")

    def _of(self, kind: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        return ((name, item) for name, item in self.staying.items() if item["Type"] == kind)

    def _leftover(self, name: str, identifier: Mapping[str, str], kept: str, **more: Any) -> Leftover:
        written = self.template["Resources"][name].get("Properties", {})
        properties = {kept: written[kept]} if kept in written else {}
        return Leftover(
            name=name,
            type=self.staying[name]["Type"],
            identifier=identifier,
            properties={**properties, **more.pop("properties", {})},
            **more,
        )

    @cached_property
    def _ids(self) -> Mapping[str, str]:
        """The ids of what the newest of the deleted stacks of that name left behind."""
        client = self._client("cloudformation")
        pages = client.get_paginator("list_stacks").paginate(StackStatusFilter=["DELETE_COMPLETE"])
        deleted = [item for page in pages for item in page["StackSummaries"] if item["StackName"] == self.stack]
        for item in sorted(deleted, key=lambda item: item["CreationTime"], reverse=True):
            events = client.get_paginator("describe_stack_events").paginate(StackName=item["StackId"])
            skipped = [
                event for page in events for event in page["StackEvents"] if event["ResourceStatus"] == "DELETE_SKIPPED"
            ]
            if skipped:
                # The newest come first; what was replaced before has the same name.
                return {event["LogicalResourceId"]: event["PhysicalResourceId"] for event in reversed(skipped)}
        return {}

    def _client(self, service: str) -> Any:
        return self.target.client(self.accounts, service)

    def _bucket(self, bucket: str, *, is_fixed: bool) -> str | None:
        """The bucket if it is there and the factory's."""
        if not bucket:
            return None
        try:
            tags = self._client("s3").get_bucket_tagging(Bucket=bucket)["TagSet"]
        except ClientError as error:
            if code_of(error) == "NoSuchBucket":
                return None
            if code_of(error) not in _UNTAGGED:
                raise
            tags = []
        if _is_own({item["Key"]: item["Value"] for item in tags}):
            return bucket
        if not is_fixed:
            return None
        wanted = ",".join(f"{{Key={key},Value={value}}}" for key, value in _OWN.items())
        raise LaunchError(
            f"{self.target.place}: there is a bucket {bucket} already, without the tags of the factory",
            hint="if an earlier stack left it: "
            f"aws s3api put-bucket-tagging --bucket {bucket} --tagging 'TagSet=[{wanted}]'; else take it away: "
            f"aws s3api delete-bucket --bucket {bucket} --region {self.target.region}",
        )

    def _policies(self, bucket_name: str, bucket: str) -> Iterator[Leftover]:
        for name, item in self._of(_POLICY):
            if item["Properties"]["Bucket"] == {"Ref": bucket_name}:
                held = or_none(lambda: self._client("s3").get_bucket_policy(Bucket=bucket), "NoSuchBucketPolicy")
                if held:
                    # As it is now: it may not be missing.
                    document = {"PolicyDocument": json.loads(held["Policy"])}
                    yield self._leftover(name, {"Bucket": bucket}, "Bucket", properties=document)

    def _key_of(self, bucket: str, item: Mapping[str, Any], *, is_fixed: bool) -> Leftover | None:
        """The key with which a bucket that was left is encrypted, if it is still as the stack made it."""
        name = next((name for name, _ in self._of(KEY) if name in json.dumps(item["Properties"])), "")
        for key in (self._default_key(bucket), self._ids.get(name, "")):
            if not key or not name:
                continue
            state, is_own = self._key(key)
            if is_own:
                identifier = {"KeyId": key.rpartition("/")[2]}
                return self._leftover(name, identifier, "KeyId", state=state)
            if not state and is_fixed:
                raise LaunchError(
                    f"{self.target.place}: what is in bucket {bucket}, which an earlier stack left, can't be read any "
                    f"more: its key {key} is gone",
                    hint=f"empty it, and aws s3api delete-bucket --bucket {bucket} --region {self.target.region} "
                    "(docs/operations.md), then factory bootstrap",
                )
        return None

    def _default_key(self, bucket: str) -> str:
        rules = encryption_rules(self._client("s3"), bucket)
        return str(rules[0]["ApplyServerSideEncryptionByDefault"].get("KMSMasterKeyID", "")) if rules else ""

    def _key(self, key: str) -> tuple[str, bool]:
        """State of a key, empty where there is none, and whether it is the factory's."""
        kms = self._client("kms")
        try:
            state = kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"]
            tags = kms.list_resource_tags(KeyId=key)["Tags"]
        except ClientError as error:
            if code_of(error) != "NotFoundException":
                raise
            return "", False
        return state, _is_own({item["TagKey"]: item["TagValue"] for item in tags})

    def _owns_log(self, group: str) -> bool:
        logs = self._client("logs")
        found = logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
        arn = next((item["arn"] for item in found if item["logGroupName"] == group), "")
        if not arn:
            return False
        return _is_own(logs.list_tags_for_resource(resourceArn=arn.removesuffix(":*"))["tags"])


def _is_own(tags: Mapping[str, str]) -> bool:
    return _OWN.items() <= tags.items()
