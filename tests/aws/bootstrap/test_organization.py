"""Trusted access where the hub manages the organization, administers it for a service, or does neither."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError

from factory.aws.bootstrap import organization
from factory.aws.bootstrap.steps import Outcome, TrustStep
from factory.aws.bootstrap.targets import HUB, Target
from factory.aws.session import Accounts
from factory.catalog.environments import Hub
from factory.catalog.model import AccountId, Region
from factory.errors import CatalogError

HUB_ACCOUNT, MANAGER = AccountId("111111111111"), AccountId("999999999999")
TARGET = Target(owner=HUB, account=HUB_ACCOUNT, region=Region("us-east-1"), first=True)


class Organization(Accounts):
    """A hub whose calls about its organization are answered with these: a status, or the code of a refusal."""

    def __init__(self, manager: AccountId | str, status: str) -> None:
        super().__init__(Hub(account=HUB_ACCOUNT), [])
        self.manager, self.status = manager, status
        self.granted: list[str] = []

    def in_hub(self, service: str, region: Region) -> Any:  # noqa: ARG002 - one client answers for all
        return self

    def describe_organization(self) -> dict[str, Any]:
        return {"Organization": {"MasterAccountId": self._or_refused("DescribeOrganization", self.manager)}}

    def get_aws_organizations_access_status(self) -> dict[str, Any]:
        return {"AccessStatus": self._or_refused("GetAWSOrganizationsAccessStatus", self.status)}

    def describe_organizations_access(self, **_: str) -> dict[str, Any]:
        return {"Status": self._or_refused("DescribeOrganizationsAccess", self.status)}

    def enable_aws_organizations_access(self) -> None:
        self.granted.append("catalog")

    def activate_organizations_access(self) -> None:
        self.granted.append("stack sets")

    @staticmethod
    def _or_refused(operation: str, answer: str) -> str:
        if answer.endswith("Exception") or answer.endswith("Error"):
            raise ClientError({"Error": {"Code": answer, "Message": ""}}, operation)
        return answer


@dataclass(frozen=True, kw_only=True)
class Case:
    """Who manages, what AWS answers, and what is to be done about it."""

    manager: str
    status: str
    outcome: Outcome
    commands: tuple[str, ...] = field(default=())


IN_MANAGER = f"in account {MANAGER}: aws"
CATALOG = (f"{IN_MANAGER} servicecatalog enable-aws-organizations-access",)
DELEGATE = f"{IN_MANAGER} organizations register-delegated-administrator --account-id {HUB_ACCOUNT} --service-principal"


@pytest.mark.parametrize(
    "case",
    [
        Case(manager=HUB_ACCOUNT, status="ENABLED", outcome=Outcome.UNCHANGED),
        Case(manager=HUB_ACCOUNT, status="DISABLED", outcome=Outcome.UPDATED),
        Case(manager=MANAGER, status="ENABLED", outcome=Outcome.UNCHANGED),
        Case(manager=MANAGER, status="DISABLED", outcome=Outcome.ELSEWHERE, commands=CATALOG),
        Case(
            manager=MANAGER,
            status="OperationNotSupportedException",
            outcome=Outcome.ELSEWHERE,
            commands=(*CATALOG, f"{DELEGATE} servicecatalog.amazonaws.com"),
        ),
        Case(
            manager="AWSOrganizationsNotInUseException",
            status="OperationNotSupportedException",
            outcome=Outcome.ELSEWHERE,
            commands=tuple(
                command.replace(f"account {MANAGER}", "the management account of an organization that the hub is in")
                for command in (*CATALOG, f"{DELEGATE} servicecatalog.amazonaws.com")
            ),
        ),
    ],
    ids=["manages, on", "manages, off", "administers, on", "administers, off", "neither", "no organization"],
)
def test_sharing_in_the_organization(case: Case) -> None:
    step = organization.catalog_access(Organization(case.manager, case.status), TARGET)
    assert (step.outcome, step.commands) == (case.outcome, case.commands)


@pytest.mark.parametrize(
    ("manager", "status", "outcome", "caller"),
    [
        (HUB_ACCOUNT, "DISABLED", Outcome.UPDATED, "SELF"),
        (MANAGER, "ENABLED", Outcome.UNCHANGED, "DELEGATED_ADMIN"),
        (MANAGER, "InvalidOperationException", Outcome.ELSEWHERE, "DELEGATED_ADMIN"),
        (MANAGER, "ValidationError", Outcome.ELSEWHERE, "DELEGATED_ADMIN"),
    ],
)
def test_stack_sets_in_the_organization(manager: str, status: str, outcome: Outcome, caller: str) -> None:
    accounts = Organization(manager, status)
    step = organization.stack_set_access(accounts, TARGET)
    assert step.outcome is outcome
    assert organization.caller(accounts, TARGET) == caller
    if outcome is Outcome.ELSEWHERE:
        assert step.commands[-1] == f"{DELEGATE} member.org.stacksets.cloudformation.amazonaws.com"


def test_another_refusal_is_an_error() -> None:
    with pytest.raises(CatalogError, match="AWS refused GetAWSOrganizationsAccessStatus: AccessDeniedException"):
        organization.catalog_access(Organization(HUB_ACCOUNT, "AccessDeniedException"), TARGET)


@pytest.mark.parametrize(
    ("service", "granted"), [(organization.CATALOG, "catalog"), (organization.STACK_SETS, "stack sets")]
)
def test_trusted_access_is_switched_on(service: str, granted: str) -> None:
    accounts = Organization(HUB_ACCOUNT, "DISABLED")
    organization.grant(accounts, TrustStep(service=service, target=TARGET, outcome=Outcome.UPDATED))
    assert accounts.granted == [granted]
