"""Data into JSON and back, exactly: containers of every kind, what is shared between them, the sandbox's own classes.

Plain JSON values stand for themselves. Everything else is an object with a mark that says what it is. Reading makes
containers, and data classes, named tuples and enums of modules of the sandbox that are loaded already: whatever a file
says, no code of its own runs.
"""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import enum
import json
import sys
import threading
from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

_MARK = "!"
_LOCK_SECONDS = 2.0
_OWN = "factory.sandbox."
_PLAIN = (type(None), bool, int, float, str)
_TEXTS: dict[type, tuple[str, Callable[[Any], str], Callable[[str], Any]]] = {
    bytes: ("bytes", lambda value: base64.b64encode(value).decode(), base64.b64decode),
    bytearray: ("bytearray", lambda value: base64.b64encode(value).decode(), lambda t: bytearray(base64.b64decode(t))),
    datetime: ("datetime", datetime.isoformat, datetime.fromisoformat),
    Decimal: ("decimal", str, Decimal),
}
_MAPPINGS: dict[type, str] = {dict: "dict", OrderedDict: "ordered", defaultdict: "defaultdict"}
_MUTABLE: dict[type, str] = {list: "list", set: "set", deque: "deque"}
_FIXED: dict[type, str] = {tuple: "tuple", frozenset: "frozenset"}
_FACTORIES: dict[str, Callable[[], Any]] = {"dict": dict, "list": list, "set": set, "int": int}


class UnreadableError(ValueError):
    """A document that `write` did not make, or that is about classes which are no longer there."""


def write(value: Any, left_out: Callable[[str], None]) -> Any:
    """Give what `json.dumps` takes and `read` turns into an equal value.

    What is no data, such as a lock or a connection, becomes None; `left_out` is told where it stood.
    """
    return _Writer(value, left_out).write(value, "")


def read(document: Any) -> Any:
    """Give the value from which `write` made the document. Raises UnreadableError."""
    try:
        return _Reader().read(document)
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise UnreadableError(f"{type(error).__name__}: {error}") from error


@contextlib.contextmanager
def held_if_possible(lock: threading.RLock) -> Iterator[None]:
    """Hold the lock of what is written, unless whoever has it doesn't give it up in time.

    When a sandbox stops, an operation may still wait for an answer that never comes, and has nobody to answer to.
    """
    held = lock.acquire(timeout=_LOCK_SECONDS)
    try:
        yield
    finally:
        if held:
            lock.release()


class _Writer:
    def __init__(self, value: Any, left_out: Callable[[str], None]) -> None:
        self._shared = set(_met_again(value))
        self._numbers: dict[int, int] = {}
        self._left_out = left_out

    def write(self, value: Any, path: str) -> Any:
        kind = type(value)
        if kind in _PLAIN:
            return value
        if kind in _TEXTS:
            name, text, _ = _TEXTS[kind]
            return {_MARK: name, "text": text(value)}
        if kind in _FIXED:
            return {_MARK: _FIXED[kind], "items": self._ordered(self._all(value, path), kind)}
        if kind in _MAPPINGS or kind in _MUTABLE:
            return self._container(value, path)
        if kind.__module__.startswith(_OWN):
            return self._own(value, path)
        self._left_out(f"{path.removeprefix('.')}: {kind.__module__}.{kind.__qualname__}")
        return None

    def _all(self, items: Any, path: str) -> list[Any]:
        return [self.write(item, f"{path}[{index}]") for index, item in enumerate(list(items))]

    @staticmethod
    def _ordered(items: list[Any], kind: type) -> list[Any]:
        """Give the items of a set in an order of their own, so that equal values are written alike."""
        return sorted(items, key=json.dumps) if kind in (set, frozenset) else items

    def _container(self, value: Any, path: str) -> Any:
        number = self._numbers.get(id(value))
        if number is not None:
            return {_MARK: "same", "number": number}
        mark: dict[str, Any] = {}
        if id(value) in self._shared:
            mark["number"] = self._numbers[id(value)] = len(self._numbers)
        kind = type(value)
        if kind in _MUTABLE:
            if kind is deque:
                mark["limit"] = value.maxlen
            items = self._ordered(self._all(value, path), kind)
            return items if kind is list and not mark else {_MARK: _MUTABLE[kind], **mark, "items": items}
        # Other threads may add to it meanwhile.
        pairs = list(value.items())
        if kind is dict and not mark and all(type(key) is str for key, _ in pairs) and _MARK not in value:
            return {key: self.write(item, f"{path}.{key}") for key, item in pairs}
        if kind is defaultdict:
            name = getattr(value.default_factory, "__name__", "")
            if _FACTORIES.get(name) is not value.default_factory:
                self._left_out(f"{path.removeprefix('.')}: what {name or 'nothing'} makes of a missing key")
                kind = dict
            else:
                mark["factory"] = name
        written = [[self.write(key, path), self.write(item, f"{path}.{key}")] for key, item in pairs]
        return {_MARK: _MAPPINGS[kind], **mark, "items": written}

    def _own(self, value: Any, path: str) -> Any:
        kind = type(value)
        mark = {_MARK: f"{kind.__module__.removeprefix(_OWN)}:{kind.__qualname__}"}
        if isinstance(value, enum.Enum):
            return {**mark, "value": value.value}
        if isinstance(value, tuple):
            return {**mark, "items": self._all(value, path)}
        if not dataclasses.is_dataclass(value):
            self._left_out(f"{path.removeprefix('.')}: {kind.__module__}.{kind.__qualname__}")
            return None
        fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        return {**mark, "fields": {name: self.write(item, f"{path}.{name}") for name, item in fields.items()}}


def _met_again(value: Any) -> Iterator[int]:
    """Give the identities of the changeable containers that more than one way leads to."""
    seen: set[int] = set()
    waiting = [value]
    while waiting:
        current = waiting.pop()
        kind = type(current)
        if kind in _MAPPINGS or kind in _MUTABLE:
            if id(current) in seen:
                yield id(current)
                continue
            seen.add(id(current))
        if kind in _MAPPINGS:
            waiting.extend(list(current.values()))
        elif kind in _MUTABLE or isinstance(current, tuple | frozenset):
            waiting.extend(list(current))
        elif dataclasses.is_dataclass(current):
            waiting.extend(getattr(current, field.name) for field in dataclasses.fields(current))


class _Reader:
    def __init__(self) -> None:
        self._known: dict[int, Any] = {}

    def read(self, document: Any) -> Any:
        if isinstance(document, list):
            return [self.read(item) for item in document]
        if not isinstance(document, dict):
            return document
        if _MARK not in document:
            return {key: self.read(item) for key, item in document.items()}
        mark = document[_MARK]
        if mark == "same":
            return self._known[document["number"]]
        if ":" in mark:
            return self._own(mark, document)
        for name, _, value in _TEXTS.values():
            if name == mark:
                return value(document["text"])
        if mark in _FIXED.values():
            items = [self.read(item) for item in document["items"]]
            return tuple(items) if mark == "tuple" else frozenset(items)
        return self._container(mark, document)

    def _container(self, mark: str, document: dict[str, Any]) -> Any:
        made: Any
        match mark:
            case "dict":
                made = {}
            case "ordered":
                made = OrderedDict()
            case "defaultdict":
                made = defaultdict(_FACTORIES[document["factory"]])
            case "list":
                made = []
            case "set":
                made = set()
            case "deque":
                made = deque(maxlen=document["limit"])
            case _:
                raise UnreadableError(f"{mark} is no kind of data")
        # Known before it is filled: what is in it may lead back to it.
        if "number" in document:
            self._known[document["number"]] = made
        for item in document["items"]:
            match made:
                case dict():
                    key, content = item
                    made[self.read(key)] = self.read(content)
                case set():
                    made.add(self.read(item))
                case _:
                    made.append(self.read(item))
        return made

    def _own(self, mark: str, document: dict[str, Any]) -> Any:
        module, _, name = mark.partition(":")
        kind: Any = sys.modules[_OWN + module]
        for part in name.split("."):
            kind = getattr(kind, part)
        if not isinstance(kind, type) or kind.__module__ != _OWN + module:
            raise UnreadableError(f"{mark} is no class of the sandbox")
        if issubclass(kind, enum.Enum):
            return kind(document["value"])
        if issubclass(kind, tuple):
            return kind(*(self.read(item) for item in document["items"]))
        if not dataclasses.is_dataclass(kind):
            raise UnreadableError(f"{mark} is no data")
        return kind(**{key: self.read(item) for key, item in document["fields"].items()})
