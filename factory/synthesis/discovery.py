"""Where products, and migrations to them, come from: the shipped `products` package and that of the project."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import TypeVar

import factory
from factory.authoring import Product
from factory.authoring.migration import Migration
from factory.errors import AuthoringError
from factory.synthesis.failure import told

PACKAGE = "products"

Kind = TypeVar("Kind")


def discover(project: Path) -> dict[str, type[Product]]:
    """Every product by name. A module of the project takes the place of a shipped one of the same name.

    The package `products` spans both directories, so that a project's products use the shipped contract values and
    parts as if they were its own. Raises AuthoringError where a module cannot be imported or two products share a name.
    """
    found: dict[str, type[Product]] = {}
    for product in _classes(project, Product, marked_by="name"):
        if product.name in found:
            other = found[product.name].__module__
            raise AuthoringError(f"product {product.name}: defined in both {other} and {product.__module__}")
        found[product.name] = product
    return dict(sorted(found.items()))


def discover_migrations(project: Path) -> dict[str, type[Migration]]:
    """Every way from another tool's manifests, by the type that these have."""
    return {migration.type: migration for migration in _classes(project, Migration, marked_by="type")}


def _classes(project: Path, kind: type[Kind], *, marked_by: str) -> Iterator[type[Kind]]:
    """The classes of a kind that set an attribute themselves, module by module."""
    package = _extend(project)
    for module in sorted(pkgutil.iter_modules(package.__path__, f"{PACKAGE}."), key=lambda item: item.name):
        yield from (
            item
            for _, item in inspect.getmembers(_imported(module.name), inspect.isclass)
            if issubclass(item, kind) and marked_by in vars(item) and item.__module__.startswith(module.name)
        )


def _imported(module_name: str) -> ModuleType:
    try:
        return importlib.import_module(module_name)
    except AuthoringError:
        raise
    except Exception as error:
        raise AuthoringError(f"{module_name}: cannot be imported: {told(error)}") from error


def _extend(project: Path) -> ModuleType:
    """The package whose modules come from the project first and from the shipped products second.

    Modules that another project brought are forgotten.
    """
    shipped = Path(factory.__file__).parent.parent / PACKAGE
    path = [str(directory) for directory in dict.fromkeys((project.resolve() / PACKAGE, shipped)) if directory.is_dir()]
    package = sys.modules.get(PACKAGE)
    if package is None or list(package.__path__) != path:
        for name in [name for name in sys.modules if name == PACKAGE or name.startswith(f"{PACKAGE}.")]:
            del sys.modules[name]
        package = ModuleType(PACKAGE)
        package.__path__ = path
        sys.modules[PACKAGE] = package
    importlib.invalidate_caches()
    return package
