"""The stack engine behind the catalog: launch credentials, stacks, and how they come along.

Everything the catalog asks of the engine goes through `Stacks`, so that another engine is another class.
"""

from __future__ import annotations

import contextlib
import enum
import fnmatch
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

# AWS CloudFormation User Guide, "CloudFormation quotas": what a request may hold; more must come from S3.
_MAX_INLINE_BYTES = 51_200
_SERVICE = "servicecatalog.amazonaws.com"
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
            if not _trusts(role["AssumeRolePolicyDocument"], launching_account):
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
        with self._calls(), self._body(template, place) as body:
            self._cloudformation(place).validate_template(**body)

    def create(self, order: StackOrder, place: Place) -> str:
        """Begin a stack and answer its id. Raises StackRefused."""
        with self._calls(), self._request(order, place) as request:
            return str(self._cloudformation(place).create_stack(**request)["StackId"])

    def update(self, order: StackOrder, place: Place) -> bool:
        """Begin to update a stack, and tell whether there is anything to change. Raises StackRefused."""
        with self._calls(), self._request(order, place) as request:
            try:
                self._cloudformation(place).update_stack(**request)
            except ClientError as error:
                # CloudFormation has no code of its own for this one.
                if error_message(error) != "No updates are to be performed.":
                    raise
                return False
            return True

    def delete(self, stack_id: str, place: Place) -> None:
        """Begin to delete a stack. Raises StackRefused."""
        with self._calls():
            self._cloudformation(place).delete_stack(StackName=stack_id)

    def look(self, stack_id: str, place: Place) -> StackView:
        """The stack as it is now. Raises StackRefused if the engine does not know it."""
        with self._calls():
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
    def _request(self, order: StackOrder, place: Place) -> Iterator[dict[str, Any]]:
        tags = {key: value for key, value in order.tags.items() if self._system_tags or not key.startswith("aws:")}
        with self._body(order.template, place) as body:
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
                **body,
            }

    @contextlib.contextmanager
    def _body(self, template: str, place: Place) -> Iterator[dict[str, str]]:
        if len(template.encode()) <= _MAX_INLINE_BYTES:
            yield {"TemplateBody": template}
            return
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
            yield {"TemplateURL": f"https://s3.amazonaws.com/{bucket}/{key}"}
        finally:
            s3.delete_object(Bucket=bucket, Key=key)

    @contextlib.contextmanager
    def _calls(self) -> Iterator[None]:
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


def _trusts(policy: Any, launching_account: str) -> bool:
    """Whether a trust policy lets the service in; a policy that is not even JSON arrives as text and does not."""
    return any(
        statement.get("Effect") == "Allow"
        and _SERVICE in _listed(_mapping(statement.get("Principal")).get("Service"))
        and any(fnmatch.fnmatchcase("sts:AssumeRole", str(action)) for action in _listed(statement.get("Action")))
        and _admits(_mapping(statement.get("Condition")), launching_account)
        for statement in map(_mapping, _listed(_mapping(policy).get("Statement")))
    )


def _admits(condition: Mapping[str, Any], launching_account: str) -> bool:
    """Whether a condition on aws:SourceAccount lets the account in; other condition keys are not looked at."""
    wanted = [
        accounts
        for operator in ("StringEquals", "StringLike")
        for key, accounts in _mapping(condition.get(operator)).items()
        if key.lower() == "aws:sourceaccount"
    ]
    return all(
        any(fnmatch.fnmatchcase(launching_account, str(account)) for account in _listed(accounts))
        for accounts in wanted
    )


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
