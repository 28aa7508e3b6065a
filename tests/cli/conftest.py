"""Real invocations of the command in a project of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command import Command, copy_portfolios


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
