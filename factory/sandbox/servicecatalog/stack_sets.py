"""Stack sets behind the catalog: what is asked of CloudFormation for a launch in several accounts and regions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

from factory.sandbox.servicecatalog.endpoint import Endpoint
from factory.sandbox.servicecatalog.stacks import Phase, Place, StackOrder, Stacks, calls

# Everything that can be deleted is, and what can't be is told all at once.
_WHATEVER_FAILS = {"FailureTolerancePercentage": 100, "MaxConcurrentPercentage": 100}
_TO_CFN = {
    "StackSetFailureToleranceCount": "FailureToleranceCount",
    "StackSetFailureTolerancePercentage": "FailureTolerancePercentage",
    "StackSetMaxConcurrencyCount": "MaxConcurrentCount",
    "StackSetMaxConcurrencyPercentage": "MaxConcurrentPercentage",
}
_PHASES = {"SUCCEEDED": Phase.DONE, "FAILED": Phase.FAILED, "STOPPED": Phase.FAILED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """The accounts and regions of a request, and how it is to go through them (CloudFormation's own words)."""

    accounts: tuple[str, ...]
    regions: tuple[str, ...]
    preferences: Mapping[str, int]

    @classmethod
    def of(cls, accounts: tuple[str, ...], regions: tuple[str, ...], given: Mapping[str, Any]) -> Reach:
        """Read the preferences of a request to Service Catalog."""
        return cls(
            accounts=accounts,
            regions=regions,
            preferences={_TO_CFN[name]: value for name, value in given.items() if name in _TO_CFN},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class StackSetOrder:
    """What a stack set is to be made of; `whole` says that the request is about all instances that it has."""

    stack: StackOrder
    administration_role_arn: str
    execution_role_name: str
    reach: Reach
    whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationView:
    """An operation on a stack set as it is now; `reason` says why it failed somewhere."""

    phase: Phase
    failed: bool
    reason: str


class InstanceView(NamedTuple):
    """A stack instance as Service Catalog shows it."""

    account: str
    region: str
    status: str


class StackSets:
    """CloudFormation's stack sets at the endpoint; refusals are raised as StackRefused."""

    def __init__(self, endpoint: Endpoint, stacks: Stacks) -> None:
        self._endpoint = endpoint
        self._stacks = stacks

    def create(self, order: StackSetOrder, place: Place) -> str:
        """Make a stack set without instances, and give its ARN."""
        with calls(), self._request(order, place) as request:
            client = self._client(place)
            client.create_stack_set(**request)
            return str(client.describe_stack_set(StackSetName=order.stack.name)["StackSet"]["StackSetARN"])

    def update(self, order: StackSetOrder, place: Place) -> str:
        """Begin to update a stack set and its instances, and give the operation's id."""
        some = {} if order.whole else {"Accounts": list(order.reach.accounts), "Regions": list(order.reach.regions)}
        with calls(), self._request(order, place) as request:
            preferences = {**order.reach.preferences, "RegionOrder": list(order.reach.regions)}
            answer = self._client(place).update_stack_set(**request, **some, OperationPreferences=preferences)
            return str(answer["OperationId"])

    def create_instances(self, name: str, reach: Reach, place: Place) -> str:
        """Begin to make instances, and give the operation's id."""
        with calls():
            return str(self._client(place).create_stack_instances(StackSetName=name, **_reach(reach))["OperationId"])

    def delete_instances(self, name: str, reach: Reach, place: Place) -> str:
        """Begin to delete instances with their stacks, and give the operation's id."""
        with calls():
            answer = self._client(place).delete_stack_instances(StackSetName=name, RetainStacks=False, **_reach(reach))
            return str(answer["OperationId"])

    def delete_all_instances(self, name: str, place: Place) -> str | None:
        """Begin to delete every instance, and give the operation's id; None where there is none."""
        there = self.instances(name, place)
        if not there:
            return None
        accounts, regions = ({item[index]: None for item in there} for index in (0, 1))
        return self.delete_instances(
            name, Reach(accounts=tuple(accounts), regions=tuple(regions), preferences=_WHATEVER_FAILS), place
        )

    def delete(self, name: str, place: Place) -> None:
        """Delete a stack set that has no instances any more."""
        with calls():
            self._client(place).delete_stack_set(StackSetName=name)

    def look(self, name: str, operation_id: str, place: Place) -> OperationView:
        """An operation as it is now."""
        client = self._client(place)
        with calls():
            found = client.describe_stack_set_operation(StackSetName=name, OperationId=operation_id)
            pages = client.get_paginator("list_stack_set_operation_results").paginate(
                StackSetName=name, OperationId=operation_id
            )
            failures = [
                f"{item['Account']} in {item['Region']}: {item.get('StatusReason', '')}"
                for page in pages
                for item in page["Summaries"]
                if item["Status"] == "FAILED"
            ]
        status = found["StackSetOperation"]["Status"]
        return OperationView(
            phase=_PHASES.get(status, Phase.FAILING if failures else Phase.RUNNING),
            failed=bool(failures),
            reason="; ".join(failures) or f"The operation {operation_id} is {status}.",
        )

    def instances(self, name: str, place: Place) -> list[InstanceView]:
        """The stack set's instances."""
        with calls():
            pages = self._client(place).get_paginator("list_stack_instances").paginate(StackSetName=name)
            return [
                InstanceView(item["Account"], item["Region"], item["Status"])
                for page in pages
                for item in page["Summaries"]
            ]

    def _client(self, place: Place) -> Any:
        return self._endpoint.client("cloudformation", place.credentials, place.region)

    @contextmanager
    def _request(self, order: StackSetOrder, place: Place) -> Iterator[dict[str, Any]]:
        # Stack sets notify nobody.
        with self._stacks.request(order.stack, place) as request:
            yield {
                **{name: value for name, value in request.items() if name not in ("StackName", "NotificationARNs")},
                "StackSetName": order.stack.name,
                "AdministrationRoleARN": order.administration_role_arn,
                "ExecutionRoleName": order.execution_role_name,
            }


def _reach(reach: Reach) -> dict[str, Any]:
    return {
        "Accounts": list(reach.accounts),
        "Regions": list(reach.regions),
        "OperationPreferences": {**reach.preferences, "RegionOrder": list(reach.regions)},
    }
