"""The hub, the environments, and how to reach their accounts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from factory.catalog.model import AccountId, EnvironmentName, Place, Region

SIZING_PARAMETER = "Environment"
"""The parameter that every product has and that a launch gets the environment's class for."""


class EnvironmentClass(StrEnum):
    """The sizing that an environment gets: the key of the templates' `Mappings` tables."""

    DEV = "dev"
    TEST = "test"
    QA = "qa"
    STAGING = "staging"
    PROD = "prod"
    DR = "dr"


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """How to get credentials for an account: a profile, a role to assume, or else the ordinary credential chain."""

    profile: str | None = None
    role_arn: str | None = None
    external_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """The account that owns the portfolios."""

    account: AccountId
    access: Access = Access()
    organization: str | None = None
    """The id of the AWS organization of these accounts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """A named account with regions and a sizing class."""

    name: EnvironmentName
    account: AccountId
    sizing: EnvironmentClass
    regions: tuple[Region, ...]
    access: Access = Access()
    organizational_unit: str | None = None
    """The id of the unit of the organization that the account is in."""
    instance: str = "main"
    """Part of every contract path; differs only where one account holds several environments."""
    parameters: tuple[tuple[str, str], ...] = ()
    """Launch parameters that hold for every product in this environment."""

    @property
    def places(self) -> tuple[Place, ...]:
        """The environment in each of its regions."""
        return tuple(Place(environment=self.name, region=region) for region in self.regions)
