"""Service-managed stack sets: who may have them, which accounts they reach, and how they follow the organization."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from factory.sandbox.servicecatalog.errors import ServiceError
from factory.sandbox.stack_sets.organization import SERVICE, administered, owner, targets
from factory.sandbox.stack_sets.service import StackSets
from factory.sandbox.stack_sets.state import State

MANAGEMENT, DELEGATED, FIRST, SECOND = (digit * 12 for digit in "1234")
UNIT, OTHER_UNIT = "ou-abcd-11111111", "ou-abcd-22222222"
TEMPLATE = '{"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}'


@dataclass(slots=True)
class Organization:
    """An organization of two units, with trusted access and a delegated administrator."""

    management_account: str = MANAGEMENT
    trusted: tuple[str, ...] = (SERVICE,)
    units: dict[str, set[str]] = field(default_factory=lambda: {UNIT: {FIRST}, OTHER_UNIT: {SECOND}})

    def accounts_under(self, node: str, *, closed: bool = False) -> frozenset[str]:
        if node not in self.units:
            raise LookupError(node)
        return frozenset() if closed else frozenset(self.units[node])

    def administers(self, account: str, service: str) -> bool:
        return account in (MANAGEMENT, DELEGATED) and service == SERVICE


@pytest.fixture
def organization() -> Organization:
    return Organization()


@pytest.fixture
def stack_sets(organization: Organization) -> StackSets:
    """Stack sets at no endpoint, into which the organization has let them: operations begin, and fail or end there."""
    made = StackSets(
        endpoint_url="http://127.0.0.1:1",
        identify=lambda key: (key, f"arn:aws:iam::{key}:root"),
        caller=lambda _: lambda: None,
        parse=lambda _: {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}},
        organization=lambda _: organization,
    )
    made.state.organizations_access.add(MANAGEMENT)
    return made


def ask(stack_sets: StackSets, operation: str, *, account: str = MANAGEMENT, **given: Any) -> dict[str, Any]:
    return dict(stack_sets.handle(operation, given, account, "us-east-1"))


def create(stack_sets: StackSets, account: str = MANAGEMENT, **given: Any) -> None:
    ask(
        stack_sets,
        "CreateStackSet",
        account=account,
        StackSetName="topics",
        TemplateBody=TEMPLATE,
        PermissionModel="SERVICE_MANAGED",
        **given,
    )


def test_only_the_management_account_and_delegated_administrators_have_them(organization: Organization) -> None:
    assert owner(lambda _: organization, MANAGEMENT, None) == MANAGEMENT
    assert owner(lambda _: organization, DELEGATED, "DELEGATED_ADMIN") == MANAGEMENT
    for account, call_as in ((MANAGEMENT, "DELEGATED_ADMIN"), (FIRST, "DELEGATED_ADMIN")):
        with pytest.raises(ServiceError, match="You must be the management account or delegated admin"):
            owner(lambda _: organization, account, call_as)
    with pytest.raises(ServiceError, match="You must be the management account or delegated admin"):
        administered(lambda _: organization, State(), FIRST)


def test_trusted_access_takes_the_activation_and_the_organizations_consent(organization: Organization) -> None:
    activated = State(organizations_access={MANAGEMENT})
    assert administered(lambda _: organization, activated, MANAGEMENT) is organization

    for state, trusted in ((State(), (SERVICE,)), (activated, ())):
        organization.trusted = trusted
        with pytest.raises(ServiceError, match="You must enable organizations access"):
            administered(lambda _: organization, state, MANAGEMENT)


@pytest.mark.parametrize(
    ("given", "accounts"),
    [
        ({}, {FIRST: UNIT}),
        ({"OrganizationalUnitIds": [UNIT, OTHER_UNIT]}, {FIRST: UNIT, SECOND: OTHER_UNIT}),
        ({"AccountFilterType": "INTERSECTION", "Accounts": [SECOND]}, {}),
        ({"AccountFilterType": "DIFFERENCE", "Accounts": [FIRST]}, {}),
        ({"AccountFilterType": "UNION", "Accounts": [SECOND]}, {FIRST: UNIT, SECOND: UNIT}),
    ],
)
def test_units_come_to_accounts(organization: Organization, given: dict[str, Any], accounts: dict[str, str]) -> None:
    assert targets(organization, {"OrganizationalUnitIds": [UNIT], **given}) == accounts


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"OrganizationalUnitIds": ["ou-abcd-33333333"]},
        {"OrganizationalUnitIds": [UNIT], "Accounts": [FIRST]},
        {"OrganizationalUnitIds": [UNIT], "AccountFilterType": "UNION"},
        {"OrganizationalUnitIds": [UNIT], "AccountsUrl": "s3://bucket/accounts"},
    ],
)
def test_targets_that_mean_nothing_are_refused(organization: Organization, given: dict[str, Any]) -> None:
    with pytest.raises(ServiceError) as error:
        targets(organization, given)
    assert error.value.code == "ValidationError"


@pytest.mark.parametrize(
    "given",
    [
        {"AdministrationRoleARN": f"arn:aws:iam::{MANAGEMENT}:role/administrator"},
        {"ExecutionRoleName": "executor"},
        {"AutoDeployment": {"Enabled": False, "RetainStacksOnAccountRemoval": True}},
    ],
)
def test_roles_and_half_an_automatic_deployment_are_refused(stack_sets: StackSets, given: dict[str, Any]) -> None:
    with pytest.raises(ServiceError) as error:
        create(stack_sets, **given)
    assert error.value.code == "ValidationError"


def test_what_a_delegated_administrator_makes_is_the_management_accounts(stack_sets: StackSets) -> None:
    create(stack_sets, account=DELEGATED, CallAs="DELEGATED_ADMIN")

    (mine,) = ask(stack_sets, "ListStackSets")["Summaries"]
    (theirs,) = ask(stack_sets, "ListStackSets", account=DELEGATED, CallAs="DELEGATED_ADMIN")["Summaries"]
    assert mine == theirs
    assert ask(stack_sets, "ListStackSets", account=DELEGATED)["Summaries"] == []


def test_instances_follow_who_comes_and_goes(stack_sets: StackSets, organization: Organization) -> None:
    create(stack_sets, AutoDeployment={"Enabled": True, "RetainStacksOnAccountRemoval": True})
    with pytest.raises(ServiceError, match="DeploymentTargets, and not Accounts"):
        ask(stack_sets, "CreateStackInstances", StackSetName="topics", Accounts=[FIRST], Regions=["us-east-1"])
    ask(
        stack_sets,
        "CreateStackInstances",
        StackSetName="topics",
        DeploymentTargets={"OrganizationalUnitIds": [UNIT]},
        Regions=["us-east-1"],
    )

    stack_sets.follow(FIRST)
    assert len(ask(stack_sets, "ListStackSetOperations", StackSetName="topics")["Summaries"]) == 1
    organization.units = {UNIT: {SECOND}, OTHER_UNIT: {FIRST}}
    stack_sets.follow(FIRST)

    operations = ask(stack_sets, "ListStackSetOperations", StackSetName="topics")["Summaries"]
    assert [item["Action"] for item in operations] == ["CREATE", "DELETE", "CREATE"]
    described = ask(stack_sets, "DescribeStackSet", StackSetName="topics")["StackSet"]
    assert described["OrganizationalUnitIds"] == [UNIT]
    second = ask(
        stack_sets,
        "DescribeStackInstance",
        StackSetName="topics",
        StackInstanceAccount=SECOND,
        StackInstanceRegion="us-east-1",
    )["StackInstance"]
    assert second["OrganizationalUnitId"] == UNIT
    stack_sets.reset()
