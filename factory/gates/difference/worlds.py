"""The choices of parameter values that decide between a template's branches, and how a set of them is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

from factory.gates.difference.expressions import OTHER, Reading, World
from factory.gates.difference.model import ALWAYS, When

_MOST = 4096
"""Beyond so many combinations they are not tried: what then depends on them is said to be possible."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Domains:
    """The values that tell the branches of two templates apart, for each variable."""

    values: Mapping[str, tuple[str, ...]]
    launched: World
    """Values of one launch, which hold in every world."""

    @classmethod
    def of(cls, before: Reading, after: Reading, launched: Mapping[str, str] | None = None) -> Domains:
        """The domains for an update from one template to the other; `launched` holds parameters of one launch."""
        compared: dict[str, dict[str, None]] = {}
        for name, value in (*before.compared(), *after.compared()):
            compared.setdefault(name, {})[value] = None
        declared = {**after.section("Parameters"), **before.section("Parameters")}
        values = {name: _domain(list(known), declared.get(name, {})) for name, known in compared.items()}
        for name, value in (launched or {}).items():
            if name in values:
                values[name] = (value if value in compared[name] else OTHER,)
        return cls(values=values, launched=launched or {})

    def worlds(self, variables: Iterable[str]) -> list[World]:
        """Every combination of the variables' values; where they are too many, one in which nothing is decided."""
        names = sorted(set(variables))
        domains = [self._of(name) for name in names]
        if prod(map(len, domains)) > _MOST:
            return [self.launched]
        return [{**self.launched, **dict(zip(names, values, strict=True))} for values in product(*domains)]

    def when(self, chosen: Sequence[World], among: Sequence[World]) -> When:
        """How to tell some worlds from the others."""
        if len(chosen) == len(among):
            return ALWAYS
        taken = {
            name: tuple(dict.fromkeys(world[name] for world in chosen))
            for name in sorted(among[0])
            if name not in self.launched
        }
        limiting = {name: values for name, values in taken.items() if len(values) < len(self._of(name))}
        told = {name: values for name, values in limiting.items() if name in self.values}
        is_box = prod(map(len, taken.values())) == len(chosen)
        terms = tuple((name, tuple(self._told(name, value) for value in values)) for name, values in told.items())
        return When(terms=terms, exact=is_box and told == limiting)

    def _of(self, name: str) -> tuple[str, ...]:
        return self.values.get(name, ("true", "false") if name.startswith("{") else (OTHER,))

    def _told(self, name: str, value: str) -> str:
        if value != OTHER:
            return value or "empty"
        known = [item or "empty" for item in self.values[name] if item != OTHER]
        return f"anything but {' or '.join(known)}"


def _domain(compared: list[str], parameter: Mapping[str, Any]) -> tuple[str, ...]:
    allowed = [str(value) for value in parameter.get("AllowedValues", ())]
    if not allowed:
        return (*compared, OTHER)
    rest = [value for value in allowed if value not in compared]
    known = [value for value in allowed if value in compared]
    # A single value that nothing is compared with is better told by its name.
    return (*known, *(rest if len(rest) == 1 else [OTHER] if rest else []))
