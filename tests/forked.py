"""Runs the `factory` command in processes that are forked from one which has imported what commands import.

Importing takes a command longer than most of what it does. Everything else is as when a user types it: a process of its
own, with its own directory, environment variables, streams and exit code. That each command finds by itself what it
imports is seen where `--help` is tested, which starts an interpreter for each.
"""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["tests.preloaded"])


def run(
    arguments: Sequence[str], *, directory: Path, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run the command with nothing on standard input, and give what `subprocess.run` gives for text."""
    with TemporaryDirectory(prefix="factory-") as folder:
        printed = tuple(Path(folder, name) for name in ("stdout", "stderr"))
        process = _PROCESSES.Process(target=_work, args=(tuple(arguments), directory, dict(environment), printed))
        process.start()
        process.join()
        code = process.exitcode
        assert code is not None
        # Stories run commands side by side, and every thread that starts a process asks those of the others how they
        # ended. Only one of those that ask at the same time is told; for the other it is as if the process had died.
        ended = Path(folder, "code")
        if ended.exists():
            code = int(ended.read_text(encoding="utf-8"))
        stdout, stderr = (path.read_text(encoding="utf-8") for path in printed)
        return subprocess.CompletedProcess(["factory", *arguments], code, stdout, stderr)


def _work(
    arguments: tuple[str, ...], directory: Path, environment: Mapping[str, str], printed: tuple[Path, Path]
) -> None:
    from factory.cli.main import main

    for number, path in enumerate((Path(os.devnull), *printed)):
        stream = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(directory)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["factory", *arguments]
    try:
        main()
    except SystemExit as ended:
        if isinstance(ended.code, int):
            printed[0].with_name("code").write_text(str(ended.code), encoding="utf-8")
        raise
