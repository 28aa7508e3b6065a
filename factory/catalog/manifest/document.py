"""From a YAML file to nodes that know their line; and back; nothing else in the factory reads or writes YAML.

Only plain data is read. Tags (`!Ref`), aliases (`*name`), merge keys and duplicate keys are problems, so that what a
manifest says stands on the line where one looks for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from factory.errors import Problem

_STANDARD_TAG = "tag:yaml.org,2002:"
_WIDTH = 120
_PLAIN = {"map", "seq", "str", "int", "float", "bool", "null", "timestamp"}


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


def read(path: Path, file: str) -> tuple[Node | None, list[Problem]]:
    """The file's content, or None where it cannot be read, and what is wrong with its form."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        return None, [Problem(file=file, line=1, message=f"cannot be read: {error}")]
    return parse(text, file)


def parse(text: str, file: str) -> tuple[Node | None, list[Problem]]:
    """The content of a text that is, or is to be, a file; otherwise like `read`."""
    problems: list[Problem] = []
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.AliasEvent):
                message = "aliases are not read: write the value out"
                problems.append(Problem(file=file, line=_line(event.start_mark), message=message))
        root = None if problems else yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        why = getattr(error, "problem", None) or str(error)
        line = _line(getattr(error, "problem_mark", None))
        problems.append(Problem(file=file, line=line, message=f"cannot be read: {why}"))
        root = None
    if problems:
        return None, problems
    return (_node(root, file, problems) if root else Mapping(line=1, entries=())), problems


def write(data: Any) -> str:
    """Lists, dictionaries and texts as YAML in which every text reads as a text again."""
    return yaml.dump(data, Dumper=_PlainDumper, sort_keys=False, allow_unicode=True, width=_WIDTH)


class _PlainDumper(yaml.SafeDumper):
    """Writes out what occurs twice, as aliases are not read."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - PyYAML's signature
        return True


def _line(mark: object) -> int:
    """The line of a YAML mark, counted from 1; the first where there is no mark."""
    return int(getattr(mark, "line", 0)) + 1


def _node(node: yaml.Node, file: str, problems: list[Problem]) -> Node:
    line = _line(node.start_mark)
    type_ = node.tag.removeprefix(_STANDARD_TAG)
    if type_ not in _PLAIN:
        message = f"the tag {type_} is not read: write plain data, such as {{Ref: Name}} for !Ref Name"
        problems.append(Problem(file=file, line=line, message=message))
    if isinstance(node, yaml.MappingNode):
        return Mapping(line=line, entries=tuple(_entries(node, file, problems)))
    if isinstance(node, yaml.SequenceNode):
        return Items(line=line, items=tuple(_node(item, file, problems) for item in node.value))
    return Scalar(line=line, text=str(node.value), type=type_)


def _entries(node: yaml.MappingNode, file: str, problems: list[Problem]) -> list[tuple[Scalar, Node]]:
    entries: list[tuple[Scalar, Node]] = []
    first_lines: dict[str, int] = {}
    for key_node, value_node in node.value:
        key = _node(key_node, file, problems)
        if not isinstance(key, Scalar):
            problems.append(Problem(file=file, line=key.line, message="a key must be a text"))
            continue
        if key.text in first_lines:
            message = f"{key.text} stands here a second time; the first is in line {first_lines[key.text]}"
            problems.append(Problem(file=file, line=key.line, message=message))
            continue
        first_lines[key.text] = key.line
        entries.append((key, _node(value_node, file, problems)))
    return entries
