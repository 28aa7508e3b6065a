"""Runs a buildspec as CodeBuild runs it, in a directory of one's own and with stand-ins for the programs that it calls.

Sources: AWS documents "Build specification reference for CodeBuild" and "Build phase transitions". One shell carries
out all phases. A command that fails ends its phase, after the phase's `finally`. After install and pre_build that ends
the build; after build, post_build still runs, and after both the artifacts are collected. `on-failure` changes that.
"""

from __future__ import annotations

import json
import os
import select
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.buildspecs.buildspec import PHASES, Buildspec, Phase
from tests.buildspecs.stand_ins import StandIns

SYSTEM = (
    *("awk", "basename", "bash", "cat", "chmod", "cp", "cut", "date", "dirname", "env", "find", "grep", "gzip", "head"),
    *(
        "ln",
        "ls",
        "mkdir",
        "mktemp",
        "mv",
        "rm",
        "sed",
        "seq",
        "sh",
        "sha256sum",
        "sleep",
        "sort",
        "tail",
        "tar",
        "tee",
    ),
    *("touch", "tr", "uniq", "wc", "xargs"),
)
"""Programs that a build gets from the machine. Each other one is a stand-in, so that none is called by mistake."""

_SAVE = "import json, os, sys; json.dump([os.getcwd(), dict(os.environ)], open(sys.argv[1], 'w'))"


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What became of a build."""

    succeeded: bool
    phases: Mapping[str, bool | None]
    """Whether each phase succeeded; None for one that did not run."""
    output: str
    """Standard output and standard error, as the log has them."""
    exported: Mapping[str, str]
    artifacts: Mapping[str, Mapping[str, Path]]
    """Files by their path in the artifact, by the artifact's name; the primary one's is empty."""
    reports: Mapping[str, Mapping[str, Path]]
    problems: tuple[str, ...]
    """Artifacts that are not there."""


def run(
    spec: Buildspec,
    *,
    source: Path,
    stand_ins: StandIns,
    environment: Mapping[str, str] | None = None,
    secrets: Mapping[str, str] | None = None,
    inputs: Mapping[str, Path] | None = None,
    timeout_seconds: float = 300,
) -> Built:
    """Build what is in the directory `source`, which is changed.

    The build's PATH is the stand-ins, then `SYSTEM`. `environment` is what the project and the pipeline set, and
    goes before the buildspec's variables. `secrets` holds the values of parameters and secrets by the reference that
    the buildspec has; each one that it names has to be there. `inputs` are further input artifacts, by name.
    """
    work = Path(tempfile.mkdtemp(dir=stand_ins.directory, prefix=".build-"))
    given = {
        "CODEBUILD_SRC_DIR": str(source),
        "CODEBUILD_BUILD_ID": "project:00000000-0000-0000-0000-000000000000",
        "CODEBUILD_BUILD_ARN": "arn:aws:codebuild:us-east-1:111111111111:build/project:00000000",
        "CODEBUILD_BUILD_NUMBER": "1",
        "CODEBUILD_RESOLVED_SOURCE_VERSION": "0" * 40,
        "CODEBUILD_BUILD_SUCCEEDING": "1",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        **{f"CODEBUILD_SRC_DIR_{name}": str(path) for name, path in (inputs or {}).items()},
        **{name: (secrets or {})[reference] for name, reference in {**spec.parameters, **spec.secrets}.items()},
        **spec.variables,
        **(environment or {}),
        "HOME": str(work / "home"),
        "PATH": f"{stand_ins.directory}:{work / 'system'}",
    }
    (work / "home").mkdir()
    (work / "system").mkdir()
    for name in SYSTEM:
        if program := shutil.which(name):
            (work / "system" / name).symlink_to(program)
    shell = _Shell(spec.shell, source, given, work / "shell")
    try:
        ended = _phases(spec, shell, timeout_seconds)
        left = shell.environment(timeout_seconds)
    finally:
        output = shell.end()
    artifacts, reports, problems = {}, {}, []
    # Reports are uploaded whatever becomes of the build; artifacts once the build phase was reached.
    for report in spec.reports:
        with suppress(FileNotFoundError):
            reports[report.name] = report.found(source)
    if ended["build"] is not None:
        for artifact in spec.artifacts:
            try:
                artifacts[artifact.name] = artifact.found(source)
            except FileNotFoundError as error:
                problems.append(str(error))
    return Built(
        succeeded=False not in ended.values() and not problems,
        phases=ended,
        output=output,
        exported={name: left[name] for name in spec.exported if name in left},
        artifacts=artifacts,
        reports=reports,
        problems=tuple(problems),
    )


def _phases(spec: Buildspec, shell: _Shell, timeout_seconds: float) -> dict[str, bool | None]:
    ended: dict[str, bool | None] = dict.fromkeys(PHASES)
    for phase in spec.phases:
        ended[phase.name] = succeeded = _carried_out(phase, shell, timeout_seconds)
        if succeeded:
            continue
        shell.run("export CODEBUILD_BUILD_SUCCEEDING=0", timeout_seconds)
        goes_on = phase.name == "build" and phase.on_failure is None
        if not goes_on and phase.on_failure != "CONTINUE":
            break
    return ended


def _carried_out(phase: Phase, shell: _Shell, timeout_seconds: float) -> bool:
    """Whether all commands were successful, and all of `finally`, which follow either way."""
    ends = [
        all(shell.run(command, timeout_seconds) == 0 for command in commands)
        for commands in (phase.commands, phase.finally_)
    ]
    return all(ends)


class _Shell:
    """One shell that takes command after command and keeps its directory and variables.

    A command that ends the shell, by `exit` or under `set -e`, has failed or not by its code; a new shell goes on with
    the directory and the exported variables of the old one.
    """

    def __init__(self, program: str, directory: Path, environment: Mapping[str, str], home: Path) -> None:
        home.mkdir()
        self._program = program
        self._home = home
        self._state = home / "state"
        self._state.write_text(json.dumps([str(directory), dict(environment)]))
        self._log = (home / "log").open("w")
        os.mkfifo(home / "ended")
        # Open for both, so that neither side waits for the other to open it.
        self._ended = os.open(home / "ended", os.O_RDWR)
        self._process = self._start()

    def run(self, command: str, timeout_seconds: float) -> int:
        """Carry out one command, and give its exit code. Raises TimeoutError."""
        script = self._home / "command"
        script.write_text(command + "\n")
        assert self._process.stdin
        self._process.stdin.write(f". {script} </dev/null; echo $? >{self._home}/ended\n")
        self._process.stdin.flush()
        ready, _, _ = select.select([self._ended], [], [], timeout_seconds)
        if not ready:
            self._kill()
            raise TimeoutError(
                f"{timeout_seconds} s were not enough for: {command}\n{(self._home / 'log').read_text()}"
            )
        code, *ended = os.read(self._ended, 100).decode().split()
        if ended:
            self._process.wait()
            self._process = self._start()
        return int(code)

    def environment(self, timeout_seconds: float) -> dict[str, str]:
        """The variables that a program would get now."""
        self.run(self._save, timeout_seconds)
        found: dict[str, str] = json.loads(self._state.read_text())[1]
        return found

    def end(self) -> str:
        """End the shell with all that it started, and give what was printed."""
        self._kill()
        os.close(self._ended)
        self._log.close()
        return (self._home / "log").read_text()

    @property
    def _save(self) -> str:
        return shlex.join([sys.executable, "-IS", "-c", _SAVE, str(self._state)])

    def _start(self) -> subprocess.Popen[str]:
        directory, environment = json.loads(self._state.read_text())
        process = subprocess.Popen(
            [self._program],
            cwd=directory,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        assert process.stdin
        trap = shlex.quote(f"_code=$?; {self._save}; echo $_code ended >{self._home}/ended")
        process.stdin.write(f"trap {trap} EXIT\n")
        return process

    def _kill(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        if self._process.stdin:
            with suppress(BrokenPipeError):
                self._process.stdin.close()
