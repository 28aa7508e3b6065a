"""Rules about what a launch may choose in which environment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from troposphere import And, Equals, Or, Ref

from factory.authoring import Parameter, Stack
from factory.authoring.parameters import AUTO


def only_outside_prod(stack: Stack, name: str, parameter: Parameter, allowed: Sequence[str], text: str) -> None:
    """Refuse other values than these in prod and dr."""
    stack.rule(name, (contains(allowed, parameter.name), text), when=contains(["prod", "dr"], "Environment"))


def contains(values: Sequence[str], parameter: str) -> dict[str, Any]:
    """The rule expression that a parameter's value is one of these."""
    # troposphere has no class for this function, which only rules know.
    return {"Fn::Contains": [list(values), Ref(parameter)]}


def is_one_of(parameter: Parameter, values: Iterable[int]) -> Any:
    """The rule expression that the value, or what `auto` means in the environment, is one of these."""
    wanted = {str(value) for value in values}
    given = contains(sorted(wanted, key=int), parameter.name)
    environments = [name for name, size in parameter.sizing().items() if size in wanted]
    if not environments:
        return given
    return Or(given, And(Equals(Ref(parameter.name), AUTO), contains(environments, "Environment")))
