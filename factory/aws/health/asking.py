"""Asks many questions at once, and writes down what was not answered instead of stopping there."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from factory.aws.errors import translated
from factory.errors import CatalogError, PlanError
from factory.planning.health.facts import Refusal

_Out = TypeVar("_Out")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Questions to the accounts. Safe to use from several threads."""

    refusals: list[Refusal] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, owner: str, subject: str, question: Callable[[], _Out]) -> _Out | None:
        """The answer; None where AWS refused it, and then the refusal is kept."""
        try:
            with translated(subject):
                return question()
        except CatalogError as error:
            self._keep(owner, subject, error.code, error)
        except PlanError as error:
            self._keep(owner, subject, "Ambiguous", error)
        return None

    def _keep(self, owner: str, subject: str, code: str, error: CatalogError | PlanError) -> None:
        refusal = Refusal(owner=owner, subject=subject, code=code, message=error.message, hint=error.hint or "")
        with self._lock:
            # One cause is often met by several questions.
            if not any((kept.owner, kept.code, kept.message) == (owner, code, error.message) for kept in self.refusals):
                self.refusals.append(refusal)
