"""What the pipeline's builds install: every requirement of the package, by its version."""

from __future__ import annotations

import re

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.conftest import ROOT


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
