"""Natural keys to AWS ids, and the tags that mark what the factory owns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from factory.catalog.marks import PORTFOLIO_TAG, PRODUCT_TAG
from factory.catalog.model import Place, PortfolioName, ProductName, Region, TagOption, Tags, VersionName

DISTRIBUTOR = "product-factory"
"""Begins the distributor of an owned product, which lists show where they do not show tags."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ids:
    """AWS's ids by natural key: filled by the reader, extended by the writer as it creates.

    Several threads may use it, since each writes keys of its own place only.
    """

    portfolios: dict[tuple[Place, PortfolioName], str] = field(default_factory=dict)
    products: dict[tuple[Place, ProductName], str] = field(default_factory=dict)
    versions: dict[tuple[Place, ProductName, VersionName], str] = field(default_factory=dict)
    constraints: dict[tuple[Place, PortfolioName, tuple[str, str, str]], str] = field(default_factory=dict)
    """The last part of the key is the constraint's identity."""
    tag_options: dict[tuple[Region, TagOption], str] = field(default_factory=dict)


def mark(place: Place, name: str) -> str:
    """The value of the ownership tag, such as `dev/network`; the region is that of the thing itself."""
    return f"{place.environment}/{name}"


def marked_name(place: Place, key: str, tags: Mapping[str, str]) -> str | None:
    """The natural name of what the factory owns at a place; none where the tags do not say so."""
    environment, _, name = tags.get(key, "").partition("/")
    return name if name and environment == place.environment else None


def distributor(place: Place) -> str:
    """The distributor of a place's products; it tells apart products of one name in the hub's lists."""
    return f"{DISTRIBUTOR}/{place.environment}"


def plain_tags(tags: Mapping[str, str]) -> Tags:
    """The tags that the manifests gave: neither AWS's own nor the factory's mark."""
    return tuple(
        sorted(
            (key, value)
            for key, value in tags.items()
            if key not in {PORTFOLIO_TAG, PRODUCT_TAG} and not key.startswith("aws:")
        )
    )
