"""Long answers cut into pages, with a token that leads to the next one."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from factory.sandbox.servicecatalog.errors import invalid

_DEFAULT_SIZE = 20
_Item = TypeVar("_Item")


def page(items: Sequence[_Item], parameters: Mapping[str, Any], operation: str) -> tuple[Sequence[_Item], str | None]:
    """The page that the parameters ask for, and the token of the next one if there is one.

    Without PageSize a page holds 20 items, the smallest cap of the service; the larger caps are in the model.
    Raises InvalidParametersException for a token that another operation, or nobody, gave out.
    """
    size = parameters.get("PageSize") or _DEFAULT_SIZE
    start = _offset(parameters["PageToken"], operation) if parameters.get("PageToken") else 0
    rest = start + size
    return items[start:rest], _token(operation, rest) if rest < len(items) else None


def _token(operation: str, offset: int) -> str:
    return base64.urlsafe_b64encode(f"{operation}:{offset}".encode()).decode()


def _offset(token: str, operation: str) -> int:
    try:
        name, _, offset = base64.urlsafe_b64decode(token.encode()).decode().partition(":")
    except (binascii.Error, UnicodeError):
        name, offset = "", ""
    if name != operation or not offset.isdecimal():
        raise invalid("Invalid page token.")
    return int(offset)
