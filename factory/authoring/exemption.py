"""An exception from a rule of the gates, as a product declares it beside a resource."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from factory.errors import AuthoringError

METADATA = "factory"
"""The key of a resource's metadata that holds its exceptions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exemption:
    """One resource need not keep one rule, until somebody looks at it again."""

    rule: str
    reason: str
    owner: str
    """Who answers for the exception."""
    review: date
    """The last day on which it holds."""

    def to_json(self) -> dict[str, str]:
        """The exception as it stands in a template."""
        return {"rule": self.rule, "reason": self.reason, "owner": self.owner, "review": self.review.isoformat()}

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Exemption:
        """Read it from a template. Raises AuthoringError where something is missing, empty or no date."""
        texts = {name: body.get(name) for name in ("rule", "reason", "owner", "review")}
        if empty := [name for name, text in texts.items() if not isinstance(text, str) or not text.strip()]:
            raise AuthoringError(f"exception from {body.get('rule')}: it lacks {', '.join(empty)}")
        try:
            review = date.fromisoformat(str(texts["review"]))
        except ValueError:
            raise AuthoringError(f"exception from {body['rule']}: review {body['review']!r} is no date") from None
        return cls(rule=str(body["rule"]), reason=str(body["reason"]), owner=str(body["owner"]), review=review)
