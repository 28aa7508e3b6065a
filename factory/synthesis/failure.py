"""An exception out of product code, told as its author needs it: what it was, and where in that code."""

from __future__ import annotations

import traceback

_PACKAGE = "products."


def told(error: Exception) -> str:
    """Kind and message of an exception, and its traceback from the first line of product code on, if it has one."""
    frames = list(traceback.walk_tb(error.__traceback__))
    first = next((place for place, (frame, _) in enumerate(frames) if _is_product_code(frame.f_globals)), len(frames))
    lines = traceback.StackSummary.extract(iter(frames[first:])).format()
    return "\n".join([f"{type(error).__name__}: {error}", *(line.rstrip("\n") for line in lines)])


def _is_product_code(names: dict[str, object]) -> bool:
    return str(names.get("__name__", "")).startswith(_PACKAGE)
