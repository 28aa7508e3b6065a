"""Every file in buildspecs/: it is what CodeBuild takes, and keeps to what all builds here keep to."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.buildspecs.buildspec import load
from tests.conftest import ROOT

FILES = sorted((ROOT / "buildspecs").glob("*.y*ml"))

each_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)


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
