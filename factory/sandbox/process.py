"""Starts, finds and stops the server of a project's sandbox; imports neither the emulator nor boto3."""

from __future__ import annotations

import contextlib
import fcntl
import http.client
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from factory.errors import SandboxError
from factory.sandbox.faults.settings import Settings
from factory.sandbox.organization import OrganizationTree, founded_over
from factory.sandbox.state import Files, Sandbox, left_behind, running

__all__ = [
    "Sandbox",
    "change_faults",
    "faults",
    "fidelities",
    "find",
    "organization",
    "reset",
    "start",
    "stop",
    "types",
]

_ANSWER_SECONDS = 10.0
_GRACE_SECONDS = 5.0
_LOG_LINES = 15


def start(
    directory: Path,
    accounts: Mapping[str, str],
    regions: Sequence[str],
    port: int | None = None,
    organization: OrganizationTree | None = None,
) -> Sandbox:
    """Start the sandbox of a project directory and wait until it answers; one that runs already is given back.

    `accounts` are 12-digit ids by environment name, `hub` among them; `port` is any free one unless given, and
    `organization` the one that the accounts form, else one that the hub manages.
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
            runs = (dict(sandbox.accounts), sandbox.regions, sandbox.organization)
            if runs != (dict(accounts), tuple(regions), organization):
                raise SandboxError(
                    f"sandbox: one with other accounts or regions or another organization runs at {sandbox.endpoint}",
                    hint="factory sandbox stop",
                )
            return sandbox
        files = Files.of(directory)
        _remove(files)
        files.folder.mkdir(exist_ok=True)
        return _launch(directory, files, accounts, regions, port, organization)


def find(directory: Path) -> Sandbox | None:
    """Give the sandbox of a project directory if it runs.

    What a killed server left behind is no sandbox, whoever has its port or process id now.
    """
    return running(Files.of(directory).state)


def stop(directory: Path) -> bool:
    """End the sandbox of a project directory with all its processes and remove its files.

    Tells whether one was running.
    """
    with _alone(directory):
        sandbox = find(directory)
        if sandbox is not None:
            _end(sandbox.pid)
        _remove(Files.of(directory))
        return sandbox is not None


def reset(directory: Path) -> None:
    """Let the sandbox of a project directory forget everything. Raises SandboxError if none runs."""
    _ask(_running(directory), "POST", "/_factory/reset")


def faults(directory: Path) -> dict[str, Any]:
    """Give the faults in force, and how often each was asked for and fired. Raises SandboxError if none runs."""
    return _ask(_running(directory), "GET", "/_factory/faults")


def change_faults(directory: Path, settings: Settings) -> None:
    """Put other faults in force, with counters at zero. Raises SandboxError if none runs."""
    _ask(_running(directory), "PUT", "/_factory/faults", json.dumps(settings.document()).encode())


def organization(sandbox: Sandbox) -> dict[str, Any] | None:
    """Tell the organization's `id`, `management-account`, `root` and `units`, each with its id, path and accounts.

    There is none any more once somebody has deleted it.
    """
    return _ask(sandbox, "GET", "/_factory/organization") or None


def types(sandbox: Sandbox) -> dict[str, Any]:
    """Tell for each resource type its `fidelity`, and the settings that do not reach its service (`dropped`)."""
    return _ask(sandbox, "GET", "/_factory/types")


def fidelities(sandbox: Sandbox, *, account: str, region: str, stack: str) -> dict[str, int]:
    """Count the resources of a stack by how much of them the sandbox makes: `real`, `partial` or `recorded`."""
    return _ask(sandbox, "GET", f"/_factory/fidelity/{account}/{region}/{quote(stack, safe='')}")


def _running(directory: Path) -> Sandbox:
    sandbox = find(directory)
    if sandbox is None:
        raise SandboxError("sandbox: none is running", hint="factory sandbox start")
    return sandbox


def _ask(sandbox: Sandbox, method: str, path: str, content: bytes | None = None) -> dict[str, Any]:
    connection = http.client.HTTPConnection(urlsplit(sandbox.endpoint).netloc, timeout=_ANSWER_SECONDS)
    try:
        connection.request(method, path, content)
        response = connection.getresponse()
        status, body = response.status, response.read()
    except (OSError, http.client.HTTPException) as error:
        raise SandboxError(f"sandbox: {sandbox.endpoint} did not answer {method} {path}: {error}") from error
    finally:
        connection.close()
    if status != http.HTTPStatus.OK:
        raise SandboxError(f"sandbox: {sandbox.endpoint} refused {method} {path}: HTTP status {status}")
    answer: dict[str, Any] = json.loads(body)
    return answer


def _launch(
    directory: Path,
    files: Files,
    accounts: Mapping[str, str],
    regions: Sequence[str],
    port: int | None,
    organization: OrganizationTree,
) -> Sandbox:
    ready, tell = os.pipe()
    command = [
        *(sys.executable, "-P", "-m", "factory.sandbox.server"),
        *("--directory", str(directory.resolve()), "--port", str(port or 0), "--ready", str(tell)),
        *("--accounts", ",".join(f"{name}={account}" for name, account in accounts.items())),
        *("--regions", ",".join(regions)),
        *("--organization", json.dumps(asdict(organization))),
    ]
    with files.log.open("wb") as log:
        # A session of its own: Ctrl-C at the terminal is not meant for it, and its group can be ended as one.
        process = subprocess.Popen(  # noqa: S603 - this interpreter, running our own module
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=(tell,),
            start_new_session=True,
        )
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
        last = files.log.read_text(encoding="utf-8", errors="replace").splitlines()[-_LOG_LINES:]
        _remove(files)
        raise SandboxError("\n  ".join(["sandbox: the server ended before it was ready", *last]))
    # From here on the server is nobody's child to wait for: whoever stops it looks for its process id.
    process.returncode = 0
    return sandbox


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


def _end(pid: int) -> None:
    """Ask the server to end, then make sure that nothing of its process group is left."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + _GRACE_SECONDS
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
        return True
    return ended == 0


def _remove(files: Files) -> None:
    """Remove the files of a server that runs no more, and what a killed one left running."""
    killed = left_behind(files.state)
    # While a group has members its id is not given out again: without its leader it is the one we started.
    if killed is not None and not _is_alive(killed.pid):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(killed.pid, signal.SIGKILL)
    files.state.unlink(missing_ok=True)
    files.log.unlink(missing_ok=True)
    shutil.rmtree(files.scratch, ignore_errors=True)
    with contextlib.suppress(OSError):
        files.folder.rmdir()
