"""Every error that a user can meet, as a tree of exceptions.

    FactoryError            what: why, with a hint that names the next command to type
    ├── UsageError          the command line asks for something that does not exist (exit code 2)
    ├── AuthoringError      product code breaks a rule of the authoring interface
    ├── ManifestError       one or more problems in the YAML files, each with file and line
    ├── GateError           an artifact was refused; carries the findings
    ├── PlanError           the desired catalog cannot be reached from the observed one
    ├── CatalogError        AWS refused a call; carries the operation and AWS's error code
    ├── LaunchError         a launch, update or termination failed or was refused
    └── SandboxError        the embedded AWS could not be started, reached or stopped

Exit codes: 0 done, 1 refused or failed, 2 usage, 3 `plan --exit-code` found changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class FactoryError(Exception):
    """Something the user can act on. The message says *what: why*, the hint what to do next."""

    exit_code = 1

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(FactoryError):
    """The command line names something that does not exist."""

    exit_code = 2


class AuthoringError(FactoryError):
    """Product code breaks a rule of the authoring interface."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong in a manifest, at a line (counted from 1) of a file inside the project."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class ManifestError(FactoryError):
    """The YAML files contain problems; all of them are reported at once."""

    def __init__(self, problems: Sequence[Problem], *, hint: str | None = None) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: (problem.file, problem.line)))
        count = f"{len(self.problems)} problem{'' if len(self.problems) == 1 else 's'}"
        lines = "\n".join(f"  {problem}" for problem in self.problems)
        super().__init__(f"manifests: {count}\n{lines}", hint=hint)


class GateError(FactoryError):
    """One or more artifacts were refused by a gate."""


class PlanError(FactoryError):
    """The desired catalog cannot be reached from the observed one."""


class CatalogError(FactoryError):
    """AWS refused a call. `operation` and `code` are AWS's own names for what failed and how."""

    def __init__(self, message: str, *, operation: str, code: str, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.operation = operation
        self.code = code


class LaunchError(FactoryError):
    """A launch, update or termination was refused or failed."""


class SandboxError(FactoryError):
    """The embedded AWS could not be started, reached or stopped."""
