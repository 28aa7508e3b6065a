"""Programs in the place of those that a build calls: they note what they are asked, and answer as told."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_PROGRAM = """#!{python} -IS
import fnmatch, json, os, sys
home, name = {home!r}, {name!r}
given = "" if sys.stdin is None or sys.stdin.isatty() else sys.stdin.read()
call = {{"arguments": sys.argv[1:], "input": given, "environment": dict(os.environ), "directory": os.getcwd()}}
with open(os.path.join(home, name + ".calls"), "a") as calls:
    calls.write(json.dumps(call) + "\\n")
line = " ".join(sys.argv[1:])
for answer in json.load(open(os.path.join(home, name + ".answers"))):
    if fnmatch.fnmatchcase(line, answer["to"]):
        for path, text in answer["files"].items():
            os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
            with open(path, "w") as file:
                file.write(text)
        sys.stdout.write(answer["output"])
        sys.stderr.write(answer["error"])
        sys.exit(answer["code"])
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of a program."""

    arguments: tuple[str, ...]
    input: str
    environment: Mapping[str, str]
    directory: Path

    def __str__(self) -> str:
        return shlex.join(self.arguments)


class StandIns:
    """A directory of programs that goes first in the PATH of a build."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._home = directory / ".stand-ins"
        self._home.mkdir(parents=True, exist_ok=True)
        self._answers: dict[str, list[dict[str, Any]]] = {}

    def add(self, *names: str) -> None:
        """Programs that succeed and print nothing, unless `answer` says otherwise."""
        for name in names:
            self._answers.setdefault(name, [])
            self._write(name)

    def answer(
        self,
        name: str,
        to: str = "*",
        *,
        output: str = "",
        error: str = "",
        code: int = 0,
        files: Mapping[str, str] | None = None,
    ) -> None:
        """How the program answers arguments that match the pattern; of several answers the latest one counts.

        `files` are written before, in the directory where the program was called.
        """
        made = {"to": to, "output": output, "error": error, "code": code, "files": dict(files or {})}
        self._answers.setdefault(name, []).insert(0, made)
        self._write(name)

    def real(self, name: str, command: list[str]) -> None:
        """The program itself, by the command that starts it."""
        self._install(name, f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n')

    def calls(self, name: str) -> list[Call]:
        """What the program was asked so far, in order."""
        path = self._home / f"{name}.calls"
        if not path.exists():
            return []
        return [
            Call(
                arguments=tuple(call["arguments"]),
                input=call["input"],
                environment=call["environment"],
                directory=Path(call["directory"]),
            )
            for call in map(json.loads, path.read_text().splitlines())
        ]

    def _write(self, name: str) -> None:
        (self._home / f"{name}.answers").write_text(json.dumps(self._answers[name]))
        self._install(name, _PROGRAM.format(python=sys.executable, home=str(self._home), name=name))

    def _install(self, name: str, text: str) -> None:
        program = self.directory / name
        program.write_text(text)
        program.chmod(0o755)
