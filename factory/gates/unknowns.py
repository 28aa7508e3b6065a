"""The values of a template that are not known before it is launched."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from factory.gates.patterns import may_hold


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a launch gives a parameter, other than the values that the template compares it with."""

    parameter: str
    pattern: str = ""
    of_contract: bool = False
    """Whether it is read from SSM, where another product has put it."""
    piece: str = ""
    """Which piece of it, where functions have cut it up; empty for the whole."""

    def admits(self, text: str) -> bool:
        """Whether a launch may give this text; none can be excluded where the parameter has no pattern.

        Of a piece, whether the pattern lets every character of the text through.
        """
        if self.of_contract:
            return False
        if not self.pattern:
            return True
        if self.piece:
            return all(may_hold(self.pattern, character) for character in text)
        return re.fullmatch(self.pattern, text) is not None

    def cut(self, piece: str) -> Given:
        """A piece of it."""
        # Written out: `replace` takes several times as long, and a text of many variables is cut in every world.
        return Given(
            parameter=self.parameter,
            pattern=self.pattern,
            of_contract=self.of_contract,
            piece=f"{self.piece}{piece}",
        )

    def __str__(self) -> str:
        return f"⟦{self.parameter}{self.piece}⟧"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opaque:
    """A value that exists only once there is a stack."""

    name: str
    """The logical resource or pseudo parameter behind it; the function's name where there is neither."""
    attribute: str = ""

    def __str__(self) -> str:
        return f"⟦{self.name}.{self.attribute}⟧" if self.attribute else f"⟦{self.name}⟧"


def is_known(value: Any) -> bool:
    """Whether a value, or every piece of a text, can be told from the template and the world alone."""
    return not isinstance(value, Given | Opaque) and not (isinstance(value, str) and "⟦" in value)


def as_text(value: Any) -> str:
    """A value as CloudFormation compares it: everything is a text."""
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else json.dumps(value) if isinstance(value, list | dict) else str(value)
