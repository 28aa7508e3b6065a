"""Names that somebody gave by hand, to the names that a manifest takes."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable

from factory.catalog.manifest.forms import NAME, VERSION
from factory.catalog.model import VersionName

_NUMBERS = re.compile(r"[vV]?(\d+)(?:\.(\d+))?(?:\.(\d+))?")


def is_name(text: str) -> bool:
    """Whether products and portfolios may be called that."""
    return NAME.fits(text)


def is_version(text: str) -> bool:
    """Whether a version may be called that."""
    return VERSION.fits(text)


def name_like(text: str, taken: Container[str] = ()) -> str:
    """A name of lower-case words joined by hyphens that is near to a text, and not taken."""
    words = "-".join(re.findall(r"[a-z0-9]+", text.lower())) or "unnamed"
    name = words if words[0].isalpha() else f"n{words}"
    number = 2
    candidate = name
    while candidate in taken:
        candidate = f"{name}-{number}"
        number += 1
    return candidate


def versions_like(texts: Iterable[str], taken: Iterable[VersionName] = ()) -> list[VersionName]:
    """Three numbers for each of these texts, oldest first: those that it has, else the next ones that are free."""
    used = set(taken)
    found: list[VersionName] = []
    for text in texts:
        match = _NUMBERS.fullmatch(text.strip())
        numbers = [int(part or 0) for part in match.groups()] if match else [0, 0, 1]
        while (name := VersionName(".".join(map(str, numbers)))) in used:
            numbers[2] += 1
        used.add(name)
        found.append(name)
    return found
