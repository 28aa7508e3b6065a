"""The catalog of one or more environments as plain values, the same type desired and observed.

AWS ids never enter here: things are named by natural key. A *place* is one environment in one region; each place has
its own portfolios and products in the hub, because a version is visible wherever its product is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NewType

from factory.catalog.constraints import Constraint

AccountId = NewType("AccountId", str)
"""Twelve digits."""
Region = NewType("Region", str)
EnvironmentName = NewType("EnvironmentName", str)
PortfolioName = NewType("PortfolioName", str)
"""The portfolio's file name without its ending: the natural key, next to the place."""
ProductName = NewType("ProductName", str)
VersionName = NewType("VersionName", str)
"""Three numbers, `major.minor.patch`."""
Digest = NewType("Digest", str)
"""SHA-256 of a template's bytes, 64 hexadecimal digits."""

Tags = tuple[tuple[str, str], ...]
"""Key and value pairs, sorted by key."""


MAXIMUM_VERSIONS = 100
"""How many versions a product can have (AWS Service Catalog Administrator Guide, "Service quotas")."""


def version_number(name: VersionName) -> tuple[int, ...]:
    """The sort key of a version: its numbers, none for a name that someone gave by hand."""
    parts = name.split(".")
    return tuple(int(part) for part in parts) if all(part.isdecimal() for part in parts) else ()


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Place:
    """One environment in one region."""

    environment: EnvironmentName
    region: Region

    def __str__(self) -> str:
        return f"{self.environment}/{self.region}"


class Guidance(StrEnum):
    """What Service Catalog tells users about a version. DEPRECATED blocks new launches and allows updates."""

    DEFAULT = "DEFAULT"
    DEPRECATED = "DEPRECATED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One immutable template of a product. An inactive version is not offered."""

    name: VersionName
    digest: Digest
    guidance: Guidance = Guidance.DEFAULT
    active: bool = True
    deprecated_since: date | None = None
    """The day on which its retirement began; None where the manifests gave it its guidance."""

    def __post_init__(self) -> None:
        # Guidance of a version that is not offered means nothing; one value keeps comparison exact.
        if not self.active:
            object.__setattr__(self, "guidance", Guidance.DEFAULT)
        if self.guidance is not Guidance.DEPRECATED:
            object.__setattr__(self, "deprecated_since", None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What the catalog shows of a product, wherever it is offered."""

    description: str
    owner: str
    support_email: str = ""
    support_url: str = ""
    tags: Tags = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogProduct:
    """A product as one place offers it. Texts are what the console shows."""

    place: Place
    name: ProductName
    description: str
    owner: str
    support_email: str = ""
    support_url: str = ""
    tags: Tags = ()
    versions: tuple[Version, ...] = ()
    """Sorted by number, oldest first."""

    def version(self, name: VersionName) -> Version | None:
        """The version of that name, if the product has it."""
        return next((version for version in self.versions if version.name == name), None)


class PrincipalType(StrEnum):
    """How a principal is named: an exact ARN, or a pattern without an account id."""

    IAM = "IAM"
    IAM_PATTERN = "IAM_PATTERN"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Principal:
    """Who may launch from a portfolio."""

    arn: str
    type: PrincipalType = PrincipalType.IAM_PATTERN


class ShareTarget(StrEnum):
    """What a portfolio is shared to."""

    ACCOUNT = "ACCOUNT"
    ORGANIZATION = "ORGANIZATION"
    ORGANIZATIONAL_UNIT = "ORGANIZATIONAL_UNIT"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Share:
    """One sharing of a portfolio. An account must accept its share; organization shares arrive by themselves."""

    target: ShareTarget
    id: str
    """Account id, `o-…` or `ou-…`."""
    accepted: bool = True
    share_tag_options: bool = True
    share_principals: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class TagOption:
    """A key with one allowed value; several of one key are a choice."""

    key: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Portfolio:
    """A set of products offered to some principals of one place."""

    place: Place
    name: PortfolioName
    display_name: str
    provider: str
    description: str = ""
    tags: Tags = ()
    products: frozenset[ProductName] = frozenset()
    principals: frozenset[Principal] = frozenset()
    shares: frozenset[Share] = frozenset()
    tag_options: frozenset[TagOption] = frozenset()
    constraints: frozenset[Constraint] = frozenset()

    @property
    def principals_live_in_hub(self) -> bool:
        """Whether principals are associated in the hub (and travel with the share) or in the environment's account."""
        return not self.shares or any(share.share_principals for share in self.shares)


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """Everything the factory owns in the places it looks at."""

    portfolios: tuple[Portfolio, ...] = field(default=())
    products: tuple[CatalogProduct, ...] = field(default=())

    def portfolio(self, place: Place, name: PortfolioName) -> Portfolio | None:
        """The portfolio of that key, if the catalog has it."""
        return next((item for item in self.portfolios if (item.place, item.name) == (place, name)), None)

    def product(self, place: Place, name: ProductName) -> CatalogProduct | None:
        """The product of that key, if the catalog has it."""
        return next((item for item in self.products if (item.place, item.name) == (place, name)), None)

    def places(self) -> Iterator[Place]:
        """Every place that the catalog mentions, in order, once."""
        yield from sorted({item.place for item in self.portfolios} | {item.place for item in self.products})
