"""The progress of launches: on a terminal what is under way as a picture, in a pipe a line as one begins and ends."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum, auto

from rich.markup import escape
from rich.table import Table
from rich.text import Text

from factory.aws.launch import STACK_INSTANCE, Event
from factory.cli.terminal import Terminal

_STACK = "AWS::CloudFormation::Stack"
_DONE = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "DELETE_COMPLETE", "DELETE_SKIPPED")
_INSTANCE_DONE = ("SUCCEEDED", "DELETED")
# Lines of a terminal that the rows leave: for the sums, for how many rows did not fit, and for the prompt.
_OTHER_LINES = 3


class Stage(Enum):
    """How far a launch has come."""

    WAITING = auto()
    UNDER_WAY = auto()
    DONE = auto()
    FAILED = auto()


@dataclass(slots=True, kw_only=True)
class _Row:
    stage: Stage = Stage.WAITING
    state: str = ""
    last: str = ""
    ended: int = 0
    counted: str = "resources"
    begun: float = 0.0

    @property
    def is_open(self) -> bool:
        """Whether it is worth a row among many."""
        return self.stage in {Stage.UNDER_WAY, Stage.FAILED}

    @property
    def count(self) -> str:
        """How many resources have ended, in words."""
        return f"{self.ended} {self.counted}" if self.ended else ""


class Board:
    """What each of some launches is at. Safe to use from several threads.

    Of a single launch every event is told. Of several, the picture has a row for each that is under way or has failed,
    as far as the terminal is high enough, and sums; a pipe gets a line when a launch begins and one when it ends.
    """

    def __init__(self, terminal: Terminal, names: Iterable[str], clock: Callable[[], float] = time.monotonic) -> None:
        self._terminal = terminal
        self._clock = clock
        self._rows = {name: _Row() for name in names}
        self._width = max((len(name) for name in self._rows), default=0)
        # Whoever prints draws the picture, too, and waits for others who do: rows are not locked meanwhile.
        self._rows_lock = threading.Lock()
        # Taken before the other one, so that lines come in the order of what they tell.
        self._lines_lock = threading.Lock()
        self._begun = clock()

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Draw while the block runs."""
        if not self._drawn:
            yield
            return
        with self._terminal.live(self.picture):
            yield

    def state(self, name: str, state: str) -> None:
        """Say what a launch is at, with which it is under way."""
        with self._lines_lock:
            with self._rows_lock:
                row = self._rows[name]
                if row.stage is Stage.WAITING:
                    row.stage, row.begun = Stage.UNDER_WAY, self._clock()
                row.state = state
            if not self._drawn:
                self._tell(name, state)

    def done(self, name: str, state: str, *, changed: bool = True) -> None:
        """Say that a launch ended well, and as what; where nothing was to be done, a picture tells it by its sums."""
        with self._lines_lock:
            with self._rows_lock:
                row = self._rows[name]
                row.stage, row.state = Stage.DONE, state
                details = [row.count, _duration(self._clock() - row.begun)] if changed and not self._single else []
            if not self._drawn or (changed and not self._single):
                self._tell(name, "  ".join(filter(None, [state, *details])))

    def failed(self, name: str, reason: str) -> None:
        """Say that a launch failed while others go on; of a single one the command tells the reason."""
        with self._lines_lock:
            with self._rows_lock:
                row = self._rows[name]
                row.stage, row.state = Stage.FAILED, "failed"
            if not (self._drawn and self._single):
                self._tell(name, "failed" if self._single else f"failed: {reason}", style="red")

    def say(self, name: str, text: str) -> None:
        """Print a line that stays, also above the picture."""
        with self._lines_lock:
            self._terminal.note(f"{self._margin}{name:<{self._width}}  {text}")

    def event(self, name: str, event: Event) -> None:
        """Tell what happened to a resource of a launch."""
        with self._rows_lock:
            row = self._rows[name]
            if event.type != _STACK:
                row.last = f"{event.resource} {event.status}"
            if event.type == STACK_INSTANCE:
                row.counted = "stack instances"
                row.ended += event.status in _INSTANCE_DONE
            else:
                row.ended += event.status in _DONE and event.type != _STACK
        if not self._drawn and (self._single or event.failed):
            reason = f"  {event.reason}" if event.failed and event.reason else ""
            self.say(name, f"{event.status:<28}  {event.resource}  {event.type}{reason}")

    def picture(self) -> Table:
        """What is under way, a row a launch that fits into a line, and the sums of many."""
        room = max(1, self._terminal.notes.height - _OTHER_LINES)
        table = Table(box=None, pad_edge=False, show_header=False)
        for _ in range(4):
            table.add_column(no_wrap=True)
        # The one that gives way where the terminal is narrow.
        table.add_column()
        with self._rows_lock:
            shown = {name: row for name, row in self._rows.items() if self._single or row.is_open}
            rows = sorted(shown.items(), key=lambda item: (item[1].stage is not Stage.FAILED, item[1].begun))
            for name, row in rows[:room]:
                spent = self._clock() - row.begun
                table.add_row(
                    f"[bold]{escape(name)}",
                    f"[red]{escape(row.state)}" if row.stage is Stage.FAILED else escape(row.state),
                    _duration(spent) if row.stage is Stage.UNDER_WAY else "",
                    row.count,
                    Text(row.last, style="dim", no_wrap=True, overflow="ellipsis"),
                )
            found = Counter(row.stage for row in self._rows.values())
        if self._single:
            return table
        whole = Table.grid()
        if rows:
            whole.add_row(table)
        if len(rows) > room:
            whole.add_row(f"[dim]… and {len(rows) - room} more")
        words = {Stage.UNDER_WAY: "under way", Stage.WAITING: "waiting", Stage.FAILED: "failed"}
        others = [f"{found[stage]} {text}" for stage, text in words.items() if found[stage]]
        sums = ", ".join([f"{found[Stage.DONE]} of {len(self._rows)} done", *others])
        whole.add_row(f"[bold]{sums}[/]  {_duration(self._clock() - self._begun)}")
        return whole

    @property
    def _single(self) -> bool:
        return len(self._rows) == 1

    @property
    def _drawn(self) -> bool:
        return self._terminal.notes.is_terminal

    @property
    def _margin(self) -> str:
        """As wide as the count that stands before what begins and ends."""
        return "" if self._single or self._drawn else " " * (2 * len(str(len(self._rows))) + 4)

    def _tell(self, name: str, text: str, style: str = "") -> None:
        """Print a line that stays; of several launches in a pipe with how many of them have ended."""
        count = ""
        if self._margin:
            with self._rows_lock:
                ended = sum(row.stage in {Stage.DONE, Stage.FAILED} for row in self._rows.values())
            count = f"[{ended:>{len(str(len(self._rows)))}}/{len(self._rows)}] "
        self._terminal.note(f"{count}{name:<{self._width}}  {text}", style=style)


def _duration(seconds: float) -> str:
    """Minutes and seconds, such as `2:05`."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
