"""One stack of a stack set in one account and region: made, changed and deleted in the name of the execution role."""

from __future__ import annotations

import contextlib
import json
import secrets
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from factory.sandbox.emulator import Caller, Decision
from factory.sandbox.servicecatalog.endpoint import (
    Credentials,
    Endpoint,
    account_credentials,
    error_code,
    error_message,
)
from factory.sandbox.servicecatalog.trust import trusts
from factory.sandbox.stack_sets.state import Instance, Operation, PermissionModel, StackSet, Target

_GATE = "AWSCloudFormationStackSetAccountGate"
_NO_UPDATES = "No updates are to be performed."
# AWS CloudFormation User Guide, "CloudFormation quotas": what a request may hold; more must come from S3.
_MAX_INLINE_BYTES = 51_200
_CLOUDFORMATION = "cloudformation.amazonaws.com"


class DeploymentError(Exception):
    """The stack is not as it should be; the message is the reason that the instance shows."""


class AbandonedError(Exception):
    """The sandbox was reset while an operation was under way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """Stacks at the endpoint.

    `caller` gives the principal behind an access key, whose policies say what it may do. Stacks are looked at every
    `poll_seconds` until `abandoned`, which ends every call with AbandonedError.
    """

    endpoint: Endpoint
    caller: Callable[[str], Caller]
    poll_seconds: float
    abandoned: threading.Event

    def enter(self, stack_set: StackSet, operation: Operation, target: Target) -> Credentials:
        """Take on the execution role in a target account, by way of the administration role.

        With service-managed permissions AWS Organizations has made a role there that may do everything. Raises
        DeploymentError if a role is not there, does not trust the one before it, or may not assume the next one.
        """
        if stack_set.permission_model is PermissionModel.SERVICE_MANAGED:
            return account_credentials(target.account)
        administration, execution = operation.administration_role_arn, operation.execution_role_name
        refused = DeploymentError(
            f"Account {target.account} should have '{execution}' role with trust relationship to Role "
            f"'{administration.partition(':role/')[2]}'."
        )
        owner = account_credentials(stack_set.account)
        wanted = f"arn:aws:iam::{target.account}:role/{execution}"
        try:
            iam = self.endpoint.client("iam", owner, stack_set.region)
            role = iam.get_role(RoleName=administration.rpartition("/")[2])["Role"]
            if role["Arn"] != administration or not trusts(
                role["AssumeRolePolicyDocument"], stack_set.account, service=_CLOUDFORMATION
            ):
                raise refused
            administrator = self._assume(owner, administration, target.region)
            principal = self.caller(administrator.access_key)()
            if principal is not None:
                decision = principal.decide("sts:AssumeRole", wanted, exact=True, region=target.region, context={})
                if decision is not Decision.ALLOWED:
                    raise refused
            return self._assume(administrator, wanted, target.region)
        except (ClientError, BotoCoreError) as error:
            raise refused from error

    def gate(self, target: Target) -> tuple[str, str]:
        """Ask the target account's gate function, if it has one; its status and a reason.

        Source: AWS CloudFormation User Guide, "Configuring a target account gate in StackSets".
        """
        functions = self._client("lambda", account_credentials(target.account), target)
        try:
            functions.get_function(FunctionName=_GATE)
        except ClientError:
            arn = f"arn:aws:lambda:{target.region}:{target.account}:function:{_GATE}"
            return "SKIPPED", f"Function not found: {arn}"
        try:
            answered = json.loads(functions.invoke(FunctionName=_GATE, Payload=b"{}")["Payload"].read())
        except (ClientError, BotoCoreError, ValueError) as error:
            return "FAILED", str(error)
        succeeded = isinstance(answered, dict) and answered.get("Status") == "SUCCEEDED"
        return ("SUCCEEDED", "") if succeeded else ("FAILED", f"The account gate function answered {answered}")

    def create(
        self, stack_set: StackSet, instance: Instance, credentials: Credentials, made: Callable[[str], None]
    ) -> None:
        """Make the instance's stack, whose id `made` is told; one that fails is deleted. Raises DeploymentError."""
        target = Target(instance.account, instance.region)
        name = f"StackSet-{stack_set.name}-{uuid.uuid4()}"
        with self._refusals(), self._request(stack_set, instance, name) as request:
            cloudformation = self._client("cloudformation", credentials, target)
            stack_id = str(cloudformation.create_stack(**request, OnFailure="DELETE")["StackId"])
        made(stack_id)
        status = self._settled(stack_id, target, ("CREATE_COMPLETE", "DELETE_COMPLETE", "DELETE_FAILED"))
        if status != "CREATE_COMPLETE":
            raise DeploymentError(self._failure(stack_id, target, since="CREATE_IN_PROGRESS"))

    def update(self, stack_set: StackSet, instance: Instance, stack_id: str, credentials: Credentials) -> None:
        """Bring the instance's stack to what the stack set wants. Raises DeploymentError."""
        target = Target(instance.account, instance.region)
        try:
            with self._refusals(), self._request(stack_set, instance, stack_id) as request:
                self._client("cloudformation", credentials, target).update_stack(**request)
        except DeploymentError as refused:
            # CloudFormation has no code of its own for this one.
            if str(refused) == _NO_UPDATES:
                return
            raise
        ended = ("UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "UPDATE_ROLLBACK_FAILED")
        if self._settled(stack_id, target, ended) != "UPDATE_COMPLETE":
            raise DeploymentError(self._failure(stack_id, target, since="UPDATE_IN_PROGRESS"))

    def delete(self, stack_id: str, target: Target, credentials: Credentials) -> None:
        """Delete a stack. Raises DeploymentError if it is still there afterwards."""
        with self._refusals():
            self._client("cloudformation", credentials, target).delete_stack(StackName=stack_id)
        if self._settled(stack_id, target, ("DELETE_COMPLETE", "DELETE_FAILED")) != "DELETE_COMPLETE":
            raise DeploymentError(self._failure(stack_id, target, since="DELETE_IN_PROGRESS"))

    def exists(self, stack_id: str | None, target: Target) -> bool:
        """Whether a stack is there; nobody may have deleted it behind the stack set's back."""
        return stack_id is not None and self._status(stack_id, target) != "DELETE_COMPLETE"

    def _assume(self, credentials: Credentials, arn: str, region: str) -> Credentials:
        sts = self.endpoint.client("sts", credentials, region)
        given = sts.assume_role(RoleArn=arn, RoleSessionName=str(uuid.uuid4()))["Credentials"]
        return Credentials(
            access_key=given["AccessKeyId"],
            secret_key=given["SecretAccessKey"],
            session_token=given["SessionToken"],
        )

    def _client(self, service: str, credentials: Credentials, target: Target) -> Any:
        return self.endpoint.client(service, credentials, target.region)

    def _status(self, stack_id: str, target: Target) -> str:
        cloudformation = self._client("cloudformation", account_credentials(target.account), target)
        try:
            return str(cloudformation.describe_stacks(StackName=stack_id)["Stacks"][0]["StackStatus"])
        except ClientError:
            return "DELETE_COMPLETE"

    def _settled(self, stack_id: str, target: Target, ended: tuple[str, ...]) -> str:
        while not self.abandoned.wait(self.poll_seconds):
            status = self._status(stack_id, target)
            if status in ended:
                return status
        raise AbandonedError

    def _failure(self, stack_id: str, target: Target, *, since: str) -> str:
        """Why the latest operation failed: its oldest failed resource, which the later failures only follow."""
        cloudformation = self._client("cloudformation", account_credentials(target.account), target)
        reason = "The stack operation failed."
        pages = cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack_id)
        for event in (event for page in pages for event in page["StackEvents"]):
            if event.get("PhysicalResourceId") == stack_id:
                if event["ResourceStatus"] == since:
                    return reason
            elif event["ResourceStatus"].endswith("_FAILED") and event.get("ResourceStatusReason"):
                reason = (
                    f"ResourceLogicalId:{event['LogicalResourceId']}, ResourceType:{event['ResourceType']}, "
                    f"ResourceStatusReason:{event['ResourceStatusReason']}."
                )
        return reason

    @contextlib.contextmanager
    def _request(self, stack_set: StackSet, instance: Instance, name: str) -> Iterator[dict[str, Any]]:
        parameters: Mapping[str, str] = {**stack_set.parameters, **instance.overrides}
        with self._template(stack_set, Target(instance.account, instance.region)) as template:
            yield {
                "StackName": name,
                "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
                "Tags": [{"Key": key, "Value": value} for key, value in stack_set.tags.items()],
                "Capabilities": list(stack_set.capabilities),
                **template,
            }

    @contextlib.contextmanager
    def _template(self, stack_set: StackSet, target: Target) -> Iterator[dict[str, str]]:
        if len(stack_set.template.encode()) <= _MAX_INLINE_BYTES:
            yield {"TemplateBody": stack_set.template}
            return
        # AWS keeps large templates in a bucket of the service; here it is one of the account of the stack, and the
        # object goes once the engine has read it.
        s3 = self._client("s3", account_credentials(target.account), target)
        bucket = f"stackset-templates-{target.account}-{target.region}"
        key = f"{secrets.token_hex(8)}.template"
        where = (
            {} if target.region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": target.region}}
        )
        with contextlib.suppress(s3.exceptions.BucketAlreadyOwnedByYou, s3.exceptions.BucketAlreadyExists):
            s3.create_bucket(Bucket=bucket, **where)
        s3.put_object(Bucket=bucket, Key=key, Body=stack_set.template.encode())
        try:
            yield {"TemplateURL": f"https://s3.amazonaws.com/{bucket}/{key}"}
        finally:
            s3.delete_object(Bucket=bucket, Key=key)

    @contextlib.contextmanager
    def _refusals(self) -> Iterator[None]:
        try:
            yield
        except ClientError as error:
            said = error_message(error)
            raise DeploymentError(said or error_code(error)) from error
        except BotoCoreError as error:
            raise DeploymentError(str(error)) from error
