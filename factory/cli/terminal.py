"""What the commands print, and where: results to standard output, everything else to standard error."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click
from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.live import Live
from rich.markup import escape
from rich.table import Column, Table

from factory.errors import FactoryError

_SIDES = {"+": "green", "-": "red"}


class Terminal:
    """Colour and live progress on a terminal, plain lines in a pipe."""

    def __init__(self) -> None:
        self.results = Console(highlight=False, soft_wrap=True, emoji=False)
        self.notes = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)

    def result(self, text: str, style: str = "") -> None:
        """One line of the answer."""
        self.results.print(escape(text), style=style or None)

    def note(self, text: str, style: str = "") -> None:
        """One line about what is going on."""
        self.notes.print(escape(text), style=style or None)

    def json(self, document: Any) -> None:
        """The answer for machines, the only thing on standard output."""
        click.echo(json.dumps(document, indent=2, ensure_ascii=not self._speaks_unicode(self.results)))

    def table(self, headings: list[str], rows: list[list[str]]) -> None:
        """The answer in columns: aligned on a terminal, separated by tabs in a pipe.

        Words stay whole where the terminal is too narrow, as half a name helps nobody: lines then go on in the next.
        """
        if not self.results.is_terminal:
            for row in [headings, *rows]:
                click.echo("\t".join(row))
            return
        filled = zip(headings, *rows, strict=True)
        longest = (max(cell_len(word) for cell in column for word in cell.split()) for column in filled)
        columns = (Column(heading, min_width=width) for heading, width in zip(headings, longest, strict=True))
        table = Table(*columns, box=None, pad_edge=False, header_style="bold")
        for row in rows:
            table.add_row(*map(escape, row))
        self.results.print(table)

    def difference(self, file: str, before: str, after: str) -> None:
        """What changes in a file, as `git diff` shows it."""
        lines = difflib.unified_diff(before.splitlines(), after.splitlines(), f"a/{file}", f"b/{file}", lineterm="")
        for line in lines:
            style = "" if line.startswith(("---", "+++")) else _SIDES.get(line[:1], "")
            self.result(line, style=style)

    @contextmanager
    def progress(self, title: str) -> Iterator[Any]:
        """A line that changes while something runs. In a pipe, nothing is drawn: `note` says what happened."""
        spinner = "dots" if self._speaks_unicode(self.notes) else "line"
        with self.notes.status(escape(title), spinner=spinner) as status:
            yield status

    def live(self, picture: Callable[[], RenderableType]) -> Live:
        """A picture on standard error that is drawn again four times a second, and a last time at its end."""
        return Live(get_renderable=picture, console=self.notes, refresh_per_second=4)

    @staticmethod
    def _speaks_unicode(console: Console) -> bool:
        return console.encoding.startswith("utf")

    def failure(self, error: FactoryError) -> None:
        """What went wrong, why, and the next command to type."""
        self.notes.print(f"[bold red]error:[/] {escape(error.message)}")
        if error.hint:
            self.notes.print(f"[dim]hint:[/]  {escape(error.hint)}")
