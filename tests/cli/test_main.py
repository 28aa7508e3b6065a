"""The command line itself: what help loads, how errors are told, and outputs that do not take everything."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from factory.cli.main import COMMANDS
from tests.cli.conftest import Run
from tests.command import Command
from tests.conftest import ROOT

# What takes its time to be imported, and has no say in what help prints.
_HEAVY = ("awacs", "boto3", "botocore", "cfnlint", "troposphere", "yaml")


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_loads_nothing_that_commands_work_with(option: str) -> None:
    code = (
        "import sys; from factory.cli.main import main; sys.argv = ['factory', sys.argv[1]]\n"
        "try: main()\n"
        "except SystemExit: print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code, option], capture_output=True, text=True, check=True, cwd=ROOT)
    loaded = set(done.stderr.split())
    assert "factory.cli.main" in loaded
    assert loaded & {*_HEAVY, "factory.cli.workspace", *(f"factory.cli.{name}" for name in COMMANDS)} == set()


def test_every_command_is_told_in_a_line(factory: Command) -> None:
    printed = factory("--help", COLUMNS="80").stdout.split("Commands:\n")[1]
    assert [line.split()[0] for line in printed.splitlines()] == list(COMMANDS)
    assert "..." not in printed


def test_the_shell_completes_commands(factory: Command) -> None:
    asked = {"_FACTORY_COMPLETE": "bash_complete", "COMP_WORDS": "factory pl", "COMP_CWORD": "1"}
    assert factory(**asked).stdout == "plain,plan\n"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["publsih"], "error: command publsih is unknown: did you mean publish?\nhint:  factory --help\n"),
        (["launch", "network"], "error: missing option '-e' / '--environment'\nhint:  factory launch --help\n"),
        (
            ["launch", "network", "-e", "dev", "-p", "Nat"],
            "error: invalid value for -p: 'Nat' is not KEY=VALUE\nhint:  factory launch --help\n",
        ),
        (
            ["sandbox", "start", "--port", "x"],
            "'x' is not a valid integer range\nhint:  factory sandbox start --help\n",
        ),
        (["terminate", "-e", "dev"], "error: missing argument 'NAME'\nhint:  factory terminate --help\n"),
    ],
)
def test_a_wrong_command_line_is_told_as_any_other_error(arguments: list[str], told: str, run: Run) -> None:
    code, printed = run(*arguments)
    assert code == 2
    assert printed.err.endswith(told)
    assert printed.out == ""


def test_what_the_machine_refuses_is_told(run: Run, tmp_path: Path) -> None:
    taken = tmp_path / "file"
    taken.touch()
    assert run("init", f"{taken}/catalog") == (1, ("", f"error: {taken}/catalog/portfolios: Not a directory\n"))


def test_what_an_encoding_does_not_have_is_escaped(tmp_path: Path) -> None:
    # In an interpreter of its own, as the encoding is settled when that starts.
    done = subprocess.run(
        [sys.executable, "-m", "factory.cli.main", "plan→"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONIOENCODING": "latin-1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("error: command plan\\u2192 is unknown: did you mean plan?\n")
