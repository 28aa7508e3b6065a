"""Reads another tool's YAML file as plain data, and writes launches as a system's manifest has them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from factory.catalog.manifest.document import Items, Node, Scalar, read, write
from factory.catalog.manifest.document import Mapping as Section
from factory.errors import ManifestError, Problem

_TRUE = {"true", "yes", "on", "y"}


def read_foreign(path: Path) -> dict[str, Any]:
    """The file's content. Raises ManifestError where it cannot be read or is no mapping."""
    root, problems = read(path, str(path))
    if root is not None and not isinstance(root, Section):
        problems.append(Problem(file=str(path), line=1, message="it is no mapping of fields"))
    if problems or not isinstance(root, Section):
        raise ManifestError(problems)
    return _section(root)


def launch_text(name: str, product: str, parameters: Mapping[str, str], more: Mapping[str, Mapping[str, str]]) -> str:
    """A launch as it stands below `launches:` of a system, `more` being the values of single environments."""
    launch: dict[str, Any] = {"product": product, "parameters": dict(parameters)}
    if more:
        launch["environments"] = {environment: dict(values) for environment, values in more.items()}
    return write({"launches": {name: launch}})


def _plain(node: Node) -> Any:
    if isinstance(node, Section):
        return _section(node)
    if isinstance(node, Items):
        return [_plain(item) for item in node.items]
    return _scalar(node)


def _section(section: Section) -> dict[str, Any]:
    entries: Iterable[tuple[Scalar, Node]] = section.entries
    return {key.text: _plain(value) for key, value in entries}


def _scalar(scalar: Scalar) -> Any:
    if scalar.type == "bool":
        return scalar.text.lower() in _TRUE
    if scalar.type == "null":
        return None
    if scalar.type == "int":
        # Octal and sexagesimal numbers stay as they are written.
        return int(scalar.text) if scalar.text.isdecimal() else scalar.text
    return scalar.text
