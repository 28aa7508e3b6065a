"""The progress of launches: a picture that is redrawn on a terminal, a line an event in a pipe."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rich.live import Live
from rich.markup import escape
from rich.table import Table

from factory.aws.launch import STACK_INSTANCE, Event
from factory.cli.terminal import Terminal

_STACK = "AWS::CloudFormation::Stack"
_DONE = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "DELETE_COMPLETE", "DELETE_SKIPPED")
_INSTANCE_DONE = ("SUCCEEDED", "DELETED")


@dataclass(slots=True, kw_only=True)
class _Row:
    state: str = "waiting"
    last: str = ""
    ended: int = 0
    counted: str = "resources"


class Board:
    """What each of some launches is at. Safe to use from several threads."""

    def __init__(self, terminal: Terminal, names: Iterable[str]) -> None:
        self._terminal = terminal
        self._rows = {name: _Row() for name in names}
        self._width = max((len(name) for name in self._rows), default=0)
        self._lock = threading.Lock()
        self._live: Live | None = None

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Draw while the block runs."""
        if not self._terminal.notes.is_terminal:
            yield
            return
        with self._terminal.live(self._picture()) as live:
            self._live = live
            try:
                yield
            finally:
                live.update(self._picture(), refresh=True)
                self._live = None

    def state(self, name: str, state: str) -> None:
        """Say what a launch is at."""
        with self._lock:
            self._rows[name].state = state
            self._show(f"{name:<{self._width}}  {state}")

    def say(self, name: str, text: str) -> None:
        """Print a line that stays, also above the picture."""
        with self._lock:
            self._terminal.note(f"{name:<{self._width}}  {text}")

    def event(self, name: str, event: Event) -> None:
        """Tell what happened to a resource of a launch."""
        with self._lock:
            row = self._rows[name]
            row.last = f"{event.resource} {event.status}"
            if event.type == STACK_INSTANCE:
                row.counted = "stack instances"
                row.ended += event.status in _INSTANCE_DONE
            else:
                row.ended += event.status in _DONE and event.type != _STACK
            reason = f"  {event.reason}" if event.failed and event.reason else ""
            self._show(f"{name:<{self._width}}  {event.status:<28}  {event.resource}  {event.type}{reason}")

    def _show(self, line: str) -> None:
        if self._live is not None:
            self._live.update(self._picture())
        elif not self._terminal.notes.is_terminal:
            self._terminal.note(line)

    def _picture(self) -> Table:
        table = Table(box=None, pad_edge=False, show_header=False)
        for name, row in self._rows.items():
            resources = f"{row.ended} {row.counted}" if row.ended else ""
            table.add_row(f"[bold]{escape(name)}", escape(row.state), resources, f"[dim]{escape(row.last)}")
        return table
