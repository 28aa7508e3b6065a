"""Rules about what a launch may choose in which environment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from troposphere import Ref

from factory.authoring import Parameter, Stack


def only_outside_prod(stack: Stack, name: str, parameter: Parameter, allowed: Sequence[str], text: str) -> None:
    """Refuse other values than these in prod and dr."""
    stack.rule(name, (contains(allowed, parameter.name), text), when=contains(["prod", "dr"], "Environment"))


def contains(values: Sequence[str], parameter: str) -> dict[str, Any]:
    """The rule expression that a parameter's value is one of these."""
    # troposphere has no class for this function, which only rules know.
    return {"Fn::Contains": [list(values), Ref(parameter)]}
