"""What can be done to who reaches a portfolio: the principals that launch from it, and the accounts that share it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from factory.catalog.model import Principal, Share
from factory.planning.actions.action import Effect, InPortfolio, change, yes_no


@dataclass(frozen=True, slots=True, kw_only=True)
class _OnPrincipal(InPortfolio):
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
class _OnShare(InPortfolio):
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
            *change("tag options", yes_no(before.share_tag_options), yes_no(after.share_tag_options)),
            *change("principals", yes_no(before.share_principals), yes_no(after.share_principals)),
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
