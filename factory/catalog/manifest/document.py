"""From a YAML file to nodes that know their line; nothing else in the factory reads YAML.

Only plain data is read. Tags (`!Ref`), aliases (`*name`), merge keys and duplicate keys are problems, so that what a
manifest says stands on the line where one looks for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

from factory.errors import Problem

_STANDARD_TAG = "tag:yaml.org,2002:"
_SCALARS = {"str", "int", "float", "bool", "null", "timestamp"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scalar:
    """A single value: its text as written and what YAML takes it for, such as `str`, `int` or `null`."""

    line: int
    text: str
    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """A list."""

    line: int
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """Keys and values in the order of the file."""

    line: int
    entries: tuple[tuple[Scalar, Node], ...]


Node = Scalar | Items | Mapping


def read(path: Path, file: str) -> tuple[Node, list[Problem]]:
    """The file's content and what is wrong with its form; an unreadable or empty file reads as an empty mapping."""
    problems: list[Problem] = []
    empty = Mapping(line=1, entries=())
    try:
        loader = _Loader(path.read_text(encoding="utf-8"))
        root = loader.get_single_node()
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        mark = getattr(error, "problem_mark", None)
        text = getattr(error, "problem", None) or str(error)
        problems.append(Problem(file=file, line=mark.line + 1 if mark else 1, message=f"cannot be read: {text}"))
        return empty, problems
    return (_node(root, file, problems) if root else empty), problems


class _Loader(yaml.SafeLoader):
    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark
            raise yaml.composer.ComposerError(problem="aliases are not read: write the value out", problem_mark=mark)
        return super().compose_node(parent, index)


def _node(node: yaml.Node, file: str, problems: list[Problem]) -> Node:
    line = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        return Mapping(line=line, entries=tuple(_entries(node, file, problems)))
    if isinstance(node, yaml.SequenceNode):
        return Items(line=line, items=tuple(_node(item, file, problems) for item in node.value))
    type_ = node.tag.removeprefix(_STANDARD_TAG)
    if type_ not in _SCALARS | {"merge"}:
        message = f"the tag {type_} is not read: write plain data, such as {{Ref: Name}} for !Ref Name"
        problems.append(Problem(file=file, line=line, message=message))
    return Scalar(line=line, text=str(node.value), type=type_)


def _entries(node: yaml.MappingNode, file: str, problems: list[Problem]) -> list[tuple[Scalar, Node]]:
    entries: list[tuple[Scalar, Node]] = []
    first_lines: dict[str, int] = {}
    for key_node, value_node in node.value:
        key = _node(key_node, file, problems)
        if not isinstance(key, Scalar):
            problems.append(Problem(file=file, line=key.line, message="a key must be a text"))
            continue
        first = first_lines.setdefault(key.text, key.line)
        if len(first_lines) == len(entries):
            message = f"{key.text} stands here a second time; the first is in line {first}"
            problems.append(Problem(file=file, line=key.line, message=message))
            continue
        entries.append((key, _node(value_node, file, problems)))
    return entries
