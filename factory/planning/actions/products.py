"""What can be done to products and their versions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from factory.catalog.model import CatalogProduct, ProductName, Version, VersionName
from factory.planning.actions.action import Action, Effect, change, field_changes, tag_changes, yes_no


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateProduct(Action):
    """Create a product with its texts, tags and first version; further versions follow in actions of their own."""

    effect: ClassVar[Effect] = Effect.CREATE
    kind: ClassVar[str] = "product"
    product: CatalogProduct
    version: Version
    """The first version, active and with default guidance: the API sets neither on creation."""

    @property
    def name(self) -> str:
        return self.product.name

    @property
    def details(self) -> tuple[str, ...]:
        return (f"version {self.version.name}",)


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateProduct(Action):
    """Change a product's texts and tags; the versions of `before` and `after` are not looked at."""

    effect: ClassVar[Effect] = Effect.UPDATE
    kind: ClassVar[str] = "product"
    before: CatalogProduct
    after: CatalogProduct

    @property
    def name(self) -> str:
        return self.after.name

    @property
    def details(self) -> tuple[str, ...]:
        texts = field_changes(self.before, self.after, "description", "owner", "support_email", "support_url")
        return (*texts, *tag_changes(self.before.tags, self.after.tags))


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteProduct(Action):
    """Delete a product, with all its versions, that earlier actions took out of every portfolio."""

    effect: ClassVar[Effect] = Effect.DELETE
    kind: ClassVar[str] = "product"
    product: ProductName

    @property
    def name(self) -> str:
        return self.product


@dataclass(frozen=True, slots=True, kw_only=True)
class AddVersion(Action):
    """Add a version, active and with default guidance: the API sets neither on creation."""

    effect: ClassVar[Effect] = Effect.CREATE
    kind: ClassVar[str] = "version"
    product: ProductName
    version: Version

    @property
    def name(self) -> str:
        return f"{self.product} {self.version.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateVersion(Action):
    """Change whether a version is offered and what guidance it carries, never its template."""

    effect: ClassVar[Effect] = Effect.UPDATE
    kind: ClassVar[str] = "version"
    product: ProductName
    before: Version
    after: Version

    @property
    def name(self) -> str:
        return f"{self.product} {self.after.name}"

    @property
    def details(self) -> tuple[str, ...]:
        return (
            *change("active", yes_no(self.before.active), yes_no(self.after.active)),
            *(self._advice() if self.after.active else ()),
            *((self.why,) if self.why else ()),
        )

    def _advice(self) -> Iterator[str]:
        yield from change("guidance", self.before.guidance, self.after.guidance)
        yield from change("deprecated since", _day(self.before.deprecated_since), _day(self.after.deprecated_since))


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteVersion(Action):
    """Delete a version that is not its product's last one."""

    effect: ClassVar[Effect] = Effect.DELETE
    kind: ClassVar[str] = "version"
    product: ProductName
    version: VersionName

    @property
    def name(self) -> str:
        return f"{self.product} {self.version}"

    @property
    def details(self) -> tuple[str, ...]:
        return (self.why,) if self.why else ()


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""
