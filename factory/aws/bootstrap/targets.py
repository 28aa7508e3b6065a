"""Where stacks of the factory are: the hub wherever an environment is, and the environments' accounts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from factory.aws.session import Accounts
from factory.catalog.model import AccountId, EnvironmentName, Region

HUB = "hub"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """An account in one of its regions; roles, which are global, are made in the first."""

    owner: str
    account: AccountId
    region: Region
    first: bool

    def client(self, accounts: Accounts, service: str) -> Any:
        """A client of the service there."""
        if self.owner == HUB:
            return accounts.in_hub(service, self.region)
        return accounts.in_environment(service, EnvironmentName(self.owner), self.region)

    @property
    def place(self) -> str:
        """Where it is, for messages."""
        return f"account {self.owner} ({self.account}) in {self.region}"

    @property
    def title(self) -> str:
        """Where it is, at the beginning of a line."""
        return f"account {self.account} {self.owner:<8} {self.region}"


def targets(accounts: Accounts) -> Iterator[Target]:
    """Every account and region once: the hub wherever an environment is, then the environments' own accounts."""
    environments = tuple(accounts.environments.values())
    regions = tuple(dict.fromkeys(region for environment in environments for region in environment.regions))
    for region in regions:
        yield Target(owner=HUB, account=accounts.hub.account, region=region, first=region == regions[0])
    seen = {(accounts.hub.account, region) for region in regions}
    with_roles = {accounts.hub.account}
    for environment in environments:
        for region in _new(environment.account, environment.regions, seen):
            first = environment.account not in with_roles
            with_roles.add(environment.account)
            yield Target(owner=environment.name, account=environment.account, region=region, first=first)


def bucket_name(hub: AccountId, region: Region) -> str:
    """The artifact bucket of a region; bucket names are global, hence the account in it."""
    return f"factory-artifacts-{hub}-{region}"


def partition(region: Region) -> str:
    """The partition of AWS that a region is in, as ARNs name it."""
    return {"cn": "aws-cn", "us-gov": "aws-us-gov"}.get(region.rsplit("-", 2)[0], "aws")


def _new(account: AccountId, regions: Iterable[Region], seen: set[tuple[AccountId, Region]]) -> Iterator[Region]:
    for region in regions:
        if (account, region) not in seen:
            seen.add((account, region))
            yield region
