"""The line of a product's source that says its version."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

from factory.authoring import Product
from factory.catalog.model import VersionName
from factory.errors import AuthoringError


def file_of(product: type[Product]) -> Path:
    """The file that defines a product."""
    return Path(inspect.getfile(product)).resolve()


def with_version(source: bytes, product: type[Product], version: VersionName) -> bytes:
    """The source with another version in the product's class, and nothing else changed.

    Raises AuthoringError where the class does not write its version as a text of its own.
    """
    literal = _literal(source, product)
    lines = source.splitlines(keepends=True)
    line = lines[literal.lineno - 1]
    # The syntax tree counts columns in bytes.
    start, end = literal.col_offset, literal.end_col_offset
    written = line[start:end].replace(product.version.encode(), version.encode())
    lines[literal.lineno - 1] = line[:start] + written + line[end:]
    return b"".join(lines)


def _literal(source: bytes, product: type[Product]) -> ast.Constant:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef) and node.name == product.__name__:
            for statement in node.body:
                match statement:
                    case (
                        ast.Assign(targets=[ast.Name(id="version")], value=ast.Constant() as literal)
                        | ast.AnnAssign(target=ast.Name(id="version"), value=ast.Constant() as literal)
                    ) if literal.value == product.version:
                        return literal
    raise AuthoringError(
        f"product {product.name}: class {product.__name__} does not write its version as a text",
        hint=f'write version = "{product.version}" in the class, then factory release {product.name}',
    )
