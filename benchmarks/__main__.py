"""`python -m benchmarks` prints the tables of docs/benchmarks.md; with the name of a report, only that one.

What each figure means stands at the top of the modules of these names. No figure is judged here: what must hold is in
the tests.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator

from benchmarks import calls, emulator, times

REPORTS: dict[str, Callable[[], Iterator[str]]] = {
    "calls": calls.report,
    "times": times.report,
    "emulator": emulator.report,
}


def main() -> None:
    """Print the reports that were asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Count calls to AWS, and compare times.")
    parser.add_argument("report", nargs="?", choices=list(REPORTS), help="default: all of them")
    asked = parser.parse_args().report
    for name, report in REPORTS.items():
        if asked in (None, name):
            print(f"\n{name}\n")
            for line in report():
                print(line, flush=True)


if __name__ == "__main__":
    main()
