"""ministack's records of organizations: looked into as a value, and founded from one.

It keeps the records of an organization under its management account. What it has no record for is kept beside its own,
so that it is reset, saved and restored with them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from factory.sandbox.organization import OrganizationTree, Unit

_SELF, _TRUSTED, _ADMINISTRATORS = "self", "trusted", "administrators"
# Organizations is a global service, whose records do not depend on a region.
_REGION = "us-east-1"


@contextmanager
def inside(account: str) -> Iterator[None]:
    """Work on the records that are kept under an account."""
    from ministack.core.responses import request_scope

    with request_scope(account, _REGION):
        yield


def manager_of(account: str) -> str | None:
    """The management account of the organization that an account is in, itself perhaps; None if it is in none."""
    from ministack.services import organizations

    managers = [scope for scope, key in list(organizations._orgs._data) if key == _SELF]
    return next((item for item in managers if organizations._accounts.contains_scoped(item, None, account)), None)


def tree_of(account: str) -> OrganizationTree | None:
    """The organization that an account is in."""
    from ministack.services import organizations

    manager = manager_of(account)
    if manager is None:
        return None
    with inside(manager):
        accounts = organizations._accounts.items()
        return OrganizationTree(
            id=organizations._orgs[_SELF]["Id"],
            root=next(iter(organizations._roots)),
            management_account=manager,
            units=tuple(
                Unit(id=key, name=unit["Name"], parent=unit["_ParentId"]) for key, unit in organizations._ous.items()
            ),
            homes={key: record["_ParentId"] for key, record in accounts},
            closed=tuple(key for key, record in accounts if record["Status"] != "ACTIVE"),
            trusted=tuple(trusted()),
            administrators=tuple((key, service) for key, found in administrators().items() for service in found),
        )


def found(tree: OrganizationTree, names: Mapping[str, str]) -> None:
    """Make an organization as ministack makes one, but under other ids. `names` are the accounts' names by id."""
    from ministack.services import organizations

    with inside(tree.management_account):
        organizations._ensure_org()
        given = {organizations._orgs[_SELF]["Id"]: tree.id, next(iter(organizations._roots)): tree.root}
        for store in (organizations._orgs, organizations._roots, organizations._accounts, organizations._attachments):
            for key, record in store.items():
                del store[key]
                store[given.get(key, key)] = _renamed(record, given)
        for unit in tree.units:
            add_unit(unit)
        for account, home in tree.homes.items():
            manages = account == tree.management_account
            add_account(account, names.get(account, account), home, joined="INVITED" if manages else "CREATED")


def add_unit(unit: Unit) -> None:
    """Record an organizational unit of the organization at hand."""
    from ministack.services import organizations

    organizations._ous[unit.id] = {
        "Id": unit.id,
        "Arn": _arn("ou", unit.id),
        "Name": unit.name,
        "_ParentId": unit.parent,
    }
    _attach_full_access(unit.id)


def add_account(account: str, name: str, home: str, *, joined: str) -> None:
    """Record an account of the organization at hand."""
    from ministack.services import organizations

    founder = organizations._accounts[organizations._orgs[_SELF]["MasterAccountId"]]
    organizations._accounts[account] = {
        **founder,
        "Id": account,
        "Arn": _arn("account", account),
        "Email": f"{account}@example.com",
        "Name": name,
        "JoinedMethod": joined,
        "_ParentId": home,
    }
    _attach_full_access(account)


def account(identifier: str) -> dict[str, Any]:
    """An account of the organization at hand, as AWS shows it."""
    from ministack.services import organizations

    return {key: value for key, value in organizations._accounts[identifier].items() if key != "Path" and key[0] != "_"}


def unit(identifier: str) -> dict[str, Any]:
    """An organizational unit of the organization at hand, as AWS shows it."""
    from ministack.services import organizations

    return {key: value for key, value in organizations._ous[identifier].items() if key[0] != "_"}


def move(identifier: str, home: str) -> None:
    """Put an account of the organization at hand into its root or another unit."""
    _change(identifier, _ParentId=home)


def close(identifier: str) -> None:
    """Close an account of the organization at hand. AWS takes minutes for it, and calls that PENDING_CLOSURE."""
    _change(identifier, Status="SUSPENDED")


def tag(node: str, tags: Iterable[Mapping[str, str]]) -> None:
    """Give a node of the organization at hand these tags."""
    from ministack.services import organizations

    organizations._tags[node] = {item["Key"]: item["Value"] for item in tags}


def forget(node: str) -> None:
    """Drop an account or unit of the organization at hand, and what is attached to it."""
    from ministack.services import organizations

    for store in (organizations._accounts, organizations._ous, organizations._tags):
        store.pop(node, None)
    for policy, targets in organizations._attachments.items():
        organizations._attachments[policy] = [target for target in targets if target != node]


def dissolve() -> None:
    """Drop the organization at hand."""
    from ministack.services import organizations

    stores = ("_orgs", "_accounts", "_ous", "_roots", "_tags", "_policies", "_attachments", "_create_statuses")
    for name in stores:
        store = getattr(organizations, name)
        for key in store.keys():  # noqa: SIM118 - the store is no dict: its iterator is alive while it changes
            del store[key]


def trusted() -> dict[str, float]:
    """The services with trusted access to the organization at hand, and since when; to be changed in place."""
    return _beside(_TRUSTED)


def administrators() -> dict[str, dict[str, float]]:
    """Its delegated administrators: by account the services, and since when; to be changed in place."""
    return _beside(_ADMINISTRATORS)


def _change(identifier: str, **changes: str) -> None:
    from ministack.services import organizations

    organizations._accounts[identifier] = {**organizations._accounts[identifier], **changes}


def _beside(key: str) -> dict[str, Any]:
    from ministack.services import organizations

    kept: dict[str, Any] = organizations._orgs.setdefault(key, {})
    return kept


def _arn(kind: str, identifier: str) -> str:
    from ministack.services import organizations

    organization = organizations._orgs[_SELF]
    return f"arn:aws:organizations::{organization['MasterAccountId']}:{kind}/{organization['Id']}/{identifier}"


def _attach_full_access(node: str) -> None:
    """Every unit and account begins with the policy that allows everything (Organizations User Guide, "SCPs")."""
    from ministack.services import organizations

    policy = organizations.FULL_ACCESS_POLICY_ID
    targets = organizations._attachments.get(policy) or []
    organizations._attachments[policy] = [*(target for target in targets if target != node), node]


def _renamed(record: Any, given: Mapping[str, str]) -> Any:
    text = json.dumps(record)
    for old, new in given.items():
        text = text.replace(old, new)
    return json.loads(text)
