"""Rows of figures as a table that reads the same on a terminal and in Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence


def lines(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """The table's lines; the first column is a text, the others are figures."""
    widths = [max(len(row[column]) for row in [headings, *rows]) for column in range(len(headings))]
    yield _line(headings, widths)
    yield "|".join(["", "-" * (widths[0] + 2), *(f"{'-' * (width + 1)}:" for width in widths[1:]), ""])
    for row in rows:
        yield _line(row, widths)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    text, *figures = row
    cells = [f"{text:<{widths[0]}}", *(f"{figure:>{width}}" for figure, width in zip(figures, widths[1:], strict=True))]
    return f"| {' | '.join(cells)} |"
