"""The files that `factory init` and `factory new` write."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from string import Template

from factory.errors import UsageError


def write(files: Mapping[Path, str], **values: str) -> list[Path]:
    """Write each file from the skeleton of that name, with `$name` filled in. Nothing is written if one exists."""
    taken = [path for path in files if path.exists()]
    if taken:
        raise UsageError(f"{taken[0]} exists already: nothing was written")
    folder = resources.files(__name__)
    for path, skeleton in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        text = (folder / skeleton).read_text(encoding="utf-8")
        path.write_text(Template(text).substitute(values), encoding="utf-8")
    return list(files)
