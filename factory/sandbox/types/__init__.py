"""Resource types that the emulator lacks or makes too loosely: one module a service, found by being here."""

from __future__ import annotations

import importlib
import pkgutil

from factory.sandbox.types.plugin import ResourceType


def discover() -> dict[str, ResourceType]:
    """Give every resource type that a module of this package offers in `TYPES`, by type name.

    Raises ValueError where two modules offer the same type.
    """
    found: dict[str, ResourceType] = {}
    for module in pkgutil.iter_modules(__path__, prefix=f"{__name__}."):
        for resource_type in getattr(importlib.import_module(module.name), "TYPES", ()):
            if resource_type.name in found:
                raise ValueError(f"{resource_type.name} is offered twice, the second time by {module.name}")
            found[resource_type.name] = resource_type
    return found
