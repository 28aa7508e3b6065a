"""What can be done to a catalog, one frozen value an action; the writer carries them out, the renderer shows them.

An action names things by natural key only. `subject` is what a reader sees, `place` where it happens.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar

from factory.catalog.constraints import Constraint
from factory.catalog.model import (
    CatalogProduct,
    Place,
    Portfolio,
    PortfolioName,
    Principal,
    ProductName,
    Share,
    TagOption,
    Tags,
    Version,
    VersionName,
)


class Effect(StrEnum):
    """How an action changes the catalog."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One change in one place."""

    effect: ClassVar[Effect]
    kind: ClassVar[str]
    """What sort of thing changes, in one or two words."""
    place: Place
    why: str = ""
    """The reason, where it is another one than what the manifests name."""

    @property
    def name(self) -> str:
        """Which thing of its kind changes."""
        raise NotImplementedError

    @property
    def subject(self) -> str:
        """What changes, for a reader."""
        return f"{self.kind} {self.name}"

    @property
    def details(self) -> tuple[str, ...]:
        """Lines that explain the change, such as `old → new`."""
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CreatePortfolio(Action):
    """Create a portfolio with its texts and tags; what belongs to it follows in actions of its own."""

    effect: ClassVar[Effect] = Effect.CREATE
    kind: ClassVar[str] = "portfolio"
    portfolio: Portfolio

    @property
    def name(self) -> str:
        return self.portfolio.name


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdatePortfolio(Action):
    """Change a portfolio's texts and tags; the rest of `before` and `after` is not looked at."""

    effect: ClassVar[Effect] = Effect.UPDATE
    kind: ClassVar[str] = "portfolio"
    before: Portfolio
    after: Portfolio

    @property
    def name(self) -> str:
        return self.after.name

    @property
    def details(self) -> tuple[str, ...]:
        texts = _field_changes(self.before, self.after, "display_name", "provider", "description")
        return (*texts, *_tag_changes(self.before.tags, self.after.tags))


@dataclass(frozen=True, slots=True, kw_only=True)
class _InPortfolio(Action):
    """An action on something inside a portfolio."""

    portfolio: PortfolioName


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletePortfolio(_InPortfolio):
    """Delete a portfolio that earlier actions have emptied."""

    effect: ClassVar[Effect] = Effect.DELETE
    kind: ClassVar[str] = "portfolio"

    @property
    def name(self) -> str:
        return self.portfolio


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
        texts = _field_changes(self.before, self.after, "description", "owner", "support_email", "support_url")
        return (*texts, *_tag_changes(self.before.tags, self.after.tags))


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
            *_change("active", _yes_no(self.before.active), _yes_no(self.after.active)),
            *(self._advice() if self.after.active else ()),
            *((self.why,) if self.why else ()),
        )

    def _advice(self) -> Iterator[str]:
        yield from _change("guidance", self.before.guidance, self.after.guidance)
        yield from _change("deprecated since", _day(self.before.deprecated_since), _day(self.after.deprecated_since))


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Offer(_InPortfolio):
    kind: ClassVar[str] = "offer"
    product: ProductName

    @property
    def name(self) -> str:
        return f"{self.product} in {self.portfolio}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AssociateProduct(_Offer):
    """Put a product into a portfolio."""

    effect: ClassVar[Effect] = Effect.CREATE


@dataclass(frozen=True, slots=True, kw_only=True)
class DisassociateProduct(_Offer):
    """Take a product out of a portfolio."""

    effect: ClassVar[Effect] = Effect.DELETE


@dataclass(frozen=True, slots=True, kw_only=True)
class _OnConstraint(_InPortfolio):
    kind: ClassVar[str] = "constraint"
    constraint: Constraint

    @property
    def name(self) -> str:
        type_, product, key = self.constraint.identity
        return f"{type_}{f' {key}' if key else ''} on {product} in {self.portfolio}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AddConstraint(_OnConstraint):
    """Constrain a product that is already in the portfolio."""

    effect: ClassVar[Effect] = Effect.CREATE

    @property
    def details(self) -> tuple[str, ...]:
        return (self.constraint.summary,)


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateConstraint(_OnConstraint):
    """Give the constraint of the same identity this content."""

    effect: ClassVar[Effect] = Effect.UPDATE
    before: Constraint

    @property
    def details(self) -> tuple[str, ...]:
        before, after = self.before, self.constraint
        # Two rules may read the same to a person and still differ.
        if before.summary == after.summary:
            return tuple(_change("content", before.parameters(), after.parameters()))
        return tuple(_change("content", before.summary, after.summary))


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveConstraint(_OnConstraint):
    """Withdraw a constraint."""

    effect: ClassVar[Effect] = Effect.DELETE


@dataclass(frozen=True, slots=True, kw_only=True)
class _OnPrincipal(_InPortfolio):
    kind: ClassVar[str] = "principal"
    principal: Principal
    in_hub: bool
    """Whether the association is made in the hub or in the environment's account, on the portfolio it imported."""

    @property
    def name(self) -> str:
        return f"{self.principal.arn} in {self.portfolio}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AddPrincipal(_OnPrincipal):
    """Let a principal launch from a portfolio."""

    effect: ClassVar[Effect] = Effect.CREATE


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovePrincipal(_OnPrincipal):
    """Withdraw a principal's access to a portfolio."""

    effect: ClassVar[Effect] = Effect.DELETE


@dataclass(frozen=True, slots=True, kw_only=True)
class _OnShare(_InPortfolio):
    kind: ClassVar[str] = "share"
    share: Share

    @property
    def name(self) -> str:
        target = self.share.target.lower().replace("_", " ")
        return f"{self.portfolio} with {target} {self.share.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AddShare(_OnShare):
    """Share a portfolio; one share action at a time may run on a portfolio."""

    effect: ClassVar[Effect] = Effect.CREATE


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateShare(_OnShare):
    """Change what travels with a share."""

    effect: ClassVar[Effect] = Effect.UPDATE
    before: Share

    @property
    def details(self) -> tuple[str, ...]:
        before, after = self.before, self.share
        return (
            *_change("tag options", _yes_no(before.share_tag_options), _yes_no(after.share_tag_options)),
            *_change("principals", _yes_no(before.share_principals), _yes_no(after.share_principals)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptShare(_OnShare):
    """Accept an account's share there, which creates the imported portfolio."""

    effect: ClassVar[Effect] = Effect.CREATE
    kind: ClassVar[str] = "acceptance"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveShare(_OnShare):
    """Withdraw a share."""

    effect: ClassVar[Effect] = Effect.DELETE


@dataclass(frozen=True, slots=True, kw_only=True)
class _OnTagOption(_InPortfolio):
    kind: ClassVar[str] = "tag option"
    tag_option: TagOption

    @property
    def name(self) -> str:
        return f"{self.tag_option.key}={self.tag_option.value} on {self.portfolio}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AddTagOption(_OnTagOption):
    """Offer a tag value on a portfolio, creating the hub's tag option where it does not exist."""

    effect: ClassVar[Effect] = Effect.CREATE


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveTagOption(_OnTagOption):
    """Withdraw a tag value from a portfolio; the hub's tag option itself stays, as other portfolios may use it."""

    effect: ClassVar[Effect] = Effect.DELETE


def _change(label: str, before: str, after: str) -> Iterator[str]:
    """One line where the two differ, nothing where they do not."""
    if before != after:
        yield f"{label}: {before or '(none)'} → {after or '(none)'}"


def _field_changes(before: object, after: object, *fields: str) -> Iterator[str]:
    for field in fields:
        yield from _change(field.replace("_", " "), getattr(before, field), getattr(after, field))


def _tag_changes(before: Tags, after: Tags) -> Iterator[str]:
    old, new = dict(before), dict(after)
    for key in sorted(old | new):
        yield from _change(f"tag {key}", old.get(key, ""), new.get(key, ""))


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""


def _yes_no(value: bool) -> str:
    return "yes" if value else "no"
