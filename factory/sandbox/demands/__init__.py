"""What services demand, where the emulator asks for less: a module a service.

The demands on resources of stacks go beyond their provider schemas; those on calls (`calls`) are the same ones, for
what is set up without a stack. Each stands for a refusal that the service documents, or that its users have published.
The wording follows those; none of it was compared with the real services.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from functools import cache

from factory.sandbox.emulator import Resource
from factory.sandbox.stacks.account import Account

Demand = Callable[[Resource, Account], None]
"""Raises RefusedError for a resource that its service would refuse.

A resource that is about to be made has no physical id, be it the first of its name or the successor of another.
"""


@cache
def discover() -> Mapping[str, Demand]:
    """Give the demands that the modules of this package have in `DEMANDS`, by resource type.

    Raises ValueError where two modules have one for the same type.
    """
    found: dict[str, Demand] = {}
    for module in pkgutil.iter_modules(__path__, prefix=f"{__name__}."):
        offered: Mapping[str, Demand] = getattr(importlib.import_module(module.name), "DEMANDS", {})
        if twice := found.keys() & offered.keys():
            raise ValueError(f"demands on {', '.join(sorted(twice))} are made twice")
        found |= offered
    return found


def check(resource: Resource, account: Account) -> None:
    """Raise RefusedError if the resource's service would refuse it."""
    if demand := discover().get(resource.type):
        demand(resource, account)
