"""What the description of a version tells besides its author's words: its digest, and since when it is deprecated."""

from __future__ import annotations

import re
from datetime import date

from factory.catalog.model import Digest

MAXIMUM_CHARACTERS = 8192
"""UpdateProvisioningArtifact, API reference."""

_DIGEST = re.compile(r"sha256:([0-9a-f]{64})$")
_DEPRECATED = re.compile(r"(?:^|, )deprecated since (\d{4}-\d{2}-\d{2})(?=, |$)")
_TEMPLATE = "template sha256:"


def digest_text(digest: Digest) -> str:
    """The end of a version's description, from which its digest is read back."""
    return f"sha256:{digest}"


def digest_in(description: str) -> Digest:
    """The digest in a version's description; empty where there is none."""
    match = _DIGEST.search(description)
    return Digest(match[1] if match else "")


def deprecated_since(description: str) -> date | None:
    """The day on which a version's retirement began; none where no day of the calendar is told."""
    match = _DEPRECATED.search(description)
    try:
        return date.fromisoformat(match[1]) if match else None
    except ValueError:
        return None


def dated(description: str, since: date | None) -> str:
    """The description with that day and no other, or with none; its author's words stay as far as there is room."""
    words, _, digest = _DEPRECATED.sub("", description).removeprefix(", ").rpartition(_TEMPLATE)
    end = [f"deprecated since {since}"] if since else []
    if digest_in(description):
        end.append(f"{_TEMPLATE}{digest}")
    else:
        words += digest
    tail = ", ".join(end)
    words = words.removesuffix(", ")[: MAXIMUM_CHARACTERS - len(tail) - 2]
    return ", ".join(part for part in (words, tail) if part)
