"""The files that `factory init` and `factory new` write."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from string import Template

from factory.errors import UsageError

BUILDSPECS = "buildspecs"


def buildspecs() -> list[str]:
    """The skeletons of the pipeline's buildspecs."""
    return sorted(f"{BUILDSPECS}/{file.name}" for file in (resources.files(__name__) / BUILDSPECS).iterdir())


def write(files: Mapping[Path, str], **values: str) -> list[Path]:
    """Write each file from the skeleton of that name, with `$name` filled in. Nothing is written if one exists.

    Buildspecs are copied as they are: there `$name` is the shell's.
    """
    taken = [path for path in files if path.exists()]
    if taken:
        raise UsageError(f"{taken[0]} exists already: nothing was written")
    folder = resources.files(__name__)
    for path, skeleton in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        text = (folder / skeleton).read_text(encoding="utf-8")
        if not skeleton.startswith(f"{BUILDSPECS}/"):
            text = Template(text).substitute(values)
        path.write_text(text, encoding="utf-8")
    return list(files)
