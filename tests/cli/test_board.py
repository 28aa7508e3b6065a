"""The progress of many launches and of one, on a terminal and in a pipe."""

from __future__ import annotations

import io
import re
import threading
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from rich.console import Console

from factory.aws.launch import Event
from factory.cli.board import Board
from factory.cli.terminal import Terminal

MANY = [f"service-{number:02d}" for number in range(1, 41)]


class Clock:
    """A clock that a test sets."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


class Screen:
    """A terminal of some height, or a pipe."""

    def __init__(self, names: Sequence[str], *, height: int = 0) -> None:
        self.output = io.StringIO()
        self.clock = Clock()
        terminal = Terminal()
        terminal.notes = Console(
            file=self.output,
            force_terminal=height > 0,
            color_system=None,
            width=100,
            height=height or 25,
            soft_wrap=True,
        )
        self.board = Board(terminal, names, self.clock)
        self._terminal = terminal

    def drawn(self) -> list[str]:
        """The picture as it is now."""
        sheet = Console(file=io.StringIO(), width=100, color_system=None)
        with sheet.capture() as capture:
            sheet.print(self.board.picture())
        return [line.rstrip() for line in capture.get().splitlines()]

    def printed(self) -> list[str]:
        """The lines that stay."""
        return self.output.getvalue().splitlines()


def event(resource: str, status: str, reason: str = "", kind: str = "AWS::SQS::Queue") -> Event:
    return Event(time=datetime.now(UTC), resource=resource, type=kind, status=status, reason=reason)


def test_many_launches_fit_on_a_terminal() -> None:
    screen = Screen(MANY, height=12)
    board, clock = screen.board, screen.clock
    for name in MANY[:20]:
        board.state(name, "launching queue 1.0.0")
    clock.now = 65.0
    for name in MANY[:8]:
        board.done(name, "AVAILABLE")
    board.done(MANY[30], "there already: queue 1.0.0", changed=False)
    board.event("service-09", event("Queue", "CREATE_COMPLETE"))
    board.failed("service-20", "the name is taken")

    assert screen.drawn() == [
        "service-20  failed",
        "service-09  launching queue 1.0.0  1:05  1 resources  Queue CREATE_COMPLETE",
        *(f"service-{number}  launching queue 1.0.0  1:05" for number in range(10, 17)),
        "… and 3 more",
        "9 of 40 done, 11 under way, 19 waiting, 1 failed  1:05",
    ]
    assert screen.printed() == [
        *(f"service-0{number}  AVAILABLE  1:05" for number in range(1, 9)),
        "service-20  failed: the name is taken",
    ]


def test_a_narrow_terminal_cuts_what_matters_least() -> None:
    screen = Screen(MANY, height=12)
    screen.board.state("service-01", "launching queue 1.0.0")
    screen.board.event("service-01", event("Queue" * 30, "CREATE_COMPLETE"))
    row, sums = screen.drawn()
    assert re.fullmatch(r"service-01  launching queue 1\.0\.0  0:00  1 resources  (Queue)+[Que]*…", row)
    assert sums == "0 of 40 done, 1 under way, 39 waiting  0:00"


def test_the_picture_is_drawn_while_somebody_prints(monkeypatch: pytest.MonkeyPatch) -> None:
    """Printing draws the picture in a terminal, by whichever thread: neither may wait for the other."""
    screen = Screen(MANY, height=12)
    drawn: list[bool] = []

    def note(*_: str, **__: str) -> None:
        other = threading.Thread(target=screen.board.picture, daemon=True)
        other.start()
        other.join(timeout=10)
        drawn.append(not other.is_alive())

    monkeypatch.setattr(Terminal, "note", note)
    screen.board.state("service-01", "launching queue 1.0.0")
    screen.board.say("service-01", "said")
    screen.board.event("service-01", event("Queue", "CREATE_COMPLETE"))
    screen.board.done("service-01", "AVAILABLE")
    screen.board.failed("service-02", "why")
    assert drawn == [True] * 3


def test_in_a_pipe_a_line_tells_that_one_of_many_begins_or_ends() -> None:
    screen = Screen(MANY)
    board, clock = screen.board, screen.clock
    board.done("service-01", "there already: queue 1.0.0", changed=False)
    board.state("service-02", "updating to queue 1.1.0")
    board.say("service-02", "Size: small → large")
    board.event("service-02", event("Queue", "UPDATE_IN_PROGRESS"))
    board.event("service-02", event("Queue", "UPDATE_COMPLETE"))
    board.state("service-03", "launching queue 1.1.0")
    clock.now = 605.0
    board.done("service-02", "AVAILABLE")
    board.event("service-03", event("Queue", "CREATE_FAILED", "the name is taken"))
    board.failed("service-03", "launch service-03 in dev/us-east-1 failed")
    with board.shown():
        assert screen.printed() == [
            "[ 1/40] service-01  there already: queue 1.0.0",
            "[ 1/40] service-02  updating to queue 1.1.0",
            "        service-02  Size: small → large",
            "[ 1/40] service-03  launching queue 1.1.0",
            "[ 2/40] service-02  AVAILABLE  1 resources  10:05",
            "        service-03  CREATE_FAILED                 Queue  AWS::SQS::Queue  the name is taken",
            "[ 3/40] service-03  failed: launch service-03 in dev/us-east-1 failed",
        ]


@pytest.mark.parametrize("status", ["CREATE_IN_PROGRESS", "CREATE_COMPLETE"])
def test_of_a_single_launch_every_event_is_told(status: str) -> None:
    screen = Screen(["queue"])
    screen.board.state("queue", "launching queue 1.0.0")
    screen.board.event("queue", event("Queue", status))
    screen.board.done("queue", "AVAILABLE")
    assert screen.printed() == [
        "queue  launching queue 1.0.0",
        f"queue  {status:<28}  Queue  AWS::SQS::Queue",
        "queue  AVAILABLE",
    ]


def test_a_single_launch_is_drawn_to_its_end() -> None:
    screen = Screen(["queue"], height=24)
    with screen.board.shown():
        screen.board.state("queue", "launching queue 1.0.0")
        screen.board.event("queue", event("Queue", "CREATE_COMPLETE"))
        screen.board.event("queue", event("SC-1", "CREATE_COMPLETE", kind="AWS::CloudFormation::Stack"))
        screen.board.done("queue", "AVAILABLE")
    assert [" ".join(line.split()) for line in screen.drawn()] == ["queue AVAILABLE 1 resources Queue CREATE_COMPLETE"]
    assert any("queue  AVAILABLE" in line for line in screen.printed())
