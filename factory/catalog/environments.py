"""The hub, the environments, and how to reach their accounts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from factory.catalog.model import AccountId, EnvironmentName, Place, Region
from factory.catalog.pipeline import Pipeline

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


class Duty(StrEnum):
    """What a command works as; the roles of the factory are called so."""

    LAUNCHER = "launcher"
    PUBLISHER = "publisher"
    READER = "reader"


DUTY = "{duty}"
"""Stands in the ARN of a role for what a command works as."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """How to get credentials for an account: a profile, a role to assume, or else the ordinary credential chain."""

    profile: str | None = None
    role_arn: str | None = None
    external_id: str | None = None
    duty: Duty | None = None
    """What the role is for, where its name depended on that."""

    def working_as(self, duty: Duty) -> Access:
        """The way in for a command that works as this."""
        if self.role_arn is None or DUTY not in self.role_arn:
            return self
        return replace(self, role_arn=self.role_arn.replace(DUTY, duty), duty=duty)


@dataclass(frozen=True, slots=True, kw_only=True)
class Federation:
    """Whom an OpenID Connect provider speaks for: who may publish, and who may only look."""

    provider: str
    """Its URL without the scheme, as IAM names it."""
    audience: str
    publisher: tuple[str, ...] = ()
    """Subjects, each exactly as it is in the token."""
    reader: tuple[str, ...] = ()
    """Subjects, in which `*` stands for any text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessFrom:
    """Who may take on the hub's roles, beside the factory's own pipeline; roles of the hub are `role/NAME`."""

    publisher_roles: tuple[str, ...] = ()
    reader_roles: tuple[str, ...] = ()
    federation: Federation | None = None


class LaunchRolesBy(StrEnum):
    """How launch roles come into the environments' accounts."""

    STACKS = "stacks"
    STACK_SET = "stack-set"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """The account that owns the portfolios."""

    account: AccountId
    access: Access = Access()
    organization: str | None = None
    """The id of the AWS organization of these accounts."""
    access_from: AccessFrom = AccessFrom()
    launch_roles: LaunchRolesBy = LaunchRolesBy.STACKS
    pipeline: Pipeline | None = None
    """The factory's own pipeline, where the manifests ask for one."""


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
