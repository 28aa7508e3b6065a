"""A server's life beside what it serves: its claim and its port, and that nothing outlives it."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
from typing import NoReturn, TextIO

from factory.errors import SandboxError
from factory.sandbox.state import Files, claim, claimed, running, sign


def leave(code: int) -> NoReturn:
    """End this process at once: nothing is left to be done, and whatever its threads wait for never comes."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def take_claim(files: Files, inherited: int) -> TextIO:
    """Take over the claim that a descriptor is open on, or make one where it is negative, and sign it.

    Raises SandboxError where another sandbox runs.
    """
    if inherited < 0:
        if running(files.state) or claimed(files):
            raise SandboxError("sandbox: one runs already", hint="factory sandbox stop")
        files.folder.mkdir(exist_ok=True)
    else:
        # The processes of functions must not keep it when this one is killed.
        os.set_inheritable(inherited, False)
    file = claim(files) if inherited < 0 else os.fdopen(inherited, "w", encoding="utf-8")
    sign(file, os.getpid())
    return file


def listen(port: int, *, preferred: int) -> socket.socket:
    """Listen on a port of 127.0.0.1; where it is 0, on the preferred one if that is free, else on any.

    Raises SandboxError where the port is taken.
    """
    if preferred and not port:
        with contextlib.suppress(OSError):
            return socket.create_server(("127.0.0.1", preferred))
    try:
        return socket.create_server(("127.0.0.1", port))
    except OSError as error:
        raise SandboxError(f"port {port}: {error.strerror}") from error


def end_with_this_process() -> None:
    """See to it that the processes of functions end with this one, even if it is killed.

    A shell waits for the end of a pipe whose other end is open here alone, and then ends the whole process group. A
    server that somebody else's group runs in leaves that alone.
    """
    if os.getpgrp() != os.getpid():
        return
    waiting, _open_for_life = os.pipe()
    subprocess.Popen(
        ["/bin/sh", "-c", "trap '' INT TERM HUP; cat >/dev/null; kill -KILL 0"],
        stdin=waiting,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(waiting)
