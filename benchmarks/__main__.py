"""`python -m benchmarks [calls] [times]` prints the tables of docs/benchmarks.md; both where none is named.

The modules `calls` and `times` say at their top what each figure means. Nothing is asserted about a figure: what must
hold is in the tests.
"""

from __future__ import annotations

import argparse
import inspect
from collections.abc import Callable, Iterator

from benchmarks import calls, times

REPORTS: dict[str, Callable[[], Iterator[str]]] = {"calls": calls.report, "times": times.report}


def main() -> None:
    """Print the reports that were asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=inspect.cleandoc(__doc__ or ""))
    parser.add_argument("report", nargs="*", choices=[*REPORTS, []], metavar="calls|times", help="default: both")
    asked = parser.parse_args().report
    for name, report in REPORTS.items():
        if not asked or name in asked:
            print(f"\n{name}\n")
            for line in report():
                print(line, flush=True)


if __name__ == "__main__":
    main()
