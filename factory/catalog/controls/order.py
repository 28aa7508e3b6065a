"""The order in which people look for control ids: families by letter, numbers by size."""

from __future__ import annotations

import re

from factory.catalog.controls.framework import Control

_PIECES = re.compile(r"\d+|[A-Za-z]+")


def natural(*controls: Control) -> tuple[Control, ...]:
    """The controls sorted so that AC-2 comes before AC-10."""
    return tuple(sorted(controls, key=lambda control: natural_key(control.id)))


def natural_key(identifier: str) -> tuple[tuple[bool, int, str], ...]:
    """What to sort an id by."""
    pieces = _PIECES.findall(identifier)
    return tuple((not piece.isdigit(), int(piece) if piece.isdigit() else 0, piece) for piece in pieces)
