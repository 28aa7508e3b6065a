"""The files that `factory init` and `factory new` write."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from importlib.metadata import version
from pathlib import Path
from string import Template

from factory.errors import UsageError
from factory.planning.written import Written

_SHIPPED = Path(__file__).parents[3]
"""The directory that holds the packages of the factory."""

_BUILDSPECS = ("validate", "plan", "publish")


def filled(skeleton: str, **values: str) -> str:
    """The text of a skeleton with `$name` filled in."""
    text = (resources.files(__name__) / skeleton).read_text(encoding="utf-8")
    return Template(text).substitute(values)


def shipped(path: str) -> str:
    """The text of a file that is beside the factory in its repository as in an installation."""
    return (_SHIPPED / path).read_text(encoding="utf-8")


def kept(root: Path) -> list[Written]:
    """The files of a repository that are the factory's to keep up to date: what the pipeline installs and runs."""
    now = version("product-factory")
    texts = {"requirements.txt": filled("requirements.txt", version=now)}
    texts |= {path: shipped(path) for path in (f"buildspecs/{name}.yml" for name in _BUILDSPECS)}
    return [
        Written(path=path, text=_found(root / path), wanted=text, version=now) for path, text in sorted(texts.items())
    ]


def _found(path: Path) -> str | None:
    # Whatever is not UTF-8 is surely not what was written.
    return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else None


def write(texts: Mapping[Path, str]) -> None:
    """Write new files. Raises UsageError, and writes nothing, if one of them exists."""
    taken = [path for path in texts if path.exists()]
    if taken:
        raise UsageError(f"{taken[0]} exists already: nothing was written")
    for path, text in texts.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
