"""Resource types that the emulator lacks or makes too loosely: a module a service, found by being here."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

from factory.sandbox.types.plugin import Fill, ResourceType


def discover() -> dict[str, ResourceType]:
    """Give every resource type that a module of this package offers in `TYPES`, by type name.

    Raises ValueError where two modules offer the same type.
    """
    found: dict[str, ResourceType] = {}
    for offered in _offered("TYPES"):
        if offered.name in found:
            raise ValueError(f"{offered.name} is offered twice")
        found[offered.name] = offered
    return found


def discover_fills() -> dict[str, Fill]:
    """Give every fill that a module of this package offers in `FILLS`, by type name.

    Raises ValueError where two modules fill the same type, or one makes it and another fills it.
    """
    found: dict[str, Fill] = {}
    made = discover()
    for offered in _offered("FILLS"):
        if offered.name in found or offered.name in made:
            raise ValueError(f"{offered.name} is filled twice, or both made and filled")
        found[offered.name] = offered
    return found


def discover_tagged() -> frozenset[str]:
    """Give the types whose `Tags` the stack's own tags join, as far as the emulator doesn't do that by itself."""
    return frozenset(offered.name for name in ("TYPES", "FILLS") for offered in _offered(name) if offered.tagged)


def _offered(name: str) -> Iterator[Any]:
    for module in pkgutil.iter_modules(__path__, prefix=f"{__name__}."):
        yield from getattr(importlib.import_module(module.name), name, ())
