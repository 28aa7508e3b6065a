"""Starts, finds and stops the server of a project's sandbox; imports neither the emulator nor boto3."""

from __future__ import annotations

import contextlib
import fcntl
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from factory.errors import SandboxError
from factory.sandbox.keeping import StateDirectory
from factory.sandbox.organization import OrganizationTree, founded_over
from factory.sandbox.state import SETTLE_SECONDS, Files, Sandbox, claim, claimed, running, sign

__all__ = [
    "Sandbox",
    "Stopped",
    "find",
    "start",
    "stop",
]

_GRACE_SECONDS = 5.0
_SAVE_SECONDS = 60.0
_LOG_LINES = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """A sandbox that was stopped: where its state is, if it keeps one, and what could not be kept."""

    state: str | None = None
    left_out: tuple[str, ...] = ()


def start(
    directory: Path,
    accounts: Mapping[str, str],
    regions: Sequence[str],
    port: int | None = None,
    organization: OrganizationTree | None = None,
    state: Path | None = None,
) -> Sandbox:
    """Start the sandbox of a project directory and wait until it answers; one that runs already is given back.

    `accounts` are 12-digit ids by environment name, `hub` among them; `port` is any free one unless given, and
    `organization` the one that the accounts form, else one that the hub manages. What is saved in the directory `state`
    is restored; the sandbox saves its state there when it stops.
    Raises SandboxError when it cannot be started, or runs with another set of these than asked for.
    """
    missing = [name for name in ("ministack", "hypercorn") if importlib.util.find_spec(name) is None]
    if missing:
        raise SandboxError(
            f"sandbox: {' and '.join(missing)} not installed",
            hint="pip install 'product-factory[sandbox]'",
        )
    organization = organization or founded_over(accounts)
    with _alone(directory):
        if (sandbox := find(directory)) is not None:
            _compare(sandbox, accounts, regions, organization, state)
            return sandbox
        kept_in = StateDirectory(path=state.resolve()) if state else None
        if kept_in:
            # Said here, before anything is started or made.
            kept_in.check(accounts, regions, organization)
        files = Files.of(directory)
        _remove(files)
        files.folder.mkdir(exist_ok=True)
        return _launch(directory, files, accounts, regions, port, organization, kept_in)


def _compare(
    sandbox: Sandbox,
    accounts: Mapping[str, str],
    regions: Sequence[str],
    organization: OrganizationTree,
    state: Path | None,
) -> None:
    runs = (dict(sandbox.accounts), sandbox.regions, sandbox.organization)
    if runs != (dict(accounts), tuple(regions), organization):
        raise SandboxError(
            f"sandbox: one with other accounts or regions or another organization runs at {sandbox.endpoint}",
            hint="factory sandbox stop",
        )
    if state and sandbox.state != str(state.resolve()):
        other = f"the state of {sandbox.state}" if sandbox.state else "a state that is not kept"
        raise SandboxError(f"sandbox: one with {other} runs at {sandbox.endpoint}", hint="factory sandbox stop")


def find(directory: Path) -> Sandbox | None:
    """Give the sandbox of a project directory if it runs.

    What a killed server left behind is no sandbox, whoever has its port or process id now.
    """
    return running(Files.of(directory).state)


def stop(directory: Path) -> Stopped | None:
    """End the sandbox of a project directory with all its processes and remove its files.

    One that keeps its state waits for what is under way, and saves it. None if none was running.
    Raises SandboxError where the state could not be saved; the earlier one is still there then.
    """
    with _alone(directory):
        files = Files.of(directory)
        sandbox = find(directory)
        if sandbox is None:
            _remove(files)
            return None
        kept_in = StateDirectory(path=Path(sandbox.state)) if sandbox.state else None
        before = _written(kept_in)
        _end(sandbox.pid, settles=kept_in is not None)
        last = _last_lines(files)
        _remove(files)
        if kept_in is None:
            return Stopped()
        header = kept_in.header() if _written(kept_in) != before else None
        if header is None:
            raise SandboxError("\n  ".join([f"state {kept_in.path}: it was not saved", *last]))
        return Stopped(state=sandbox.state, left_out=header.left_out)


def _written(kept_in: StateDirectory | None) -> tuple[int, int] | None:
    """Tell one saved state from another."""
    if kept_in is None or not kept_in.file.exists():
        return None
    found = kept_in.file.stat()
    return found.st_ino, found.st_mtime_ns


def _launch(
    directory: Path,
    files: Files,
    accounts: Mapping[str, str],
    regions: Sequence[str],
    port: int | None,
    organization: OrganizationTree,
    kept_in: StateDirectory | None,
) -> Sandbox:
    ready, tell = os.pipe()
    # It stands from before there is a server until after: nobody starts a second one in between.
    with files.log.open("wb") as log, claim(files) as claimed_file:
        command = [
            *(sys.executable, "-P", "-m", "factory.sandbox.server"),
            *("--directory", str(directory.resolve()), "--port", str(port or 0)),
            *("--claim", str(claimed_file.fileno()), "--ready", str(tell)),
            *("--accounts", ",".join(f"{name}={account}" for name, account in accounts.items())),
            *("--regions", ",".join(regions)),
            *("--organization", json.dumps(asdict(organization))),
            *(("--state", str(kept_in.path)) if kept_in else ()),
        ]
        # A session of its own: Ctrl-C at the terminal is not meant for it, and its group can be ended as one.
        process = subprocess.Popen(  # noqa: S603 - this interpreter, running our own module
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=(tell, claimed_file.fileno()),
            start_new_session=True,
        )
        sign(claimed_file, process.pid)
    os.close(tell)
    try:
        with os.fdopen(ready, "rb") as pipe:
            told = pipe.read()
    except BaseException:
        _end(process.pid)
        _remove(files)
        raise
    sandbox = find(directory)
    if not told or sandbox is None:
        _end(process.pid)
        last = _last_lines(files)
        _remove(files)
        raise SandboxError("\n  ".join(["sandbox: the server ended before it was ready", *last]))
    # From here on the server is nobody's child to wait for: whoever stops it looks for its process id.
    process.returncode = 0
    return sandbox


def _last_lines(files: Files) -> list[str]:
    try:
        return files.log.read_text(encoding="utf-8", errors="replace").splitlines()[-_LOG_LINES:]
    except FileNotFoundError:
        return []


@contextlib.contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """Keep other starts and stops for the same project out; the lock is on the directory, not on a file in it."""
    if not directory.is_dir():
        raise SandboxError(f"sandbox: {directory} is not a directory")
    handle = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _end(pid: int, *, settles: bool = False) -> None:
    """Ask the server to end, then make sure that nothing of its process group is left.

    One that keeps its state gets the time to settle and save it.
    """
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + _GRACE_SECONDS + (SETTLE_SECONDS + _SAVE_SECONDS if settles else 0)
    while _is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
    while _is_alive(pid):
        time.sleep(0.02)


def _is_alive(pid: int) -> bool:
    try:
        ended, _ = os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        return not _is_zombie(pid)
    return ended == 0


def _is_zombie(pid: int) -> bool:
    """Tell whether a process has ended unseen by its parent: the first process of some containers never looks."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z"
    return False


def _remove(files: Files) -> None:
    """Remove the files of a server that runs no more.

    One that is still ending is waited for; one whose starter was killed is ended. What a killed one had running has
    ended with it, and its process id may be somebody else's by now.
    """
    if (pid := claimed(files)) is not None:
        _end(pid, settles=True)
    for path in (files.state, files.claim, files.log):
        path.unlink(missing_ok=True)
    shutil.rmtree(files.scratch, ignore_errors=True)
    with contextlib.suppress(OSError):
        files.folder.rmdir()
