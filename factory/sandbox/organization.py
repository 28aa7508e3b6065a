"""An AWS organization as a value: as the sandbox founds it over its accounts, and as it is read back later."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from factory.catalog.environments import Environment, EnvironmentClass, Hub

_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"

_PRODUCTION = (EnvironmentClass.PROD, EnvironmentClass.DR)

WORKLOADS = "Workloads"
PRODUCTION, OTHERS = "Prod", "NonProd"
"""The units that accounts are in unless the manifests say otherwise, both inside of `Workloads`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """An organizational unit; its parent is the root or another unit."""

    id: str
    name: str
    parent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationTree:
    """An organization: its units, and where each of its accounts is.

    `homes` gives the root or the unit that an account is in. `trusted` are the service principals that have trusted
    access, `administrators` the delegated administrators: account and service principal.
    """

    id: str
    root: str
    management_account: str
    units: tuple[Unit, ...]
    homes: Mapping[str, str]
    closed: tuple[str, ...] = field(default=())
    trusted: tuple[str, ...] = field(default=())
    administrators: tuple[tuple[str, str], ...] = field(default=())

    def accounts_under(self, node: str, *, closed: bool = False) -> frozenset[str]:
        """The open accounts of the organization, of its root, of a unit and all in it, or the account of that id.

        With `closed` it is the closed ones. The management account is left out: services don't reach into it in the
        organization's name. Raises LookupError for a node that the organization does not have.
        """
        if node == self.id:
            node = self.root
        if node not in {self.root, *self.homes, *(unit.id for unit in self.units)}:
            raise LookupError(node)
        there = {node, *self._units_under(node)}
        found = {account for account, home in self.homes.items() if home in there or account == node}
        return frozenset(
            account for account in found if account != self.management_account and (account in self.closed) == closed
        )

    def administers(self, account: str, service: str) -> bool:
        """Whether the account manages the organization, or administers it for a service principal."""
        return account == self.management_account or (account, service) in self.administrators

    def ancestors(self, node: str) -> tuple[str, ...]:
        """The units above a unit or account, from the root on downwards."""
        parents = {unit.id: unit.parent for unit in self.units} | dict(self.homes)
        above: list[str] = []
        while node in parents:
            node = parents[node]
            above.insert(0, node)
        return tuple(above)

    def document(self) -> dict[str, Any]:
        """What a user has to know to write manifests: ids, and each unit's accounts and path of names."""
        names = {unit.id: unit.name for unit in self.units}
        units = [
            {
                "id": unit.id,
                "path": "/".join([*(names[above] for above in self.ancestors(unit.id)[1:]), unit.name]),
                "accounts": sorted(account for account, home in self.homes.items() if home == unit.id),
            }
            for unit in self.units
        ]
        return {
            "id": self.id,
            "management-account": self.management_account,
            "root": self.root,
            "units": sorted(units, key=lambda unit: str(unit["path"])),
        }

    def _units_under(self, node: str) -> Iterator[str]:
        for unit in self.units:
            if unit.parent == node:
                yield unit.id
                yield from self._units_under(unit.id)


def founded(management_account: str, homes: Mapping[str, str], identifier: str | None = None) -> OrganizationTree:
    """An organization whose ids depend on nothing but what is given here.

    `homes` gives for each account the id of a unit (`ou-…`), which then is in the root, or one of `PRODUCTION` and
    `OTHERS`. `identifier` is the organization's id if it has to be a certain one. Units with ids of their own begin
    with the id of the root, which therefore follows from the first of them.
    """
    named = sorted({home for home in homes.values() if home.startswith("ou-")})
    tail = named[0].split("-")[1] if named else _text(4, management_account, "root")
    root = f"r-{tail}"
    workloads, production, others = (
        f"ou-{tail}-{_text(8, management_account, name)}" for name in (WORKLOADS, PRODUCTION, OTHERS)
    )
    own = {PRODUCTION: production, OTHERS: others}
    return OrganizationTree(
        id=identifier or f"o-{_text(10, management_account)}",
        root=root,
        management_account=management_account,
        units=(
            Unit(id=workloads, name=WORKLOADS, parent=root),
            Unit(id=production, name=PRODUCTION, parent=workloads),
            Unit(id=others, name=OTHERS, parent=workloads),
            *(Unit(id=home, name=home, parent=root) for home in named),
        ),
        homes={management_account: root} | {account: own.get(home, home) for account, home in homes.items()},
    )


def founded_for(hub: Hub, environments: Iterable[Environment]) -> OrganizationTree:
    """The organization of the manifests' accounts, which the hub manages.

    An account is in the unit that its environments name, else in the one for production if the class of the first of
    them is prod or dr. The hub's is in the root unless a unit is named.
    """
    homes: dict[str, str] = {}
    for environment in environments:
        home = PRODUCTION if environment.sizing in _PRODUCTION else OTHERS
        if environment.account != hub.account:
            homes.setdefault(environment.account, home)
        if environment.organizational_unit:
            homes[environment.account] = environment.organizational_unit
    return founded(hub.account, homes, hub.organization)


def founded_over(accounts: Mapping[str, str]) -> OrganizationTree:
    """An organization that the account named `hub` manages; the others are in its unit for non-production."""
    hub = accounts["hub"]
    return founded(hub, {account: OTHERS for account in accounts.values() if account != hub})


def read(document: Mapping[str, Any]) -> OrganizationTree:
    """The organization that `dataclasses.asdict` made a document of."""
    return OrganizationTree(
        **{
            **document,
            "units": tuple(Unit(**unit) for unit in document["units"]),
            "closed": tuple(document["closed"]),
            "trusted": tuple(document["trusted"]),
            "administrators": tuple((account, service) for account, service in document["administrators"]),
        }
    )


def _text(length: int, *parts: str) -> str:
    digest = hashlib.sha256("/".join(parts).encode()).digest()
    return "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in digest[:length])
