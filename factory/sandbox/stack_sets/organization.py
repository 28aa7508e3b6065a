"""The organization as service-managed stack sets need it: who may administer them, and which accounts they reach."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from factory.sandbox.stack_sets.errors import invalid
from factory.sandbox.stack_sets.state import State

# AWS Organizations User Guide, "AWS CloudFormation StackSets and AWS Organizations".
SERVICE = "member.org.stacksets.cloudformation.amazonaws.com"


class Tree(Protocol):
    """An organization. `trusted` are the service principals that have trusted access to it."""

    @property
    def management_account(self) -> str: ...
    @property
    def trusted(self) -> tuple[str, ...]: ...

    def accounts_under(self, node: str, *, closed: bool = False) -> frozenset[str]:
        """The open, or closed, accounts under a root or unit but the management account. Raises LookupError."""

    def administers(self, account: str, service: str) -> bool:
        """Whether an account manages the organization, or administers it for a service."""


Organization = Callable[[str], Tree | None]
"""Gives the organization that an account is in, as it is now; None for an account that is in none."""


def owner(organization: Organization, account: str, call_as: str | None) -> str:
    """The account whose stack sets a request is about. Raises ValidationError for a delegated administrator's if none.

    What a delegated administrator makes belongs to the management account.
    """
    if call_as != "DELEGATED_ADMIN":
        return account
    tree = organization(account)
    if tree is None or account == tree.management_account or not tree.administers(account, SERVICE):
        raise _no_administrator()
    return tree.management_account


def administered(organization: Organization, state: State, owning_account: str) -> Tree:
    """The organization in which the account has service-managed stack sets.

    Raises ValidationError unless the account manages it and has let stack sets into it.
    """
    tree = organization(owning_account)
    if tree is None or tree.management_account != owning_account:
        raise _no_administrator()
    if owning_account not in state.organizations_access or SERVICE not in tree.trusted:
        raise invalid("You must enable organizations access to operate a service managed stack set")
    return tree


def targets(tree: Tree, given: Mapping[str, Any]) -> dict[str, str]:
    """The accounts that deployment targets come to, and the root or unit for whose sake each is among them.

    Raises ValidationError where they contradict themselves or name what is not there. Source: API Reference,
    DeploymentTargets.
    """
    units: list[str] = given.get("OrganizationalUnitIds", [])
    named = set(given.get("Accounts", []))
    kind = given.get("AccountFilterType", "NONE")
    if "AccountsUrl" in given:
        raise invalid("AccountsUrl is not supported by the sandbox; name the accounts")
    if not units:
        raise invalid("OrganizationalUnitIds are required")
    if bool(named) == (kind == "NONE"):
        raise invalid("AccountFilterType and Accounts have to be given together")
    found: dict[str, str] = {}
    for unit in units:
        try:
            found |= {account: unit for account in sorted(tree.accounts_under(unit)) if account not in found}
        except LookupError as error:
            raise invalid(f"{unit} is no root or organizational unit of the organization") from error
    if kind == "INTERSECTION":
        return {account: unit for account, unit in found.items() if account in named}
    if kind == "DIFFERENCE":
        return {account: unit for account, unit in found.items() if account not in named}
    return found | dict.fromkeys(sorted(named - found.keys()), units[0])


def _no_administrator() -> Exception:
    return invalid(
        "You must be the management account or delegated admin account of an organization before operating a "
        "SERVICE_MANAGED stack set"
    )
