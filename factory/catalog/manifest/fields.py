"""Reads nodes as the texts, lists and sections that a manifest may hold, and notes every problem on the way.

A field that is absent or wrong reads as a harmless default, so that one pass finds all problems of a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from factory.catalog.manifest.document import Items, Mapping, Node, Scalar
from factory.catalog.nearest import suggestion
from factory.errors import Problem


@dataclass(frozen=True, slots=True)
class Form:
    """What a text must look like, as a pattern for the whole text and in words that complete `is not …`."""

    pattern: str
    words: str

    def fits(self, text: str) -> bool:
        """Whether the whole text has this form."""
        return re.fullmatch(self.pattern, text, re.DOTALL | re.ASCII) is not None


def at_most(characters: int) -> Form:
    """A text that is not empty and not longer than this."""
    return Form(rf"(?=.*\S).{{1,{characters}}}", f"a text of 1 to {characters} characters")


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One value of a manifest under the name that a reader knows it by."""

    file: str
    label: str
    line: int
    node: Node | None
    """None where the manifest does not have the field."""
    problems: list[Problem]

    def __bool__(self) -> bool:
        """Whether the manifest has the field."""
        return self.node is not None

    def problem(self, message: str) -> None:
        """Note what is wrong with the field; the message continues the field's name."""
        self._note(f"{self.label or 'the file'} {message}")

    def text(self, default: str = "", form: Form | None = None) -> str:
        """The text as it is written, so that `1.10` stays `1.10`. YAML's `yes`, `no`, `on` and `off` must be quoted."""
        if self.node is None:
            return default
        if not isinstance(self.node, Scalar):
            self.problem(f"must be a text, not {_kind(self.node)}")
            return default
        text = self.node.text
        if self.node.type == "null":
            self.problem("is empty")
        elif self.node.type == "bool" and text not in ("true", "false"):
            self.problem(f'must be quoted, "{text}": YAML reads {text} as true or false')
        elif form and not form.fits(text):
            self._note(f"{self.label}: {text!r} is not {form.words}")
        else:
            return text
        return default

    def one_of(self, known: Iterable[str], default: str = "") -> str:
        """A text that is one of the known names."""
        names = tuple(known)
        problems = len(self.problems)
        text = self.text(default)
        if self and text not in names and len(self.problems) == problems:
            self._note(f"{self.label}: {text!r} is unknown; {suggestion(text, names)}")
            return default
        return text

    def flag(self, default: bool) -> bool:
        """`true` or `false`."""
        if self.node is None:
            return default
        return self.one_of(("true", "false"), str(default).lower()) == "true"

    def items(self, needed: str = "") -> tuple[Field, ...]:
        """The fields of a list. What is `needed` must be there at least once."""
        if isinstance(self.node, Items):
            if needed and not self.node.items:
                self.problem(f"names no {needed}")
            return tuple(self._child(f"{self.label}[{n}]", item) for n, item in enumerate(self.node.items, start=1))
        if self.node is not None:
            self.problem(f"must be a list, not {_kind(self.node)}")
        return ()

    def entries(self) -> Iterator[tuple[Field, Field]]:
        """The keys and values of a mapping whose keys are free. An empty value counts as an empty mapping."""
        if isinstance(self.node, Mapping):
            for key, value in self.node.entries:
                yield self._child(self.label, key), self._child(f"{self.label}.{key.text}", value, line=key.line)
        elif self.node is not None and not self.is_empty:
            self.problem(f"must be a mapping, not {_kind(self.node)}")

    def section(self, *optional: str, required: Iterable[str] = ()) -> dict[str, Field]:
        """The fields of a mapping whose keys are fixed; the absent ones are there too, as absent fields."""
        required = tuple(required)
        keys = (*required, *optional)
        found = {}
        for key, value in self.entries():
            name = key.text()
            if name in keys:
                found[name] = value
            else:
                value.problem(f"is unknown; {suggestion(name, keys)}")
        if self.node is None or isinstance(self.node, Mapping) or self.is_empty:
            for key_name in required:
                if key_name not in found:
                    self._child(f"{self.label}.{key_name}", None).problem("is missing")
        return {key: found.get(key) or self._child(f"{self.label}.{key}", None) for key in keys}

    @property
    def is_empty(self) -> bool:
        """Whether a key stands there without a value."""
        return isinstance(self.node, Scalar) and self.node.type == "null"

    @property
    def is_list(self) -> bool:
        """Whether the value is a list."""
        return isinstance(self.node, Items)

    @property
    def is_mapping(self) -> bool:
        """Whether the value is a mapping."""
        return isinstance(self.node, Mapping)

    def data(self) -> Any:
        """The value as lists, dictionaries and texts, which is all that CloudFormation compares."""
        if isinstance(self.node, Mapping):
            return {key.text(): value.data() for key, value in self.entries()}
        return [item.data() for item in self.items()] if self.is_list else self.text()

    def child(self, *keys: str) -> Field:
        """The field that one reaches by these keys, or the last one on the way that exists."""
        if not keys:
            return self
        found = next((value for key, value in self.entries() if key.text() == keys[0]), None)
        return found.child(*keys[1:]) if found else self

    def _note(self, message: str) -> None:
        self.problems.append(Problem(file=self.file, line=self.line, message=message))

    def _child(self, label: str, node: Node | None, line: int | None = None) -> Field:
        if line is None:
            line = node.line if node else self.line
        label = label.removeprefix(".")
        return Field(file=self.file, label=label, line=line, node=node, problems=self.problems)


def _kind(node: Node) -> str:
    if isinstance(node, Items):
        return "a list"
    return "a mapping" if isinstance(node, Mapping) else f"the text {node.text!r}"
