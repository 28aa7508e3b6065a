"""Function archives: the same source gives the same bytes."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import pytest

from factory.authoring.assets import zip_directories
from factory.errors import AuthoringError


def source(directory: Path, text: str = "x = 1\n") -> Path:
    (directory / "inner").mkdir(parents=True)
    (directory / "index.py").write_text(text)
    (directory / "inner/data.json").write_text("{}")
    return directory


def test_time_and_permissions_do_not_reach_the_archive(tmp_path: Path) -> None:
    one, two = source(tmp_path / "one"), source(tmp_path / "two")
    os.utime(two / "index.py", (1, 1))
    (two / "index.py").chmod(0o600)
    assert zip_directories(one) == zip_directories(two)


def test_compiled_files_stay_out(tmp_path: Path) -> None:
    directory = source(tmp_path / "one")
    before = zip_directories(directory)
    (directory / "__pycache__").mkdir()
    (directory / "__pycache__/index.cpython-311.pyc").write_bytes(b"x")
    assert zip_directories(directory) == before
    assert zipfile.ZipFile(io.BytesIO(before.body)).namelist() == ["index.py", "inner/data.json"]


def test_other_source_has_another_key(tmp_path: Path) -> None:
    assert zip_directories(source(tmp_path / "one")).key != zip_directories(source(tmp_path / "two", "x = 2\n")).key


def test_an_empty_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AuthoringError, match="no file of code"):
        zip_directories(tmp_path)


def test_directories_are_packed_together(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared/response.py").write_text("")
    asset = zip_directories(source(tmp_path / "one"), tmp_path / "shared")
    assert "response.py" in zipfile.ZipFile(io.BytesIO(asset.body)).namelist()


def test_a_file_that_would_hide_another_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AuthoringError, match=r"index\.py is in one too"):
        zip_directories(source(tmp_path / "one"), source(tmp_path / "two"))
