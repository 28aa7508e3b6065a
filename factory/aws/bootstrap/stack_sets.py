"""Launch roles as a stack set with service-managed permissions: looked at, rolled out, and taken away."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from factory.aws.bootstrap import organization, stacks
from factory.aws.bootstrap.kinds import LAUNCH_ROLES, Setup
from factory.aws.bootstrap.steps import RemovalStep, StackSetStep, State
from factory.aws.bootstrap.targets import HUB, Target, targets
from factory.aws.errors import code_of, translated
from factory.catalog.model import AccountId, EnvironmentName, Region
from factory.errors import LaunchError

Tell = Callable[[str], None]

CURRENT = "CURRENT"
"""The status of an account that has the stack set as it is."""

# Where there is none of that name, and where the hub has no right to have one.
_NONE = frozenset({"StackSetNotFoundException", "ValidationError"})
_GOING_ON = frozenset({"RUNNING", "QUEUED", "STOPPING"})
_SECONDS = 3_600
# Every account is tried, whatever becomes of the others: each has its own result to show.
_PREFERENCES = {"FailureTolerancePercentage": 100, "MaxConcurrentPercentage": 100}


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """What an account has of the stack set."""

    status: str
    """CURRENT, or that of an account where the last operation did not succeed."""
    stack_id: str
    """Empty where it got no stack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed:
    """The stack set as it is."""

    caller: str
    """What CloudFormation calls the hub: SELF or DELEGATED_ADMIN."""
    state: State | None
    """None where it is not there yet."""
    instances: Mapping[AccountId, Instance]

    @property
    def current(self) -> Mapping[AccountId, Instance]:
        """The accounts that have it as it is."""
        return {account: item for account, item in self.instances.items() if item.status == CURRENT}


def read(setup: Setup, hub: Target) -> Deployed:
    """The stack set as it is, and in which accounts."""
    with translated(hub.place):
        caller = organization.caller(setup.accounts, hub)
        client = hub.client(setup.accounts, "cloudformation")
        state = _state(client, caller)
        return Deployed(
            caller=caller, state=state, instances=dict(_instances(client, caller)) if state is not None else {}
        )


def look(setup: Setup, hub: Target, deployed: Deployed, template: str, chosen: Iterable[AccountId]) -> StackSetStep:
    """The stack set as it is to be, and the chosen accounts that have no current stack of it.

    Raises LaunchError where one of them has the roles from a stack of its own.
    """
    before = deployed.state
    wanted = set(chosen)
    missing: dict[Region, list[AccountId]] = defaultdict(list)
    for target in members(setup):
        if target.account in wanted - deployed.current.keys():
            _refuse_own_stack(setup, target)
            missing[target.region].append(target.account)
    return StackSetStep(
        stack=LAUNCH_ROLES.name,
        target=hub,
        body=template,
        parameters=stacks.wanted_parameters(
            template, before.parameters if before else {}, LAUNCH_ROLES.parameters(setup, hub)
        ),
        before=before,
        caller=deployed.caller,
        units=_units(setup, [account for found in missing.values() for account in found]),
        missing=tuple((region, tuple(found)) for region, found in missing.items()),
    )


def roll_out(setup: Setup, step: StackSetStep, poll_seconds: float, tell: Tell) -> None:
    """Make or change the stack set, and bring it to accounts. Raises LaunchError where it fails in any of them."""
    client = step.target.client(setup.accounts, "cloudformation")
    given = {
        "StackSetName": step.stack,
        **stacks.source(setup.accounts, step.target.region, step.body),
        "Parameters": stacks.given(step.parameters),
        "Capabilities": ["CAPABILITY_NAMED_IAM"],
        "CallAs": step.caller,
    }
    service_managed = {"PermissionModel": "SERVICE_MANAGED", "AutoDeployment": {"Enabled": False}}
    run = _Operations(client, step.stack, step.caller, poll_seconds, tell)
    if step.before is None:
        client.create_stack_set(**given, **service_managed, Description="Launch roles of the product factory")
    elif step.differs:
        run.wait(client.update_stack_set(**given, OperationPreferences=_PREFERENCES)["OperationId"])
    for region, found in step.missing:
        begun = client.create_stack_instances(
            StackSetName=step.stack,
            DeploymentTargets=_targets(step.units, found),
            Regions=[region],
            OperationPreferences=_PREFERENCES,
            CallAs=step.caller,
        )
        run.wait(begun["OperationId"])
    run.conclude()


def look_for_removal(setup: Setup, hub: Target, chosen: Iterable[AccountId] | None) -> RemovalStep | None:
    """The stack set, or its stacks in the chosen accounts, as something to take down; None where there is nothing."""
    deployed = read(setup, hub)
    if deployed.state is None:
        return None
    there = set(deployed.instances)
    going = there if chosen is None else there & set(chosen)
    by_region: dict[Region, list[AccountId]] = defaultdict(list)
    for target in members(setup):
        if target.account in going:
            by_region[target.region].append(target.account)
    if chosen is not None and not by_region:
        return None
    return RemovalStep(
        stack=LAUNCH_ROLES.name,
        target=hub,
        resources=(),
        caller=deployed.caller,
        instances=tuple((region, tuple(found)) for region, found in by_region.items()),
        units=_units(setup, sorted(going)),
    )


def take_away(setup: Setup, step: RemovalStep, poll_seconds: float, tell: Tell) -> None:
    """Delete stacks of the stack set, and once it has none left, itself."""
    client = step.target.client(setup.accounts, "cloudformation")
    run = _Operations(client, step.stack, step.caller, poll_seconds, tell)
    for region, found in step.instances:
        begun = client.delete_stack_instances(
            StackSetName=step.stack,
            DeploymentTargets=_targets(step.units, found),
            Regions=[region],
            RetainStacks=False,
            OperationPreferences=_PREFERENCES,
            CallAs=step.caller,
        )
        run.wait(begun["OperationId"])
    run.conclude()
    if not list(_instances(client, step.caller)):
        client.delete_stack_set(StackSetName=step.stack, CallAs=step.caller)


class _Operations:
    """Waits for operations of a stack set, and tells what each came to in every account."""

    def __init__(self, client: Any, stack_set: str, caller: str, poll_seconds: float, tell: Tell) -> None:
        self._client = client
        self._named = {"StackSetName": stack_set, "CallAs": caller}
        self._poll_seconds = poll_seconds
        self._tell = tell
        self._problems: list[str] = []

    def wait(self, operation: str) -> None:
        """Wait for an operation. Raises LaunchError where it has not ended after an hour."""
        asked = {**self._named, "OperationId": operation}
        deadline = time.monotonic() + _SECONDS
        while (status := self._status(asked)) in _GOING_ON:
            if time.monotonic() > deadline:
                raise LaunchError(
                    f"stack set {self._named['StackSetName']}: operation {operation} has not ended yet",
                    hint="it goes on by itself: run factory bootstrap again later",
                )
            time.sleep(self._poll_seconds)
        pages = self._client.get_paginator("list_stack_set_operation_results").paginate(**asked)
        for item in (item for page in pages for item in page["Summaries"]):
            told = f"account {item['Account']} in {item['Region']}: {item['Status']}"
            if item["Status"] != "SUCCEEDED":
                told = f"{told}: {item.get('StatusReason', 'CloudFormation gives no reason')}"
                self._problems.append(told)
            self._tell(told)
        if status != "SUCCEEDED" and not self._problems:
            self._problems.append(f"operation {operation} ended as {status}")

    def conclude(self) -> None:
        """Raise LaunchError where an operation did not succeed in every account."""
        if self._problems:
            raise LaunchError(
                "\n  ".join([f"stack set {self._named['StackSetName']} failed:", *self._problems]),
                hint="mend the cause and run factory bootstrap again",
            )

    def _status(self, asked: Mapping[str, str]) -> str:
        return str(self._client.describe_stack_set_operation(**asked)["StackSetOperation"]["Status"])


def members(setup: Setup) -> Iterator[Target]:
    """Where the stack set brings the roles: every account but that of the hub."""
    return (target for target in targets(setup.accounts) if target.first and target.owner != HUB)


def _units(setup: Setup, accounts: Iterable[AccountId]) -> tuple[str, ...]:
    wanted = set(accounts)
    environments = setup.accounts.environments.values()
    return tuple(sorted({str(item.organizational_unit) for item in environments if item.account in wanted}))


def _targets(units: Iterable[str], accounts: Iterable[AccountId]) -> Mapping[str, Any]:
    """The accounts, and no others of their units (API reference, DeploymentTargets)."""
    return {
        "OrganizationalUnitIds": list(units),
        "Accounts": list(accounts),
        "AccountFilterType": "INTERSECTION",
    }


def _state(client: Any, caller: str) -> State | None:
    try:
        found = client.describe_stack_set(StackSetName=LAUNCH_ROLES.name, CallAs=caller)["StackSet"]
    except ClientError as error:
        if code_of(error) in _NONE:
            return None
        raise
    parameters = {item["ParameterKey"]: item["ParameterValue"] for item in found.get("Parameters", [])}
    return State(template=stacks.data(found["TemplateBody"]), parameters=parameters)


def _instances(client: Any, caller: str) -> Iterator[tuple[AccountId, Instance]]:
    pages = client.get_paginator("list_stack_instances").paginate(StackSetName=LAUNCH_ROLES.name, CallAs=caller)
    for item in (item for page in pages for item in page["Summaries"]):
        yield AccountId(item["Account"]), Instance(status=item["Status"], stack_id=item.get("StackId", ""))


def _refuse_own_stack(setup: Setup, target: Target) -> None:
    with translated(target.place):
        client = setup.accounts.in_environment("cloudformation", EnvironmentName(target.owner), target.region)
        if stacks.find(client, LAUNCH_ROLES.name) is not None:
            raise LaunchError(
                f"{target.place}: it has the launch roles from a stack of its own, {LAUNCH_ROLES.name}, "
                "and can't get roles of the same names from a stack set",
                hint="move the stack into the stack set: aws cloudformation import-stacks-to-stack-set",
            )
