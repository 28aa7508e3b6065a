"""Text files that stand beside the products, such as buildspecs, as a template carries them."""

from __future__ import annotations

import sys
from pathlib import Path

from factory.errors import AuthoringError

_PACKAGE = "products"


def project_text(name: str) -> str:
    """The text of a file, by its path from the directory that holds `products/`, such as `buildspecs/test.yml`.

    A project's own file takes the place of the shipped one of the same path. Line ends are those of Unix on every
    machine. Raises AuthoringError where there is none, where the path leads elsewhere, and where it is no text.
    """
    for root in _roots():
        path = (root / name).resolve()
        if not path.is_relative_to(root):
            raise AuthoringError(f"text {name}: it is not below {root}")
        if path.is_file():
            try:
                return path.read_text(encoding="utf-8")
            except UnicodeDecodeError as error:
                raise AuthoringError(f"text {name}: it is not UTF-8: {error}") from None
    raise AuthoringError(f"text {name}: there is no such file")


def _roots() -> list[Path]:
    """The project's directory, where it has products of its own or not, before that of the shipped products."""
    return [Path(directory).resolve().parent for directory in sys.modules[_PACKAGE].__path__]
