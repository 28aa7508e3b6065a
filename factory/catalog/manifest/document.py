"""From a YAML file to nodes that know their line; and back; nothing else in the factory reads or writes YAML.

Only plain data is read. Tags (`!Ref`), aliases (`*name`), merge keys and duplicate keys are problems, so that what a
manifest says stands on the line where one looks for it.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from factory.errors import ManifestError, Problem

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
    except OSError as error:
        return None, [Problem(file=file, line=1, message=f"cannot be read: {error.strerror}")]
    except UnicodeDecodeError:
        return None, [Problem(file=file, line=1, message="cannot be read: it is not UTF-8")]
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


def extend(text: str, file: str, key: str, entries: dict[str, Any]) -> str:
    """A file's text with entries at the end of the mapping under one of its keys, and all else as it was.

    New lines are indented as those before them, and set off by an empty line where entries are. Raises ManifestError
    where the mapping is not written in lines of its own.
    """
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    nodes = {name.value: (name, value) for name, value in root.value} if isinstance(root, yaml.MappingNode) else {}
    name, value = nodes.get(key, (root, None))
    if not isinstance(value, yaml.MappingNode) or value.flow_style or not value.value:
        message = f"{key} is not written as a line for each entry, so that none can be added: write it so"
        raise ManifestError([Problem(file=file, line=_line(name and name.start_mark), message=message)])
    first, margin = value.value[0][0].start_mark.line, value.value[0][0].start_mark.column
    lines, end, break_ = _opened(text, value)
    # A comment right below the last entry, and indented like it, is about that.
    while (
        end < len(lines) and (line := lines[end]).lstrip().startswith("#") and len(line) - len(line.lstrip()) >= margin
    ):
        end += 1
    steps = [node.value[0][0].start_mark.column - margin for _, node in value.value if _is_block(node)]
    added = yaml.dump(
        entries,
        Dumper=_CompactDumper,
        sort_keys=False,
        allow_unicode=True,
        width=_WIDTH - margin,
        indent=max(steps[0] if steps else margin - name.start_mark.column, 2),
    )
    new = textwrap.indent(added, " " * margin).splitlines()
    gap = [""] if any(not line.strip() for line in lines[first:end]) else []
    return "".join([*lines[:end], *(line + break_ for line in (*gap, *new)), *lines[end:]])


def append(text: str, file: str, keys: Sequence[str], item: str) -> str:
    """A file's text with a text at the end of the list that one reaches by these keys, and all else as it was.

    Raises ManifestError where there is no list.
    """
    found: yaml.Node | None = yaml.compose(text, Loader=yaml.SafeLoader)
    line = 1
    for key in keys:
        entries = found.value if isinstance(found, yaml.MappingNode) else []
        name, found = next(((name, value) for name, value in entries if name.value == key), (None, None))
        line = _line(name.start_mark) if name else line
    if not isinstance(found, yaml.SequenceNode):
        message = f"{'.'.join(keys)} is no list, so that {item} cannot be added to it: write it as one"
        raise ManifestError([Problem(file=file, line=line, message=message)])
    written = write([item]).strip().removeprefix("- ")
    if found.flow_style:
        place, comma = (found.value[-1].end_mark.index, ", ") if found.value else (found.start_mark.index + 1, "")
        return f"{text[:place]}{comma}{written}{text[place:]}"
    lines, end, break_ = _opened(text, found)
    return "".join([*lines[:end], f"{' ' * found.start_mark.column}- {written}{break_}", *lines[end:]])


def _is_block(node: yaml.Node) -> bool:
    return isinstance(node, yaml.MappingNode) and bool(node.value) and not node.flow_style


def _opened(text: str, node: yaml.Node) -> tuple[list[str], int, str]:
    """The lines of a text, where one may be put behind what a node holds, and how lines end."""
    lines = text.splitlines(keepends=True)
    break_ = "\r\n" if lines[0].endswith("\r\n") else "\n"
    end = _last_line(node) + 1
    while not lines[end - 1].strip():
        end -= 1
    if not lines[end - 1].endswith("\n"):
        lines[end - 1] += break_
    return lines, end, break_


def _last_line(node: yaml.Node) -> int:
    """The line on which the last value in a node ends, counted from 0; what follows it are comments."""
    if isinstance(node, yaml.CollectionNode) and node.value and not node.flow_style:
        last = node.value[-1]
        return _last_line(last[1] if isinstance(last, tuple) else last)
    mark = node.end_mark
    # Behind a text of several lines the mark stands at the beginning of the next one.
    is_behind = isinstance(node, yaml.ScalarNode) and node.style in ("|", ">") and mark.column == 0
    return int(mark.line) - is_behind


class _PlainDumper(yaml.SafeDumper):
    """Writes out what occurs twice, as aliases are not read."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - PyYAML's signature
        return True


class _CompactDumper(_PlainDumper):
    """Writes a list in a line."""

    def represent_sequence(self, tag: str, sequence: Any, flow_style: bool | None = None) -> yaml.SequenceNode:  # noqa: ARG002
        return super().represent_sequence(tag, sequence, flow_style=True)


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
