"""Real invocations of the command in a project of its own."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from factory.cli.main import main
from tests.command import Command, copy_portfolios

Run = Callable[..., tuple[object, Any]]


@pytest.fixture
def factory(tmp_path: Path) -> Command:
    """The command in a fresh project with the shipped portfolios."""
    copy_portfolios(tmp_path)
    return Command(tmp_path)


@pytest.fixture(scope="module")
def sandboxed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Command]:
    """The command in a project whose catalog is published to its sandbox."""
    directory = tmp_path_factory.mktemp("project")
    copy_portfolios(directory)
    command = Command(directory)
    command("publish", "--sandbox", "--yes")
    yield command
    command("sandbox", "stop")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command line in this process: its exit code, and what it printed."""

    def run(*arguments: str) -> tuple[object, Any]:
        monkeypatch.setattr(sys, "argv", ["factory", *arguments])
        with pytest.raises(SystemExit) as left:
            main()
        return left.value.code, capsys.readouterr()

    return run
