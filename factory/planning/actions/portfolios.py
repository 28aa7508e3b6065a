"""What can be done to portfolios: themselves, the products that they offer, and their tag options."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from factory.catalog.model import Portfolio, ProductName, TagOption
from factory.planning.actions.action import Action, Effect, InPortfolio, field_changes, tag_changes


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
        texts = field_changes(self.before, self.after, "display_name", "provider", "description")
        return (*texts, *tag_changes(self.before.tags, self.after.tags))


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletePortfolio(InPortfolio):
    """Delete a portfolio that earlier actions have emptied."""

    effect: ClassVar[Effect] = Effect.DELETE
    kind: ClassVar[str] = "portfolio"

    @property
    def name(self) -> str:
        return self.portfolio


@dataclass(frozen=True, slots=True, kw_only=True)
class _Offer(InPortfolio):
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
class _OnTagOption(InPortfolio):
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
