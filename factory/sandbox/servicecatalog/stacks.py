"""The stack engine behind the catalog: launch credentials, stacks, and how they come along.

Everything the catalog asks of the engine goes through `Stacks`, so that another engine is another class.
"""

from __future__ import annotations

import contextlib
import enum
import json
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from factory.sandbox.servicecatalog.endpoint import (
    Credentials,
    Endpoint,
    account_credentials,
    error_code,
    error_message,
)
from factory.sandbox.servicecatalog.planned import ChangeSet
from factory.sandbox.servicecatalog.trust import trusts

_NO_UPDATES = "No updates are to be performed."
# How CloudFormation words a change set without changes, for which it has no code.
_NO_CHANGES = ("No updates are to be performed", "The submitted information didn't contain changes")
# AWS CloudFormation User Guide, "CloudFormation quotas": what a request may hold; more must come from S3.
_MAX_INLINE_BYTES = 51_200
_CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]


class Phase(enum.Enum):
    """Where the latest operation on a stack stands."""

    RUNNING = enum.auto()
    FAILING = enum.auto()
    DONE = enum.auto()
    FAILED = enum.auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class StackOrder:
    """What a stack is to be made of. A parameter whose value is None keeps its previous value."""

    name: str
    template: str
    parameters: Mapping[str, str | None]
    tags: Mapping[str, str]
    notification_arns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StackView:
    """A stack as it is now; `reason` says why its latest operation failed."""

    phase: Phase
    status: str
    reason: str
    outputs: Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignStack:
    """A stack that something else made; `nested` says whether it belongs to another stack."""

    id: str
    status: str
    nested: bool
    template: str
    parameters: Mapping[str, str]
    tags: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where stacks are made, and in whose name."""

    account: str
    region: str
    credentials: Credentials


class StackRefused(Exception):  # noqa: N818 - a refusal, not a failure of the engine
    """The engine did not take an order; `code` and `description` are what the record of the launch says."""

    def __init__(self, code: str, description: str) -> None:
        super().__init__(description)
        self.code = code
        self.description = description


class Stacks:
    """CloudFormation at the endpoint.

    `system_tags` says whether the engine lets this service set `aws:servicecatalog:` tags on a stack, as
    CloudFormation does; an engine that reserves every `aws:` tag gets the other tags only.
    """

    def __init__(self, endpoint: Endpoint, *, system_tags: bool) -> None:
        self._endpoint = endpoint
        self._system_tags = system_tags

    def assume(self, role_arn: str, launching_account: str, region: str) -> Place:
        """Take on a launch role, in the account it belongs to.

        Raises StackRefused if the role is not there or does not trust Service Catalog (AWS Service Catalog
        Administrator Guide, "AWS Service Catalog Launch Constraints").
        """
        account = role_arn.split(":")[4]
        owner = account_credentials(account)
        try:
            role = self._endpoint.client("iam", owner, region).get_role(RoleName=role_arn.rsplit("/", 1)[-1])["Role"]
            if not trusts(role["AssumeRolePolicyDocument"], launching_account):
                raise _access_denied(role_arn)
            given = self._endpoint.client("sts", owner, region).assume_role(
                RoleArn=role_arn, RoleSessionName="servicecatalog"
            )["Credentials"]
        except (ClientError, BotoCoreError) as error:
            raise _access_denied(role_arn) from error
        credentials = Credentials(
            access_key=given["AccessKeyId"],
            secret_key=given["SecretAccessKey"],
            session_token=given["SessionToken"],
        )
        return Place(account=account, region=region, credentials=credentials)

    def validate(self, template: str, place: Place) -> None:
        """Raise StackRefused unless CloudFormation finds the template valid."""
        is_short = len(template.encode()) <= _MAX_INLINE_BYTES
        with calls():
            if is_short:
                self._cloudformation(place).validate_template(TemplateBody=template)
                return
            with self.stored(template, place) as url:
                self._cloudformation(place).validate_template(TemplateURL=url)

    def create(self, order: StackOrder, place: Place) -> str:
        """Begin a stack and answer its id. Raises StackRefused."""
        with calls(), self.request(order, place) as request:
            return str(self._cloudformation(place).create_stack(**request)["StackId"])

    def update(self, order: StackOrder, place: Place) -> bool:
        """Begin to update a stack, and tell whether there is anything to change. Raises StackRefused."""
        with calls(), self.request(order, place) as request:
            try:
                self._cloudformation(place).update_stack(**request)
            except ClientError as error:
                # CloudFormation has no code of its own for this one.
                if error_message(error) != _NO_UPDATES:
                    raise
                return False
            return True

    def delete(self, stack_id: str, place: Place) -> None:
        """Begin to delete a stack. Raises StackRefused."""
        with calls():
            self._cloudformation(place).delete_stack(StackName=stack_id)

    def draw(self, name: str, order: StackOrder, place: Place, *, is_new: bool) -> tuple[str, str]:
        """Begin a change set of that name, for a new stack or for one that exists: the ids of both.

        Raises StackRefused.
        """
        kind = "CREATE" if is_new else "UPDATE"
        with calls(), self.request(order, place) as request:
            made = self._cloudformation(place).create_change_set(ChangeSetName=name, ChangeSetType=kind, **request)
            return str(made["Id"]), str(made["StackId"])

    def drawn(self, change_set_id: str, stack_id: str, place: Place) -> ChangeSet | None:
        """A change set, or None while CloudFormation still works on it. Raises StackRefused."""
        cloudformation = self._cloudformation(place)
        with calls():
            pages = cloudformation.get_paginator("describe_change_set").paginate(
                ChangeSetName=change_set_id, StackName=stack_id
            )
            described = list(pages)
        if described[0]["Status"] not in ("CREATE_COMPLETE", "FAILED"):
            return None
        return ChangeSet(
            id=change_set_id,
            stack_id=stack_id,
            failure=_drawing_failure(described[0]),
            changes=tuple(change["ResourceChange"] for page in described for change in page.get("Changes", [])),
        )

    def carry_out(self, change_set: ChangeSet, place: Place) -> str:
        """Begin what a change set holds and answer the id of its stack. Raises StackRefused."""
        with calls():
            self._cloudformation(place).execute_change_set(ChangeSetName=change_set.id, StackName=change_set.stack_id)
        return change_set.stack_id

    def discard(self, change_set: ChangeSet, place: Place, *, is_new: bool) -> None:
        """Delete a change set, and the empty stack that was made for it. Raises StackRefused."""
        with calls():
            cloudformation = self._cloudformation(place)
            cloudformation.delete_change_set(ChangeSetName=change_set.id, StackName=change_set.stack_id)
            if is_new:
                cloudformation.delete_stack(StackName=change_set.stack_id)

    def foreign(self, stack_id: str, place: Place) -> ForeignStack:
        """A stack as something else made it. Raises StackRefused if the engine does not know it."""
        with calls():
            cloudformation = self._cloudformation(place)
            stack = cloudformation.describe_stacks(StackName=stack_id)["Stacks"][0]
            body = cloudformation.get_template(StackName=stack_id)["TemplateBody"]
            nested = "ParentId" in stack or _is_part(cloudformation, stack["StackId"])
        return ForeignStack(
            id=stack["StackId"],
            status=stack["StackStatus"],
            nested=nested,
            template=body if isinstance(body, str) else json.dumps(body),
            parameters={item["ParameterKey"]: item["ParameterValue"] for item in stack.get("Parameters", [])},
            tags={tag["Key"]: tag["Value"] for tag in stack.get("Tags", [])},
        )

    def look(self, stack_id: str, place: Place) -> StackView:
        """The stack as it is now. Raises StackRefused if the engine does not know it."""
        with calls():
            cloudformation = self._cloudformation(place)
            stack = cloudformation.describe_stacks(StackName=stack_id)["Stacks"][0]
            phase = _phase(stack["StackStatus"])
            reason = ""
            if phase is Phase.FAILED:
                reason = _first_failure(cloudformation, stack_id) or stack.get("StackStatusReason", "")
            return StackView(
                phase=phase,
                status=stack["StackStatus"],
                reason=reason or stack["StackStatus"],
                outputs={
                    output["OutputKey"]: (output["OutputValue"], output.get("Description", ""))
                    for output in stack.get("Outputs", [])
                },
            )

    def _cloudformation(self, place: Place) -> Any:
        return self._endpoint.client("cloudformation", place.credentials, place.region)

    @contextlib.contextmanager
    def request(self, order: StackOrder, place: Place) -> Iterator[dict[str, Any]]:
        """The arguments of a call that makes stacks of an order; its template is stored while the block runs."""
        tags = {key: value for key, value in order.tags.items() if self._system_tags or not key.startswith("aws:")}
        with self.stored(order.template, place) as url:
            yield {
                "StackName": order.name,
                "Parameters": [
                    {"ParameterKey": key, "UsePreviousValue": True}
                    if value is None
                    else {"ParameterKey": key, "ParameterValue": value}
                    for key, value in order.parameters.items()
                ],
                "Tags": [{"Key": key, "Value": value} for key, value in tags.items()],
                "NotificationARNs": list(order.notification_arns),
                "Capabilities": _CAPABILITIES,
                "TemplateURL": url,
            }

    @contextlib.contextmanager
    def stored(self, template: str, place: Place) -> Iterator[str]:
        """The URL under which a template can be read while the block runs."""
        # AWS keeps templates in a bucket of the service, tagged so that launch roles may read them; here the
        # bucket belongs to the account of the stack and the object goes once the engine has read it.
        s3 = self._endpoint.client("s3", account_credentials(place.account), place.region)
        bucket = f"sc-templates-{place.account}-{place.region}"
        key = f"{secrets.token_hex(8)}.template"
        where = {} if place.region == "us-east-1" else {"LocationConstraint": place.region}
        with contextlib.suppress(s3.exceptions.BucketAlreadyOwnedByYou, s3.exceptions.BucketAlreadyExists):
            s3.create_bucket(Bucket=bucket, **({"CreateBucketConfiguration": where} if where else {}))
        s3.put_object(Bucket=bucket, Key=key, Body=template.encode(), Tagging="servicecatalog%3Aprovisioning=true")
        try:
            yield f"https://s3.amazonaws.com/{bucket}/{key}"
        finally:
            s3.delete_object(Bucket=bucket, Key=key)


@contextlib.contextmanager
def calls() -> Iterator[None]:
    """Let refusals of the engine become StackRefused."""
    try:
        yield
    except ClientError as error:
        metadata = error.response.get("ResponseMetadata", {})
        raise StackRefused(
            "AmazonCloudFormationException",
            f"{error_message(error)} (Service: AmazonCloudFormation; "
            f"Status Code: {metadata.get('HTTPStatusCode', 400)}; Error Code: {error_code(error)}; "
            f"Request ID: {metadata.get('RequestId', '')})",
        ) from error
    except BotoCoreError as error:
        raise StackRefused("InternalFailure", str(error)) from error


def _is_part(cloudformation: Any, stack_id: str) -> bool:
    """Whether a stack is a resource of another one, which the emulator does not say of the stack itself."""
    return any(
        resource.get("PhysicalResourceId") == stack_id
        for stacks in cloudformation.get_paginator("describe_stacks").paginate()
        for stack in stacks["Stacks"]
        for resources in cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack["StackId"])
        for resource in resources["StackResourceSummaries"]
    )


def _drawing_failure(described: Mapping[str, Any]) -> str | None:
    if described["Status"] != "FAILED":
        return None
    reason = str(described.get("StatusReason", ""))
    return _NO_UPDATES if reason.startswith(_NO_CHANGES) else reason


def _access_denied(role_arn: str) -> StackRefused:
    # The code and wording were not compared with the real service.
    return StackRefused("AccessDenied", f"Access denied while assuming the role {role_arn}")


def _phase(status: str) -> Phase:
    if status.endswith("_IN_PROGRESS"):
        return Phase.FAILING if "ROLLBACK" in status else Phase.RUNNING
    return Phase.DONE if status in ("CREATE_COMPLETE", "UPDATE_COMPLETE", "DELETE_COMPLETE") else Phase.FAILED


def _first_failure(cloudformation: Any, stack_id: str) -> str:
    """Why the latest operation failed: its oldest failed resource, which the later failures only follow."""
    reason = ""
    for page in cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack_id):
        for event in page["StackEvents"]:
            status = event["ResourceStatus"]
            about_stack = event.get("PhysicalResourceId") == stack_id
            if about_stack and status in ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS"):
                return reason
            if status.endswith("_FAILED") and not about_stack and event.get("ResourceStatusReason"):
                resource = f"{event['LogicalResourceId']} ({event.get('ResourceType', '')})"
                reason = f"{resource}: {event['ResourceStatusReason']}"
    return reason
