"""What ministack's AWS Organizations lacks or answers too kindly: operations by name, on the organization at hand.

Refusals have the codes and reasons of the AWS Organizations API Reference.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from factory.sandbox.emulator.organizations import records
from factory.sandbox.organization import OrganizationTree, Unit

Given = Mapping[str, Any]
Operation = Callable[[OrganizationTree, Given], dict[str, Any]]

_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"
# AWS Organizations User Guide, "Quotas and service limits": a root and five levels of units below it.
_LEVELS = 5
_SERVICE = re.compile(r"[\w-]+(\.[\w-]+)*\.amazonaws\.com")


class RefusedError(Exception):
    """An operation is refused with a code of AWS's, and the reason that some codes come with."""

    def __init__(self, code: str, message: str, reason: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.reason = reason


def _violation(reason: str, message: str) -> RefusedError:
    return RefusedError("ConstraintViolationException", message, reason)


def _account(tree: OrganizationTree, given: Given) -> str:
    account = str(given["AccountId"])
    if account not in tree.homes:
        raise RefusedError("AccountNotFoundException", "You specified an account that doesn't exist.")
    return account


def _parent(tree: OrganizationTree, identifier: str, code: str = "ParentNotFoundException") -> str:
    if identifier not in {tree.root, *(unit.id for unit in tree.units)}:
        raise RefusedError(code, "You specified a parent that doesn't exist.")
    return identifier


def _unit(tree: OrganizationTree, given: Given) -> Unit:
    found = next((unit for unit in tree.units if unit.id == given["OrganizationalUnitId"]), None)
    if found is None:
        message = "You specified an organizational unit that doesn't exist."
        raise RefusedError("OrganizationalUnitNotFoundException", message)
    return found


# --- the tree -----------------------------------------------------------------------------------------------------


def _list_accounts(tree: OrganizationTree, given: Given) -> dict[str, Any]:  # noqa: ARG001
    return {"Accounts": [_shown_account(tree, account) for account in tree.homes]}


def _list_accounts_for_parent(tree: OrganizationTree, given: Given) -> dict[str, Any]:
    parent = _parent(tree, given["ParentId"])
    return {"Accounts": [_shown_account(tree, account) for account, home in tree.homes.items() if home == parent]}


def _describe_account(tree: OrganizationTree, given: Given) -> dict[str, Any]:
    return {"Account": _shown_account(tree, _account(tree, given))}


def _list_units(tree: OrganizationTree, given: Given) -> dict[str, Any]:
    parent = _parent(tree, given["ParentId"])
    return {"OrganizationalUnits": [_shown_unit(tree, unit) for unit in tree.units if unit.parent == parent]}


def _describe_unit(tree: OrganizationTree, given: Given) -> dict[str, Any]:
    return {"OrganizationalUnit": _shown_unit(tree, _unit(tree, given))}


def _list_children(tree: OrganizationTree, given: Given) -> dict[str, Any]:
    parent, kind = _parent(tree, given["ParentId"]), given["ChildType"]
    if kind not in ("ACCOUNT", "ORGANIZATIONAL_UNIT"):
        raise RefusedError("InvalidInputException", "You specified an invalid value.", "INVALID_ENUM")
    accounts = [account for account, home in tree.homes.items() if home == parent]
    found = accounts if kind == "ACCOUNT" else [unit.id for unit in tree.units if unit.parent == parent]
    return {"Children": [{"Id": child, "Type": kind} for child in found]}


def _create_unit(tree: OrganizationTree, given: Given) -> dict[str, Any]:
    parent = _parent(tree, given["ParentId"])
    if len(tree.ancestors(parent)) >= _LEVELS:
        raise _violation("OU_DEPTH_LIMIT_EXCEEDED", "You have exceeded the depth of organizational units.")
    _refuse_namesake(tree, parent, given["Name"])
    tail = "".join(secrets.choice(_ALPHABET) for _ in range(8))
    unit = Unit(id=f"ou-{tree.root.removeprefix('r-')}-{tail}", name=given["Name"], parent=parent)
    records.add_unit(unit)
    records.tag(unit.id, given.get("Tags") or [])
    return {"OrganizationalUnit": _shown_unit(replace(tree, units=(*tree.units, unit)), unit)}


def _update_unit(tree: OrganizationTree, given: Given) -> dict[str, Any]:
    unit = _unit(tree, given)
    name = given.get("Name", unit.name)
    if name != unit.name:
        _refuse_namesake(tree, unit.parent, name)
    renamed = replace(unit, name=name)
    records.add_unit(renamed)
    return {"OrganizationalUnit": _shown_unit(tree, renamed)}


def _delete_unit(tree: OrganizationTree, given: Given) -> dict[str, Any]:
    unit = _unit(tree, given)
    if unit.id in {*tree.homes.values(), *(other.parent for other in tree.units)}:
        message = "The organizational unit still contains accounts or other units."
        raise RefusedError("OrganizationalUnitNotEmptyException", message)
    records.forget(unit.id)
    return {}


def _move_account(tree: OrganizationTree, given: Given) -> dict[str, Any]:
    account = _account(tree, given)
    source = _parent(tree, given["SourceParentId"], "SourceParentNotFoundException")
    destination = _parent(tree, given["DestinationParentId"], "DestinationParentNotFoundException")
    if tree.homes[account] != source:
        message = "The account isn't in the source that you specified."
        raise RefusedError("SourceParentNotFoundException", message)
    if source == destination:
        message = "The account is in the specified destination already."
        raise RefusedError("DuplicateAccountException", message)
    records.move(account, destination)
    return {}


def _close_account(tree: OrganizationTree, given: Given) -> dict[str, Any]:
    account = _account(tree, given)
    if account == tree.management_account:
        raise _violation("CANNOT_CLOSE_MANAGEMENT_ACCOUNT", "You can't close the management account.")
    if account in tree.closed:
        raise RefusedError("AccountAlreadyClosedException", "The account is closed already.")
    records.close(account)
    return {}


def _refuse_namesake(tree: OrganizationTree, parent: str, name: str) -> None:
    if any((unit.parent, unit.name) == (parent, name) for unit in tree.units):
        message = "An organizational unit with the same name already exists."
        raise RefusedError("DuplicateOrganizationalUnitException", message)


def _shown_account(tree: OrganizationTree, account: str) -> dict[str, Any]:
    record = records.account(account)
    state = "CLOSED" if account in tree.closed else "ACTIVE"
    return {**record, "State": state, "Paths": [_path(tree, account)]}


def _shown_unit(tree: OrganizationTree, unit: Unit) -> dict[str, Any]:
    return {**records.unit(unit.id), "Path": _path(tree, unit.id)}


def _path(tree: OrganizationTree, node: str) -> str:
    return "/".join((tree.id, *tree.ancestors(node), node, ""))


# --- members come and go ------------------------------------------------------------------------------------------


def _remove_account(tree: OrganizationTree, given: Given) -> dict[str, Any]:
    account = _account(tree, given)
    if account == tree.management_account:
        message = "The management account can't leave its organization."
        raise RefusedError("MasterCannotLeaveOrganizationException", message)
    if any(account == administrator for administrator, _ in tree.administrators):
        message = "The account is a delegated administrator."
        raise _violation("CANNOT_REMOVE_DELEGATED_ADMINISTRATOR_FROM_ORG", message)
    records.forget(account)
    return {}


def _delete_organization(tree: OrganizationTree, given: Given) -> dict[str, Any]:  # noqa: ARG001
    if len(tree.homes) > 1 or tree.units:
        raise RefusedError("OrganizationNotEmptyException", "The organization still has member accounts or units.")
    records.dissolve()
    return {}


# --- services -----------------------------------------------------------------------------------------------------


def _enable_service(tree: OrganizationTree, given: Given) -> dict[str, Any]:  # noqa: ARG001
    records.trusted().setdefault(_service(given), time.time())
    return {}


def _disable_service(tree: OrganizationTree, given: Given) -> dict[str, Any]:
    service = _service(given)
    if any(service == administered for _, administered in tree.administrators):
        message = "Deregister the service's delegated administrators first."
        raise _violation("DELEGATED_ADMINISTRATOR_EXISTS_FOR_THIS_SERVICE", message)
    records.trusted().pop(service, None)
    return {}


def _list_services(tree: OrganizationTree, given: Given) -> dict[str, Any]:  # noqa: ARG001
    enabled = records.trusted().items()
    return {"EnabledServicePrincipals": [{"ServicePrincipal": name, "DateEnabled": since} for name, since in enabled]}


def _register(tree: OrganizationTree, given: Given) -> dict[str, Any]:
    account, service = _account(tree, given), _service(given)
    if account == tree.management_account:
        message = "You can't register the management account as a delegated administrator."
        raise _violation("CANNOT_REGISTER_MASTER_AS_DELEGATED_ADMINISTRATOR", message)
    if account in tree.closed:
        message = "You can't register a closed account as a delegated administrator."
        raise _violation("CANNOT_REGISTER_SUSPENDED_ACCOUNT_AS_DELEGATED_ADMINISTRATOR", message)
    if service not in tree.trusted:
        raise _violation("SERVICE_ACCESS_NOT_ENABLED", "Enable trusted access for the service first.")
    if (account, service) in tree.administrators:
        message = "The account is a delegated administrator for this service already."
        raise RefusedError("AccountAlreadyRegisteredException", message)
    records.administrators().setdefault(account, {})[service] = time.time()
    return {}


def _deregister(tree: OrganizationTree, given: Given) -> dict[str, Any]:
    account, service = _account(tree, given), _service(given)
    if (account, service) not in tree.administrators:
        raise RefusedError("AccountNotRegisteredException", "The account is no delegated administrator.")
    del records.administrators()[account][service]
    return {}


def _list_administrators(tree: OrganizationTree, given: Given) -> dict[str, Any]:
    service = given.get("ServicePrincipal")
    found = {
        account: min(services.values())
        for account, services in records.administrators().items()
        if services and (service is None or service in services)
    }
    shown = [_shown_account(tree, account) | {"DelegationEnabledDate": since} for account, since in found.items()]
    return {"DelegatedAdministrators": shown}


def _list_delegated_services(tree: OrganizationTree, given: Given) -> dict[str, Any]:
    services = records.administrators().get(_account(tree, given))
    if not services:
        raise RefusedError("AccountNotRegisteredException", "The account is no delegated administrator.")
    found = [{"ServicePrincipal": name, "DelegationEnabledDate": since} for name, since in services.items()]
    return {"DelegatedServices": found}


def _service(given: Given) -> str:
    """A service principal. Which services integrate with Organizations is not checked."""
    service = str(given["ServicePrincipal"])
    if not _SERVICE.fullmatch(service):
        message = "You specified an unrecognized service principal."
        raise RefusedError("InvalidInputException", message, "UNRECOGNIZED_SERVICE_PRINCIPAL")
    return service


OPERATIONS: Mapping[str, Operation] = {
    "CloseAccount": _close_account,
    "CreateOrganizationalUnit": _create_unit,
    "DeleteOrganization": _delete_organization,
    "DeleteOrganizationalUnit": _delete_unit,
    "DeregisterDelegatedAdministrator": _deregister,
    "DescribeAccount": _describe_account,
    "DescribeOrganizationalUnit": _describe_unit,
    "DisableAWSServiceAccess": _disable_service,
    "EnableAWSServiceAccess": _enable_service,
    "ListAWSServiceAccessForOrganization": _list_services,
    "ListAccounts": _list_accounts,
    "ListAccountsForParent": _list_accounts_for_parent,
    "ListChildren": _list_children,
    "ListDelegatedAdministrators": _list_administrators,
    "ListDelegatedServicesForAccount": _list_delegated_services,
    "ListOrganizationalUnitsForParent": _list_units,
    "MoveAccount": _move_account,
    "RegisterDelegatedAdministrator": _register,
    "RemoveAccountFromOrganization": _remove_account,
    "UpdateOrganizationalUnit": _update_unit,
}
