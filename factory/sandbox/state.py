"""What is remembered of a running sandbox beside the project: where it listens and whose accounts it holds."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TextIO

from factory.sandbox.organization import OrganizationTree, read

SETTLE_SECONDS = 30.0
"""How long a sandbox that keeps its state waits, when it is told to stop, for what is under way."""

_PATIENCE_SECONDS = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox:
    """A sandbox that runs. `accounts` gives the 12-digit account id by environment name, `hub` among them.

    `organization` is as it was founded; what has become of it since only the server knows.
    `state` is the directory in which it keeps its state, None if it keeps none; `restored` tells when what it began
    with was saved (ISO 8601).
    """

    endpoint: str
    pid: int
    accounts: Mapping[str, str]
    regions: tuple[str, ...]
    organization: OrganizationTree
    state: str | None = None
    restored: str | None = None


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
    def claim(self) -> Path:
        """What stands for the server before it is ready, and again when it has begun to end."""
        return self.folder / "sandbox.part"

    @property
    def log(self) -> Path:
        """What the server prints."""
        return self.folder / "sandbox.log"

    @property
    def scratch(self) -> Path:
        """Every other file that the server or a Lambda function in it writes."""
        return self.folder / "sandbox.tmp"


def claim(files: Files) -> TextIO:
    """Make the claim of a server that is about to start. It stands as long as the file is open in some process.

    The lock is the file's, which a process hands on to the one that it starts, and it ends with the last of them
    however that ends: what a killed server leaves behind deceives nobody.
    """
    file = files.claim.open("w", encoding="utf-8")
    fcntl.flock(file, fcntl.LOCK_EX)
    return file


def sign(file: TextIO, pid: int) -> None:
    """Say whose the claim is."""
    _rewrite(file, {"pid": pid})


def publish(sandbox: Sandbox, file: TextIO, files: Files) -> None:
    """Turn the claim into the state file, in one step."""
    _rewrite(file, asdict(sandbox))
    files.claim.replace(files.state)


def withdraw(files: Files) -> None:
    """Turn the state file into a claim again: the server ends, and nobody is to be sent to it any more."""
    with contextlib.suppress(FileNotFoundError):
        files.state.replace(files.claim)


def running(path: Path) -> Sandbox | None:
    """Give the sandbox whose server wrote this state file, if that server still runs."""
    with contextlib.suppress(FileNotFoundError), path.open(encoding="utf-8") as file:
        if _is_locked(file):
            return _read(file)
    return None


def claimed(files: Files) -> int | None:
    """Give the process id of a server that is starting or ending, if there is one."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(FileNotFoundError), files.claim.open(encoding="utf-8") as file:
            if _is_locked(file):
                with contextlib.suppress(ValueError, KeyError, TypeError):
                    return int(json.load(file)["pid"])
                # Its starter was ended just before the server could sign.
                time.sleep(0.05)
                continue
        return None
    return None


def _is_locked(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False


def _rewrite(file: TextIO, document: Mapping[str, Any]) -> None:
    os.ftruncate(file.fileno(), 0)
    os.pwrite(file.fileno(), json.dumps(document, indent=2).encode(), 0)


def _read(file: TextIO) -> Sandbox:
    found = json.load(file)
    return Sandbox(
        **{**found, "regions": tuple(found["regions"]), "organization": read(found["organization"])},
    )
