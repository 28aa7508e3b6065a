"""Every file in buildspecs/: it is what CodeBuild takes, and keeps to what all builds here keep to."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.buildspecs.buildspec import load
from tests.conftest import ROOT

FILES = sorted((ROOT / "buildspecs").glob("*.y*ml"))

each_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)


def test_there_are_buildspecs() -> None:
    assert {"validate.yml", "plan.yml", "publish.yml"} <= {path.name for path in FILES}


@each_file
def test_it_is_valid(path: Path) -> None:
    load(path)


@each_file
def test_nothing_is_run_unseen(path: Path) -> None:
    """What a build downloads, it installs by a version or a digest; and no shell tells its secrets."""
    for command in load(path).commands():
        assert not re.search(r"(curl|wget)\b.*\|\s*(ba|z)?sh\b", command), command
        assert not re.search(r"\bset\s+-\w*x|\bprintenv\b|^\s*(env|set)\s*$", command, re.MULTILINE), command
        assert not re.search(r":latest\b", command), command


def pins(name: str) -> dict[str, str]:
    """Version by package of a requirements file."""
    lines = [line for line in (ROOT / name).read_text().splitlines() if line and not line.startswith(("#", "--"))]
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in lines)
    return dict(line.split("==") for line in lines)


@pytest.mark.parametrize(
    ("section", "files"),
    [("install_requires=", ["requirements.txt"]), ('"test": ', ["requirements.txt", "requirements-test.txt"])],
    ids=["base", "test"],
)
def test_what_setup_asks_for_is_pinned(section: str, files: list[str]) -> None:
    found = {canonicalize_name(name): version for file in files for name, version in pins(file).items()}
    listed = (ROOT / "setup.py").read_text().partition(section)[2].partition("],\n")[0]
    asked = [Requirement(text) for text in re.findall(r'"([^"]+)"', listed) if not text.startswith("product-factory")]
    assert len(asked) > 5
    assert [str(item) for item in asked if found.get(canonicalize_name(item.name), "") not in item.specifier] == []
