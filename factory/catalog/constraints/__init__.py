"""The kinds of constraint that Service Catalog knows, a file each.

A kind is a frozen dataclass with a class attribute `type` (Service Catalog's name for it), the `product` it constrains
and two directions of one mapping: `parameters()` gives the JSON document that the API takes, `parse()` reads it back;
`summary` says the same to a person.
A new kind is a new module here with its class decorated by `@kind`.
"""

from __future__ import annotations

import importlib
import pkgutil

from factory.catalog.constraints.kind import Constraint, known, parse

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")

__all__ = ["Constraint", "known", "parse"]
