"""What launch roles are made from: older templates in the hub, and what the roles in the accounts were made from."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from factory.aws.artifacts import ArtifactStore
from factory.aws.bootstrap.targets import Target, targets
from factory.aws.errors import code_of, translated
from factory.aws.session import Accounts
from factory.catalog.model import AccountId, ProductName, Region, VersionName
from factory.synthesis.launch_roles import LEDGER, ledger
from factory.synthesis.reading import template_data


def published(
    accounts: Accounts, versions: Iterable[tuple[ProductName, VersionName]], regions: Collection[Region] | None = None
) -> dict[ProductName, list[dict[str, Any]]]:
    """The templates of these versions by product, in the order of their names; a version nobody published has none.

    `regions` are those of the hub that have an artifact bucket: all of them unless given.
    """
    if regions is None:
        regions = [region for environment in accounts.environments.values() for region in environment.regions]
    store = ArtifactStore(accounts, regions)
    found: dict[ProductName, list[dict[str, Any]]] = {}
    releases = store.releases()
    for product, version in sorted(versions):
        if (product, version) in releases:
            found.setdefault(product, []).append(template_data(store.get(product, version)))
    return found


def deployed(accounts: Accounts, owners: Iterable[AccountId]) -> Iterator[tuple[Target, Mapping[ProductName, str]]]:
    """What the launch roles in the hub and in these accounts were made from, by product: one call an account."""
    wanted = {accounts.hub.account, *owners}
    for target in targets(accounts):
        if target.first and target.account in wanted:
            with translated(target.place):
                yield target, ledger(_value(target.client(accounts, "ssm")))


def _value(ssm: Any) -> str:
    try:
        return str(ssm.get_parameter(Name=LEDGER)["Parameter"]["Value"])
    except ClientError as error:
        if code_of(error) != "ParameterNotFound":
            raise
        return ""
