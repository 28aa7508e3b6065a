"""The rollout of a stack set: what it asks for, what it tells of each account, and how it ends where one fails."""

from __future__ import annotations

from typing import Any

import pytest

from factory.aws.bootstrap.kinds import Setup
from factory.aws.bootstrap.stack_sets import roll_out
from factory.aws.bootstrap.steps import Outcome, StackSetStep, State
from factory.aws.bootstrap.targets import HUB, Target
from factory.aws.session import Accounts
from factory.catalog.environments import Hub
from factory.catalog.model import AccountId, Region
from factory.errors import LaunchError

HUB_ACCOUNT = AccountId("111111111111")
DEV, TEST, PROD = (AccountId(digit * 12) for digit in "236")
EAST, WEST = Region("us-east-1"), Region("us-west-2")


class StackSets(Accounts):
    """A hub whose CloudFormation notes what it is asked for, and gives each account of an operation these results."""

    def __init__(self, failing: dict[str, str], ends: str = "SUCCEEDED") -> None:
        super().__init__(Hub(account=HUB_ACCOUNT), [])
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self._failing, self._ends = failing, ends
        self._states: list[str] = []

    def in_hub(self, service: str, region: Region) -> Any:  # noqa: ARG002 - one client answers for all
        return self

    def create_stack_set(self, **given: Any) -> None:
        self.asked.append(("CreateStackSet", given))

    def update_stack_set(self, **given: Any) -> dict[str, str]:
        self.asked.append(("UpdateStackSet", given))
        return self._begun(())

    def create_stack_instances(self, **given: Any) -> dict[str, str]:
        self.asked.append(("CreateStackInstances", given))
        return self._begun(given["DeploymentTargets"]["Accounts"])

    def describe_stack_set_operation(self, **_: Any) -> dict[str, Any]:
        return {"StackSetOperation": {"Status": self._states.pop(0)}}

    def get_paginator(self, _: str) -> StackSets:
        return self

    def paginate(self, **_: Any) -> list[dict[str, Any]]:
        return [{"Summaries": [self._result(account)]} for account in self._accounts]

    def _begun(self, accounts: Any) -> dict[str, str]:
        self._accounts = accounts
        self._states = ["QUEUED", "RUNNING", self._ends]
        return {"OperationId": "operation"}

    def _result(self, account: str) -> dict[str, str]:
        if account in self._failing:
            return {"Account": account, "Region": EAST, "Status": "FAILED", "StatusReason": self._failing[account]}
        return {"Account": account, "Region": EAST, "Status": "SUCCEEDED"}


def step(before: State | None) -> StackSetStep:
    return StackSetStep(
        stack="factory-launch-roles",
        target=Target(owner=HUB, account=HUB_ACCOUNT, region=EAST, first=True),
        body='{"Resources": {}}',
        parameters={"HubAccount": HUB_ACCOUNT},
        before=before,
        caller="DELEGATED_ADMIN",
        units=("ou-ab12-1a2b3c4d",),
        missing=((EAST, (DEV, TEST)), (WEST, (PROD,))),
    )


def rolled_out(accounts: StackSets, wanted: StackSetStep) -> list[str]:
    told: list[str] = []
    setup = Setup(accounts=accounts, roles=lambda _: "")
    roll_out(setup, wanted, 0.0, told.append)
    return told


def test_it_reaches_the_accounts_of_the_units_and_no_others() -> None:
    accounts = StackSets({})
    told = rolled_out(accounts, step(None))
    (made, created), *instances = accounts.asked
    assert made == "CreateStackSet"
    assert (created["PermissionModel"], created["AutoDeployment"]) == ("SERVICE_MANAGED", {"Enabled": False})
    assert [(given["Regions"], given["DeploymentTargets"]) for _, given in instances] == [
        (
            [region],
            {"OrganizationalUnitIds": ["ou-ab12-1a2b3c4d"], "Accounts": there, "AccountFilterType": "INTERSECTION"},
        )
        for region, there in ((EAST, [DEV, TEST]), (WEST, [PROD]))
    ]
    assert {given["CallAs"] for _, given in accounts.asked} == {"DELEGATED_ADMIN"}
    assert told == [f"account {account} in us-east-1: SUCCEEDED" for account in (DEV, TEST, PROD)]


def test_another_template_reaches_those_that_have_it_first() -> None:
    accounts = StackSets({})
    before = State(template={"Resources": {"Old": {"Type": "AWS::SNS::Topic"}}}, parameters={"HubAccount": HUB_ACCOUNT})
    assert step(before).outcome is Outcome.UPDATED
    rolled_out(accounts, step(before))
    operations = ["UpdateStackSet", "CreateStackInstances", "CreateStackInstances"]
    assert [operation for operation, _ in accounts.asked] == operations
    assert "PermissionModel" not in accounts.asked[0][1]


def test_the_same_template_is_not_sent_again() -> None:
    accounts = StackSets({})
    rolled_out(accounts, step(step(None).after))
    assert [operation for operation, _ in accounts.asked] == ["CreateStackInstances", "CreateStackInstances"]


def test_all_accounts_are_tried_before_it_fails() -> None:
    accounts = StackSets({TEST: "the role exists"})
    with pytest.raises(LaunchError) as failed:
        rolled_out(accounts, step(None))
    assert str(failed.value.message).splitlines()[1:] == [
        f"  account {TEST} in us-east-1: FAILED: the role exists",
    ]
    assert [given["Regions"] for name, given in accounts.asked if name == "CreateStackInstances"] == [[EAST], [WEST]]


def test_an_operation_that_was_stopped_has_failed() -> None:
    with pytest.raises(LaunchError, match="operation operation ended as STOPPED"):
        rolled_out(StackSets({}, ends="STOPPED"), step(None))
