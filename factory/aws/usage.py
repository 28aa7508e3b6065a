"""Who launched the versions that are about to end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from factory.aws.errors import translated
from factory.aws.ids import Ids
from factory.aws.paging import items
from factory.aws.session import Accounts
from factory.catalog.model import AccountId, EnvironmentName, Place, Portfolio, ProductName, Region, Share, ShareTarget
from factory.planning.retirement import Use, VersionKey

HUB = "hub"
_WORKERS = 8
_ACCOUNT = {"Key": "Account", "Value": "self"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seat:
    """An account and region in which there may be launches; no environment for the hub."""

    account: AccountId
    environment: EnvironmentName | None
    region: Region

    def launches(self, accounts: Accounts) -> list[tuple[str, Use]]:
        """The id of the version of each launch, and who has it."""
        owner = self.environment or HUB
        with translated(f"launches in {owner}/{self.region}"):
            catalog: Any = (
                accounts.in_environment("servicecatalog", self.environment, self.region)
                if self.environment
                else accounts.in_hub("servicecatalog", self.region)
            )
            found = items(catalog, "SearchProvisionedProducts", "ProvisionedProducts", AccessLevelFilter=_ACCOUNT)
            return [
                (item["ProvisioningArtifactId"], Use(owner=owner, region=self.region, name=item["Name"]))
                for item in found
            ]


def uses(
    accounts: Accounts, ids: Ids, versions: Sequence[VersionKey], portfolios: Sequence[Portfolio]
) -> dict[VersionKey, tuple[Use, ...]]:
    """The launches of these versions in every account of the manifests that these portfolios reach, in one call each.

    That is the environment's own account, the hub, and those that a portfolio is shared to; where it is shared in the
    organization, every environment's. Raises CatalogError where AWS refuses a call.
    """
    by_id = {ids.versions[key]: key for key in versions}
    seats = list(_seats(accounts, versions, portfolios))
    with ThreadPoolExecutor(max_workers=_WORKERS, thread_name_prefix="use") as pool:
        launches = [launch for found in pool.map(lambda seat: seat.launches(accounts), seats) for launch in found]
    found: dict[VersionKey, tuple[Use, ...]] = {}
    for id_, use in launches:
        if key := by_id.get(id_):
            found[key] = (*found.get(key, ()), use)
    return found


def _seats(accounts: Accounts, versions: Sequence[VersionKey], portfolios: Sequence[Portfolio]) -> Iterable[_Seat]:
    """Each account and region once; the first that names it gives it its name."""
    found: dict[tuple[AccountId, Region], EnvironmentName | None] = {}
    places = list(dict.fromkeys(place for place, _, _ in versions))
    for place in places:
        found.setdefault((accounts.environments[place.environment].account, place.region), place.environment)
    for place, product, _ in versions:
        shares = list(_shares(place, product, portfolios))
        widely = any(share.target is not ShareTarget.ACCOUNT for share in shares)
        for environment in accounts.environments.values():
            if widely or environment.account in {share.id for share in shares}:
                found.setdefault((environment.account, place.region), environment.name)
    for place in places:
        found.setdefault((accounts.hub.account, place.region), None)
    return [
        _Seat(account=account, environment=environment, region=region)
        for (account, region), environment in found.items()
    ]


def _shares(place: Place, product: ProductName, portfolios: Iterable[Portfolio]) -> Iterator[Share]:
    for portfolio in portfolios:
        if portfolio.place == place and product in portfolio.products:
            yield from portfolio.shares
