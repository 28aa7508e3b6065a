"""What the terminal is given: nothing is lost where it is narrow."""

from __future__ import annotations

import pytest
from rich.console import Console

from factory.cli.terminal import Terminal

ROWS = [["orders-pipeline", "delivery-pipeline", "1.0.0", "AVAILABLE"], ["api", "worker", "2.0.0", "it failed before"]]


@pytest.mark.parametrize("width", [10, 40, 200])
def test_no_word_of_a_table_is_cut(width: int, capsys: pytest.CaptureFixture[str]) -> None:
    terminal = Terminal()
    terminal.results = Console(force_terminal=True, color_system=None, width=width, soft_wrap=True)
    terminal.table(["name", "product", "version", "status"], ROWS)
    printed = capsys.readouterr().out
    assert {word for row in ROWS for cell in row for word in cell.split()} <= set(printed.split())
    assert "…" not in printed


def test_in_a_pipe_columns_are_separated_by_tabs(capsys: pytest.CaptureFixture[str]) -> None:
    terminal = Terminal()
    terminal.results = Console(force_terminal=False)
    terminal.table(["name", "product"], [["a b", "[c]"]])
    assert capsys.readouterr().out == "name\tproduct\na b\t[c]\n"
