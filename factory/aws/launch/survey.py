"""What a place offers and what stands there, asked once however many launches are prepared from it."""

from __future__ import annotations

import threading
from collections.abc import Collection
from typing import Any

from factory.aws.launch.contracts import read_values
from factory.aws.launch.current import Current, listed
from factory.aws.launch.offers import LaunchPath, Offer, OfferedVersion, find_offer, list_products
from factory.aws.launch.stacks import Stack, find_stack
from factory.aws.paging import items
from factory.aws.session import Accounts
from factory.catalog.model import Place, ProductName

_ACCOUNT = {"Key": "Account", "Value": "self"}


class Survey:
    """One look at a place for all launches of a run. Safe to use from several threads.

    What is offered counts as it was when it was first asked for. Contract values are asked for again after `changed`.
    """

    def __init__(self, accounts: Accounts, place: Place) -> None:
        self.accounts = accounts
        self.place = place
        self._summaries: tuple[dict[str, Any], ...] | None = None
        self._offers: dict[ProductName, Offer] = {}
        self._described: dict[tuple[str, str, str], dict[str, Any]] = {}
        self._launched: dict[str, Current] = {}
        self._stacks: dict[str, Stack | None] = {}
        self._asked: set[str] = set()
        self._values: dict[str, str] | None = {}
        # Held while AWS is asked, so that launches that begin together don't all ask the same.
        self._catalog_lock = threading.Lock()
        self._values_lock = threading.Lock()

    @property
    def catalog(self) -> Any:
        """The client of Service Catalog at the place."""
        return self.accounts.in_place("servicecatalog", self.place)

    def offer(self, product: ProductName) -> Offer:
        """The product of that name. Raises LaunchError with the nearest name where it is not offered."""
        with self._catalog_lock:
            if self._summaries is None:
                self._summaries = list_products(self.catalog, self.place)
            if product not in self._offers:
                self._offers[product] = find_offer(self.catalog, self.place, product, self._summaries)
            return self._offers[product]

    def described(self, offer: Offer, version: OfferedVersion, path: LaunchPath) -> dict[str, Any]:
        """What DescribeProvisioningParameters tells of a version."""
        key = (offer.id, version.id, path.id)
        with self._catalog_lock:
            if key not in self._described:
                self._described[key] = self.catalog.describe_provisioning_parameters(
                    ProductId=offer.id, ProvisioningArtifactId=version.id, PathId=path.id
                )
            return self._described[key]

    def contract_values(self, names: Collection[str]) -> dict[str, str] | None:
        """The value of each of these SSM parameters that exists; none at all for a user who may not read them."""
        with self._values_lock:
            if self._values is not None and (new := set(names) - self._asked):
                found = read_values(self.accounts.in_place("ssm", self.place), new)
                self._values = None if found is None else self._values | found
                self._asked |= new
            if self._values is None:
                return None
            return {name: self._values[name] for name in names if name in self._values}

    def changed(self) -> None:
        """Take note that a launch was made or changed, and with it, perhaps, contract values."""
        with self._values_lock:
            self._asked.clear()
            if self._values is not None:
                self._values = {}

    # --- what stood there when it was looked at -----------------------------------------------------------------------

    def look(self) -> None:
        """See in one list what is launched: a launch that is as ordered needs no further question then."""
        found = items(self.catalog, "SearchProvisionedProducts", "ProvisionedProducts", AccessLevelFilter=_ACCOUNT)
        self._launched = {item["Name"]: listed(item) for item in found}

    def seen(self, name: str) -> Current | None:
        """The launch of that name as `look` saw it."""
        return self._launched.get(name)

    def stack(self, current: Current) -> Stack | None:
        """The stack of a launch that `look` saw, as it was when it was first asked for."""
        if current.stack and current.stack not in self._stacks:
            self._stacks[current.stack] = find_stack(
                self.accounts.in_place("cloudformation", self.place), current.stack
            )
        return self._stacks.get(current.stack or "")
