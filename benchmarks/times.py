"""How long things take, in proportion to one another; seconds of one machine would say little about another.

first ÷ second time    a figure above 1 says how much the second time gains
  synthesis            all products in a fresh process, and once more in the same one, which has read the provider
                       schemas; nothing is kept between processes
  gates                all gates over all products in a fresh process with an empty memory, and once more with what
                       they remember of an unchanged template
  factory lint         the same as a user sees it: two commands, interpreter and imports included

× sandbox start        how many times as long as `factory sandbox start` something takes, which includes starting the
                       interpreter, the emulator, and preparing one account stack for each account and region; saved and
                       restored are the catalog of all environments and the system in one
"""

from __future__ import annotations

import multiprocessing
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks import table
from benchmarks.projects import Project, project
from factory.gates.inspection import Memory, inspect
from factory.synthesis.artifact import synthesize
from factory.synthesis.discovery import discover

SYSTEM = "fastapi-platform"

_ROUNDS = 3
_REGIONS = ("us-east-1", "us-west-2")
_TODAY = date(2026, 1, 1)


def report() -> Iterator[str]:
    """The tables, line by line."""
    yield from _repeating()
    yield ""
    yield from _working()


# --- the same thing twice -------------------------------------------------------------------------------------------


def _repeating() -> Iterator[str]:
    measured: dict[str, Callable[[], float]] = {
        "synthesis": lambda: _fresh(synthesis_gain),
        "gates": lambda: _fresh(gates_gain),
        "factory lint": _lint_gain,
    }
    rows = [[label, f"{median(gain() for _ in range(_ROUNDS)):.1f}"] for label, gain in measured.items()]
    yield from table.lines(["", "first ÷ second time"], rows)


def _fresh(gain: Callable[[], float]) -> float:
    with ProcessPoolExecutor(max_workers=1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(gain).result()


def synthesis_gain() -> float:
    """First to second synthesis of all products; to be called in a fresh process."""
    products = discover(Path.cwd()).values()
    return _ratio(lambda: [synthesize(product) for product in products])


def gates_gain() -> float:
    """Gates without to gates with memory; to be called in a fresh process."""
    artifacts = [synthesize(product) for product in discover(Path.cwd()).values()]
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        memory = Memory(directory=Path(name))
        return _ratio(lambda: inspect(artifacts, catalog=artifacts, regions=_REGIONS, today=_TODAY, memory=memory))


def _lint_gain() -> float:
    with project() as catalog:
        return _ratio(lambda: _command(catalog, "lint"))


def _ratio(work: Callable[[], object]) -> float:
    first = _seconds(work)
    return first / _seconds(work)


# --- the whole path -------------------------------------------------------------------------------------------------


def _working() -> Iterator[str]:
    steps = {
        "factory sandbox start": ("sandbox", "start", "--state", "kept"),
        "factory publish, empty hub": ("publish", "--sandbox", "--yes"),
        "factory publish, nothing to change": ("publish", "--sandbox", "--yes"),
        "factory plan, nothing to change": ("plan", "--sandbox"),
        f"factory up {SYSTEM}, empty account": ("up", SYSTEM, "-e", "dev", "--sandbox"),
        f"factory up {SYSTEM}, nothing to change": ("up", SYSTEM, "-e", "dev", "--sandbox"),
        "factory status": ("status", "-e", "dev", "--sandbox"),
        "factory sandbox stop, all of it saved": ("sandbox", "stop"),
        "factory sandbox start, all of it restored": ("sandbox", "start", "--state", "kept"),
        f"factory down {SYSTEM}": ("down", SYSTEM, "-e", "dev", "--sandbox"),
    }
    rounds: list[list[float]] = []
    for _ in range(_ROUNDS):
        with project() as catalog:
            # Gates have a figure of their own.
            _command(catalog, "lint")
            seconds = [_seconds(partial(_command, catalog, *step)) for step in steps.values()]
            rounds.append([each / seconds[0] for each in seconds])
    figures = [median(each) for each in zip(*rounds, strict=True)]
    rows = [[label, f"{figure:.1f}"] for label, figure in zip(steps, figures, strict=True)]
    yield from table.lines(["", "× sandbox start"], rows)


def _command(catalog: Project, *arguments: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "factory.cli.main", *arguments],
        cwd=catalog.directory,
        check=True,
        capture_output=True,
        stdin=subprocess.DEVNULL,
    )


def _seconds(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin
