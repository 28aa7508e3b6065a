"""NOTIFICATION: the topics that receive the stack events of launches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Self

from factory.catalog.constraints.kind import Constraint, kind


@kind
@dataclass(frozen=True, slots=True, kw_only=True)
class Notification(Constraint):
    """Send stack events to these SNS topics (five at most)."""

    type: ClassVar[str] = "NOTIFICATION"
    topic_arns: tuple[str, ...]
    """Sorted."""

    @property
    def summary(self) -> str:
        return ", ".join(self.topic_arns)

    def document(self) -> dict[str, Any]:
        return {"NotificationArns": list(self.topic_arns)}

    @classmethod
    def from_document(cls, product: str, document: dict[str, Any]) -> Self:
        return cls(product=product, topic_arns=tuple(sorted(document["NotificationArns"])))
