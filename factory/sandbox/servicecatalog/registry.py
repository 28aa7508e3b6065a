"""Operations find their way into the catalog by themselves: a file under `operations` with marked functions."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from factory.sandbox.servicecatalog import operations
from factory.sandbox.servicecatalog.request import Request

Function = Callable[[Request, Mapping[str, Any]], Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """An AWS operation; `token` is the parameter that makes repeating it harmless, if it has one."""

    name: str
    token: str | None
    run: Function


def operation(name: str, *, token: str | None = None) -> Callable[[Function], Operation]:
    """Make a function the implementation of an AWS operation."""
    return lambda function: Operation(name=name, token=token, run=function)


def all_operations() -> dict[str, Operation]:
    """Every operation that the modules under `operations` implement, by name."""
    found = (
        value
        for module in pkgutil.iter_modules(operations.__path__)
        for value in vars(importlib.import_module(f"{operations.__name__}.{module.name}")).values()
    )
    return {value.name: value for value in found if isinstance(value, Operation)}
