"""The organization of an account, as far as Service Catalog needs it."""

from __future__ import annotations

from collections.abc import Callable

from factory.sandbox.organization import OrganizationTree
from factory.sandbox.servicecatalog.errors import not_found, not_supported
from factory.sandbox.servicecatalog.request import Request

SERVICE = "servicecatalog.amazonaws.com"

OrganizationOf = Callable[[str], OrganizationTree | None]
"""Gives the organization that an account is in, as it is now."""


class Organization:
    """The organization that the caller's account manages, or administers for Service Catalog.

    Raises OperationNotSupportedException for any other account.
    """

    def __init__(self, request: Request) -> None:
        tree = request.organization_of(request.account)
        if tree is None:
            raise not_supported("The account is not in an organization.")
        if not tree.administers(request.account, SERVICE):
            raise not_supported(
                "Only the management account of an organization or a delegated administrator may do this."
            )
        self.tree = tree
        self._account = request.account

    @property
    def id(self) -> str:
        """The organization's id."""
        return self.tree.id

    @property
    def trusted(self) -> bool:
        """Whether Service Catalog has trusted access to the organization."""
        return SERVICE in self.tree.trusted

    def require_management(self) -> None:
        """Raise OperationNotSupportedException unless it is the management account that asks."""
        if self._account != self.tree.management_account:
            raise not_supported("Only the management account of an organization may do this.")

    def accounts_under(self, node: str, *, closed: bool = False) -> frozenset[str]:
        """The open accounts of the whole organization, of an organizational unit and all in it, or the account.

        With `closed` it is the closed ones. The management account is left out, and the one that asks: it has what
        it shares. Raises ResourceNotFoundException.
        """
        try:
            return self.tree.accounts_under(node, closed=closed) - {self._account}
        except LookupError as error:
            raise not_found(f"Organization node {node} does not exist.") from error
