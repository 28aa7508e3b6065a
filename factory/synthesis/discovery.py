"""Where products come from: the shipped `products` package and the project's own directory of that name."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import sys
from pathlib import Path

from factory.authoring import Product
from factory.errors import AuthoringError

PACKAGE = "products"


def discover(project: Path) -> dict[str, type[Product]]:
    """Every product by name. A module of the project takes the place of a shipped one of the same name.

    `products` is a namespace package, so a project's directory extends the shipped one and both can use each other's
    contract values and parts. Raises AuthoringError where a module cannot be imported or two products share a name.
    """
    _enter(project)
    found: dict[str, type[Product]] = {}
    package = importlib.import_module(PACKAGE)
    for module in sorted(pkgutil.iter_modules(package.__path__, f"{PACKAGE}."), key=lambda item: item.name):
        for product in _products_of(module.name):
            if product.name in found:
                other = found[product.name].__module__
                raise AuthoringError(f"product {product.name}: defined in both {other} and {module.name}")
            found[product.name] = product
    return dict(sorted(found.items()))


def _products_of(module_name: str) -> list[type[Product]]:
    try:
        module = importlib.import_module(module_name)
    except AuthoringError:
        raise
    except Exception as error:
        raise AuthoringError(f"{module_name}: cannot be imported: {type(error).__name__}: {error}") from error
    return [
        item
        for _, item in inspect.getmembers(module, inspect.isclass)
        if issubclass(item, Product) and "name" in vars(item) and item.__module__.startswith(module_name)
    ]


def _enter(project: Path) -> None:
    """Put a project first on the import path, and forget product modules that another project brought."""
    root = str(project.resolve())
    if sys.path[0] != root:
        if root in sys.path:
            sys.path.remove(root)
        sys.path.insert(0, root)
        for name in [name for name in sys.modules if name == PACKAGE or name.startswith(f"{PACKAGE}.")]:
            del sys.modules[name]
    importlib.invalidate_caches()
