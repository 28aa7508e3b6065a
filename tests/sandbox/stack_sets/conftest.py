"""An administrator's account and two targets in the sandbox, of which only the first trusts the administrator."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from factory.sandbox.clients import Clients

ADMINISTRATION = "AWSCloudFormationStackSetAdministrationRole"
EXECUTION = "AWSCloudFormationStackSetExecutionRole"
REGIONS = ("us-east-1", "eu-west-1")
TEMPLATE: dict[str, Any] = {
    "Parameters": {"Name": {"Type": "String", "Default": "topic"}},
    "Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": {"Ref": "Name"}}}},
}


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Three accounts, and what tests need in them again and again."""

    clients: Clients
    administrator: str
    trusting: str
    other: str

    def client(self, service: str, account: str | None = None, region: str = REGIONS[0]) -> Any:
        """A client in an account, the administrator's unless it is named."""
        return self.clients.get(service, account=account or self.administrator, region=region)

    @property
    def cloudformation(self) -> Any:
        """The administrator's CloudFormation."""
        return self.client("cloudformation")

    def role(self, account: str, name: str, principal: Mapping[str, str], *actions: str) -> str:
        """A role, by its ARN."""
        iam = self.client("iam", account)
        trust = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
        arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=_policy(trust))["Role"]["Arn"]
        allowed = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
        iam.put_role_policy(RoleName=name, PolicyName="may", PolicyDocument=_policy(allowed))
        return str(arn)

    def execution_role(self, account: str, *actions: str) -> None:
        """The execution role that trusts the administration role."""
        administration = f"arn:aws:iam::{self.administrator}:role/{ADMINISTRATION}"
        self.role(account, EXECUTION, {"AWS": administration}, *actions)

    def stack_set(self, name: str = "topics", template: Mapping[str, Any] = TEMPLATE, **given: Any) -> str:
        """A stack set of that name, by its id."""
        made = self.cloudformation.create_stack_set(StackSetName=name, TemplateBody=json.dumps(template), **given)
        return str(made["StackSetId"])

    def settled(self, begun: Mapping[str, str], name: str = "topics") -> str:
        """The status of an operation once it is over."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            found = self.cloudformation.describe_stack_set_operation(
                StackSetName=name, OperationId=begun["OperationId"]
            )["StackSetOperation"]
            if found["Status"] not in ("RUNNING", "STOPPING", "QUEUED"):
                assert found["EndTimestamp"] >= found["CreationTimestamp"]
                return str(found["Status"])
            time.sleep(0.02)
        raise TimeoutError(found["Status"])

    def created(self, name: str = "topics", **given: Any) -> str:
        """Create instances, and wait for the operation's status."""
        wanted = {"Accounts": [self.trusting], "Regions": [REGIONS[0]], **given}
        return self.settled(self.cloudformation.create_stack_instances(StackSetName=name, **wanted), name)

    def instances(self, name: str = "topics") -> dict[tuple[str, str], dict[str, Any]]:
        """A stack set's instances by account and region."""
        found = self.cloudformation.list_stack_instances(StackSetName=name)["Summaries"]
        return {(item["Account"], item["Region"]): item for item in found}

    def stacks(self, account: str, region: str = REGIONS[0]) -> list[dict[str, Any]]:
        """The stacks that are in an account."""
        found = self.client("cloudformation", account, region).describe_stacks()["Stacks"]
        return [stack for stack in found if stack["StackStatus"] != "DELETE_COMPLETE"]


@pytest.fixture
def scene(clients: Clients, _unused_accounts: Iterator[str]) -> Scene:
    """Three accounts; the roles of the first two are as AWS names them."""
    accounts = [next(_unused_accounts) for _ in range(3)]
    made = Scene(clients=clients, administrator=accounts[0], trusting=accounts[1], other=accounts[2])
    made.role(made.administrator, ADMINISTRATION, {"Service": "cloudformation.amazonaws.com"}, "sts:AssumeRole")
    made.execution_role(made.trusting, "*")
    return made


def _policy(statement: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
