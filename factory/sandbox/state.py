"""What is remembered of a running sandbox beside the project: where it listens and whose accounts it holds."""

from __future__ import annotations

import contextlib
import fcntl
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TextIO

from factory.sandbox.organization import OrganizationTree, read


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox:
    """A sandbox that runs. `accounts` gives the 12-digit account id by environment name, `hub` among them.

    `organization` is as it was founded; what has become of it since only the server knows.
    """

    endpoint: str
    pid: int
    accounts: Mapping[str, str]
    regions: tuple[str, ...]
    organization: OrganizationTree


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """The files of a project's sandbox; none of them is there when no sandbox runs."""

    folder: Path

    @classmethod
    def of(cls, directory: Path) -> Files:
        """Name the files of the sandbox of a project directory."""
        return cls(folder=directory.resolve() / ".factory")

    @property
    def state(self) -> Path:
        """Where the server writes its `Sandbox` when it is ready."""
        return self.folder / "sandbox.json"

    @property
    def log(self) -> Path:
        """What the server prints."""
        return self.folder / "sandbox.log"

    @property
    def scratch(self) -> Path:
        """Every other file that the server or a Lambda function in it writes."""
        return self.folder / "sandbox.tmp"


def publish(sandbox: Sandbox, path: Path) -> TextIO:
    """Write the state file in one step. The server is taken for running as long as the result stays open."""
    draft = path.with_suffix(".part")
    file = draft.open("w", encoding="utf-8")
    # The lock ends with the process, however it ends: what a killed server leaves behind deceives nobody.
    fcntl.flock(file, fcntl.LOCK_EX)
    json.dump(asdict(sandbox), file, indent=2)
    file.flush()
    draft.replace(path)
    return file


def running(path: Path) -> Sandbox | None:
    """Give the sandbox whose server wrote this state file, if that server still runs."""
    with contextlib.suppress(FileNotFoundError), path.open(encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return _read(file)
    return None


def left_behind(path: Path) -> Sandbox | None:
    """Give the sandbox whose server wrote this state file and did not live to remove it."""
    if running(path) is None:
        with (
            contextlib.suppress(FileNotFoundError, ValueError, TypeError, KeyError),
            path.open(encoding="utf-8") as file,
        ):
            return _read(file)
    return None


def _read(file: TextIO) -> Sandbox:
    found = json.load(file)
    return Sandbox(
        **{**found, "regions": tuple(found["regions"]), "organization": read(found["organization"])},
    )
