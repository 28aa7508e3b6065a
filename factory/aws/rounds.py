"""Rounds of calls to the hub that do not depend on one another and so run at the same time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from factory.aws.session import Accounts
from factory.catalog.model import Place, Region

_In = TypeVar("_In")
_Out = TypeVar("_Out")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounds:
    """The accounts, and the threads that ask them."""

    accounts: Accounts
    pool: ThreadPoolExecutor

    def each(self, work: Callable[[_In], _Out], things: Sequence[_In]) -> list[_Out]:
        """The work's result for each of the things, in their order. The work itself must not begin a round."""
        return list(self.pool.map(work, things))

    def hub(self, region: Region) -> Any:
        """Service Catalog in the hub."""
        return self.accounts.in_hub("servicecatalog", region)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A portfolio or product that is marked as a place's, with the answer that describes it."""

    place: Place
    name: str
    id: str
    answer: dict[str, Any]

    @property
    def tags(self) -> dict[str, str]:
        """All its tags, the mark among them."""
        return {tag["Key"]: tag["Value"] for tag in self.answer.get("Tags", [])}
