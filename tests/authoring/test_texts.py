"""Text files that templates carry: a project's own before the shipped ones, and nothing outside of either."""

from __future__ import annotations

from pathlib import Path

import pytest

from factory.authoring.texts import project_text
from factory.errors import AuthoringError
from factory.synthesis.discovery import discover
from tests.conftest import ROOT


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "products").mkdir()
    (tmp_path / "buildspecs").mkdir()
    discover(tmp_path)
    return tmp_path


def test_the_shipped_files_are_there_for_every_project(project: Path) -> None:
    shipped = (ROOT / "buildspecs/deploy.yml").read_text()
    assert project_text("buildspecs/deploy.yml") == shipped
    (project / "buildspecs/deploy.yml").write_bytes(b"own\r\n")
    assert project_text("buildspecs/deploy.yml") == "own\n"


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("buildspecs/absent.yml", "there is no such file"),
        ("buildspecs", "there is no such file"),
        ("../secret.yml", "it is not below"),
        ("/etc/hostname", "it is not below"),
        ("buildspecs/link.yml", "it is not below"),
        ("buildspecs/bytes.yml", "it is not UTF-8"),
    ],
)
def test_other_files_are_refused(name: str, says: str, project: Path) -> None:
    (project.parent / "secret.yml").write_text("secret")
    (project / "buildspecs/link.yml").symlink_to(project.parent / "secret.yml")
    (project / "buildspecs/bytes.yml").write_bytes(b"\xff\xfe")
    with pytest.raises(AuthoringError, match=says):
        project_text(name)
