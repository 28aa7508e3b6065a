"""What can be done to the constraints between a portfolio and its products."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from factory.catalog.constraints import Constraint
from factory.planning.actions.action import Effect, InPortfolio, change


@dataclass(frozen=True, slots=True, kw_only=True)
class _OnConstraint(InPortfolio):
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
            return tuple(change("content", before.parameters(), after.parameters()))
        return tuple(change("content", before.summary, after.summary))


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveConstraint(_OnConstraint):
    """Withdraw a constraint."""

    effect: ClassVar[Effect] = Effect.DELETE
