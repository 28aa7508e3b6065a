"""The organization of an account, as far as shares need it, asked of the emulator's AWS Organizations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from factory.sandbox.servicecatalog.endpoint import account_credentials
from factory.sandbox.servicecatalog.errors import not_found, not_supported
from factory.sandbox.servicecatalog.request import Request


class Organization:
    """The organization whose management account asks. Raises OperationNotSupportedException for other accounts."""

    def __init__(self, request: Request) -> None:
        self._client = request.endpoint.client(
            "organizations", account_credentials(request.account), request.region.name
        )
        try:
            organization = self._client.describe_organization()["Organization"]
        except ClientError as error:
            raise not_supported("The account is not in an organization.") from error
        if organization["MasterAccountId"] != request.account:
            raise not_supported("Only the management account of an organization may do this.")
        self.id: str = organization["Id"]
        self._management_account = request.account

    def accounts_under(self, node: str) -> frozenset[str]:
        """The active accounts of the whole organization, of an organizational unit and all in it, or the account.

        The management account is left out: it is the one that shares. Raises ResourceNotFoundException.
        """
        try:
            return frozenset(self._under(node)) - {self._management_account}
        except ClientError as error:
            raise not_found(f"Organization node {node} does not exist.") from error

    def _under(self, node: str) -> Iterator[str]:
        if node.startswith("o-"):
            if node != self.id:
                raise not_found(f"Organization node {node} does not exist.")
            for root in self._all("list_roots", "Roots"):
                yield from self._below(root["Id"])
        elif node.startswith("ou-"):
            self._client.describe_organizational_unit(OrganizationalUnitId=node)
            yield from self._below(node)
        else:
            yield from _active([self._client.describe_account(AccountId=node)["Account"]])

    def _below(self, parent: str) -> Iterator[str]:
        yield from _active(self._all("list_accounts_for_parent", "Accounts", ParentId=parent))
        for unit in self._all("list_organizational_units_for_parent", "OrganizationalUnits", ParentId=parent):
            yield from self._below(unit["Id"])

    def _all(self, operation: str, member: str, **parameters: str) -> list[dict[str, Any]]:
        pages = self._client.get_paginator(operation).paginate(**parameters)
        return [item for page in pages for item in page[member]]


def _active(accounts: list[dict[str, Any]]) -> list[str]:
    return [account["Id"] for account in accounts if account["Status"] == "ACTIVE"]
