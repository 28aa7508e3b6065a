"""Launches side by side: what begins when, and what does not after a failure or Ctrl-C."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from factory.cli import launching
from factory.cli.board import Board
from factory.cli.terminal import Terminal
from factory.cli.workspace import Workspace
from factory.errors import LaunchError

FIRST, MANY = "first", [f"service-{number:02d}" for number in range(40)]
NEEDS = {FIRST: frozenset[str](), **{name: frozenset({FIRST}) for name in MANY}}


@pytest.fixture
def run(tmp_path: Path) -> Callable[[Callable[[str], str]], dict[str, str]]:
    """Does a work for `first` and forty more that need it."""

    def start(work: Callable[[str], str]) -> dict[str, str]:
        terminal = Terminal()
        workspace = Workspace(tmp_path, sandbox=True, terminal=terminal)
        return launching.side_by_side(workspace, NEEDS, work, Board(terminal, NEEDS))

    return start


def test_what_needs_nothing_more_goes_side_by_side(run: Callable[[Callable[[str], str]], dict[str, str]]) -> None:
    begun: list[str] = []
    together = threading.Barrier(8)

    def work(name: str) -> str:
        begun.append(name)
        if name != FIRST:
            # Breaks unless this many are under way at a time.
            together.wait(timeout=10)
        return name.upper()

    assert run(work) == {name: name.upper() for name in NEEDS}
    assert begun[0] == FIRST


def test_nothing_begins_after_a_failure(run: Callable[[Callable[[str], str]], dict[str, str]]) -> None:
    begun: list[str] = []
    failed = threading.Event()

    def work(name: str) -> str:
        begun.append(name)
        if name == MANY[0]:
            failed.set()
            raise LaunchError(f"launch {name} failed: why", hint="mend it")
        if name != FIRST:
            failed.wait(10)
            # What is under way takes longer than it takes to see the failure.
            threading.Event().wait(0.3)
        return name

    with pytest.raises(LaunchError) as error:
        run(work)

    left = [name for name in MANY if name not in begun]
    assert len(left) > len(MANY) / 2
    assert error.value.message == f"launch {MANY[0]} failed: why\n  not begun: {', '.join(left)}"
    assert error.value.hint == "mend it"


def test_nothing_begins_after_an_interruption(run: Callable[[Callable[[str], str]], dict[str, str]]) -> None:
    begun: list[str] = []

    def work(name: str) -> str:
        begun.append(name)
        if name == MANY[0]:
            raise KeyboardInterrupt
        if name != FIRST:
            threading.Event().wait(0.3)
        return name

    with pytest.raises(KeyboardInterrupt):
        run(work)
    assert len(begun) < len(MANY) / 2
