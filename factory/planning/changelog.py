"""A product's changelog: what each version does to those who launched the one before it, newest first, in Markdown.

It lies beside the code, as `products/changelogs/<product>.md`: one file a product, whether that is a module or a
package, and no Python, so that nothing takes it for a product.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from factory.catalog.model import ProductName, VersionName
from factory.gates.difference import Difference
from factory.gates.difference.render import to_changelog

_FIRST = re.compile(r"^## ", re.MULTILINE)


def path(product: ProductName) -> Path:
    """Where the changelog is, inside the project."""
    return Path("products/changelogs") / f"{product}.md"


def entry(version: VersionName, day: date, before: VersionName, difference: Difference) -> str:
    """The entry of a version; what is written by hand may be added to it."""
    lines = (f"## {version} ({day.isoformat()})", "", f"What changes for those who launched {before}.", "")
    return "\n".join((*lines, *to_changelog(difference)))


def has(text: str, version: VersionName) -> bool:
    """Whether a changelog tells of a version."""
    return re.search(rf"^## {re.escape(version)}\b(?![.\d])", text, re.MULTILINE) is not None


def added(text: str, product: ProductName, entry: str) -> str:
    """The changelog with an entry above all others; an empty text begins one."""
    text = text or f"# Changes of {product}\n"
    first = _FIRST.search(text)
    head, rest = (text[: first.start()], text[first.start() :]) if first else (text.rstrip("\n") + "\n\n", "")
    return f"{head}{entry.rstrip()}\n" + (f"\n{rest}" if rest else "")
