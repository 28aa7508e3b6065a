"""What the manifests say, as values: who is offered what, and all of a project's manifests together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from factory.catalog.constraints import Constraint
from factory.catalog.environments import Environment, Hub
from factory.catalog.model import (
    AccountId,
    EnvironmentName,
    Guidance,
    Listing,
    PortfolioName,
    Principal,
    ProductName,
    ShareTarget,
    TagOption,
    Tags,
    VersionName,
)
from factory.catalog.nearest import suggestion
from factory.catalog.retirement import Retirement
from factory.catalog.systems import Blueprint, System
from factory.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Offer:
    """One version of a product that a portfolio offers in one environment."""

    product: ProductName
    environment: EnvironmentName
    version: VersionName
    guidance: Guidance = Guidance.DEFAULT


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """To whom a portfolio is shared in each of its environments."""

    target: ShareTarget
    id: str = ""
    """`o-…` or `ou-…`; empty for ACCOUNT, which means each environment's own account."""
    tag_options: bool = True
    principals: bool = False
    accounts: tuple[AccountId, ...] = ()
    """Further accounts, sorted, which accept the share themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredPortfolio:
    """One portfolio file: a portfolio in each region of each of its environments."""

    name: PortfolioName
    display_name: str
    provider: str
    description: str
    tags: Tags
    environments: tuple[EnvironmentName, ...]
    offers: tuple[Offer, ...]
    """Sorted; a product, environment and version occur together once."""
    principals: frozenset[Principal]
    sharing: Sharing | None
    tag_options: frozenset[TagOption]
    constraints: frozenset[Constraint]
    """What holds in every environment; a topic ARN may contain `{region}` and `{account}` of the environment."""
    compliance: frozenset[str] = frozenset()
    """Names of frameworks whose further rules the products must keep as they are offered here."""
    free: frozenset[ProductName] = frozenset()
    """Products whose launches are not held to the environment's class."""
    adopted: tuple[tuple[ProductName, Listing], ...] = ()
    """Products that this file describes because no code does, sorted by name."""
    retirements: tuple[tuple[ProductName, Retirement], ...] = ()
    """How versions that are no longer named end, for each product that has a rule on it; others end at once."""

    @property
    def file(self) -> str:
        """The manifest, relative to the project."""
        return f"portfolios/{self.name}.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """All manifests of a project."""

    hub: Hub
    environments: tuple[Environment, ...]
    portfolios: tuple[DeclaredPortfolio, ...]
    systems: tuple[System, ...]
    blueprint: Blueprint | None = None
    """What a new service consists of, where the project says so."""

    @property
    def adopted(self) -> dict[ProductName, Listing]:
        """Every product that a portfolio file describes."""
        return {name: listing for portfolio in self.portfolios for name, listing in portfolio.adopted}

    def environment(self, name: str) -> Environment:
        """The environment of that name. Raises UsageError with the nearest right name."""
        return _named(self.environments, name, "environment")

    def portfolio(self, name: str) -> DeclaredPortfolio:
        """The portfolio of that name. Raises UsageError with the nearest right name."""
        return _named(self.portfolios, name, "portfolio")

    def system(self, name: str) -> System:
        """The system of that name. Raises UsageError with the nearest right name."""
        return _named(self.systems, name, "system")


class _Named(Protocol):
    @property
    def name(self) -> str: ...


_N = TypeVar("_N", bound=_Named)


def _named(things: Sequence[_N], name: str, kind: str) -> _N:
    for thing in things:
        if thing.name == name:
            return thing
    raise UsageError(f"{kind} {name} is unknown: {suggestion(name, (thing.name for thing in things))}")
