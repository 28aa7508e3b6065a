"""The hub in its organization: who manages it, and which services have trusted access to it."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from factory.aws.bootstrap.steps import Outcome, TrustStep
from factory.aws.bootstrap.targets import Target
from factory.aws.errors import NOT_SUPPORTED, code_of, translated
from factory.aws.session import Accounts
from factory.catalog.model import AccountId
from factory.planning.health.facts import Trusted

CATALOG = Trusted.CATALOG
STACK_SETS = Trusted.STACK_SETS

_NO_ORGANIZATION = "AWSOrganizationsNotInUseException"
_PRINCIPALS = {
    CATALOG: "servicecatalog.amazonaws.com",
    STACK_SETS: "member.org.stacksets.cloudformation.amazonaws.com",
}
_ENABLING = {
    CATALOG: "aws servicecatalog enable-aws-organizations-access",
    STACK_SETS: "aws cloudformation activate-organizations-access",
}


def caller(accounts: Accounts, hub: Target) -> str:
    """What CloudFormation calls the hub: SELF where it manages the organization, else DELEGATED_ADMIN."""
    return "SELF" if _manager(accounts, hub) == accounts.hub.account else "DELEGATED_ADMIN"


def catalog_access(accounts: Accounts, hub: Target) -> TrustStep:
    """Trusted access of Service Catalog, which shares in the organization need."""
    catalog = hub.client(accounts, "servicecatalog")
    with translated(hub.place):
        try:
            status = catalog.get_aws_organizations_access_status()["AccessStatus"]
        except ClientError as error:
            if code_of(error) != NOT_SUPPORTED:
                raise
            # Only the management account and delegated administrators may ask.
            status = ""
    return _step(accounts, hub, CATALOG, is_enabled=status == "ENABLED", may_ask=bool(status))


def stack_set_access(accounts: Accounts, hub: Target) -> TrustStep:
    """Trusted access of StackSets, which stack sets to organizational units need."""
    cloudformation = hub.client(accounts, "cloudformation")
    with translated(hub.place):
        try:
            status = cloudformation.describe_organizations_access(CallAs=caller(accounts, hub))["Status"]
        except ClientError as error:
            if code_of(error) not in ("InvalidOperationException", "ValidationError"):
                raise
            status = ""
    return _step(accounts, hub, STACK_SETS, is_enabled=status == "ENABLED", may_ask=bool(status))


def grant(accounts: Accounts, step: TrustStep) -> None:
    """Switch trusted access on. Only for the management account."""
    if step.service == CATALOG:
        step.target.client(accounts, "servicecatalog").enable_aws_organizations_access()
    else:
        step.target.client(accounts, "cloudformation").activate_organizations_access()


def _step(accounts: Accounts, hub: Target, service: Trusted, *, is_enabled: bool, may_ask: bool) -> TrustStep:
    if is_enabled:
        return TrustStep(service=service, target=hub, outcome=Outcome.UNCHANGED)
    manager = _manager(accounts, hub)
    if manager == accounts.hub.account:
        return TrustStep(service=service, target=hub, outcome=Outcome.UPDATED)
    commands = [_ENABLING[service]]
    if not may_ask:
        commands.append(
            f"aws organizations register-delegated-administrator --account-id {accounts.hub.account} "
            f"--service-principal {_PRINCIPALS[service]}"
        )
    where = f"account {manager}" if manager else "the management account of an organization that the hub is in"
    told = tuple(f"in {where}: {command}" for command in commands)
    return TrustStep(service=service, target=hub, outcome=Outcome.ELSEWHERE, commands=told)


def _manager(accounts: Accounts, hub: Target) -> AccountId | None:
    client: Any = hub.client(accounts, "organizations")
    with translated(hub.place):
        try:
            return AccountId(client.describe_organization()["Organization"]["MasterAccountId"])
        except ClientError as error:
            if code_of(error) != _NO_ORGANIZATION:
                raise
            return None
