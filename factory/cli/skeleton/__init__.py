"""The files that `factory init` and `factory new` write."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import resources
from pathlib import Path
from string import Template

from factory.errors import UsageError

_SHIPPED = Path(__file__).parents[3]
"""The directory that holds the packages of the factory."""


def buildspecs() -> list[Path]:
    """The buildspecs of the pipeline, which are beside the factory in its repository as in an installation."""
    return [_SHIPPED / "buildspecs" / f"{name}.yml" for name in ("validate", "plan", "publish")]


def write(files: Mapping[Path, str], copies: Iterable[tuple[Path, Path]] = (), **values: str) -> list[Path]:
    """Write each file from the skeleton of that name, with `$name` filled in, and copies of files as they are.

    Nothing is written if one of them exists.
    """
    copied = dict(copies)
    written = [*files, *copied]
    taken = [path for path in written if path.exists()]
    if taken:
        raise UsageError(f"{taken[0]} exists already: nothing was written")
    folder = resources.files(__name__)
    texts = {
        path: Template((folder / skeleton).read_text(encoding="utf-8")).substitute(values)
        for path, skeleton in files.items()
    }
    texts |= {path: source.read_text(encoding="utf-8") for path, source in copied.items()}
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return written
