"""The harness itself: it refuses what CodeBuild would, and runs phases in the order and to the ends of CodeBuild."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.buildspecs.build import Built, run
from tests.buildspecs.buildspec import BuildspecError, parse
from tests.buildspecs.stand_ins import StandIns


@pytest.fixture
def source(tmp_path: Path) -> Path:
    (tmp_path / "source").mkdir()
    return tmp_path / "source"


@pytest.fixture
def stand_ins(tmp_path: Path) -> StandIns:
    return StandIns(tmp_path / "programs")


def build(text: str, source: Path, stand_ins: StandIns, **more: object) -> Built:
    return run(parse("version: 0.2\n" + text), source=source, stand_ins=stand_ins, timeout_seconds=20, **more)  # type: ignore[arg-type]


BUILD = "version: 0.2\nphases: {build: {commands: [a]}}\n"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("version: 0.1\nphases: {build: {commands: [a]}}", "version: 0.2 is the one that runs a phase in one shell"),
        ("version: 0.2", "phases: is missing"),
        ("version: 0.2\nphases: {}", "phases: there is none"),
        ("version: 0.2\nphases: {compile: {commands: [a]}}", "phases/compile: is unknown"),
        ("version: 0.2\nphases: {build: {command: [a]}}", "phases/build/command: is unknown"),
        ("version: 0.2\nphases: {build: {commands: []}}", "phases/build: has no commands"),
        ("version: 0.2\nphases: {build: {commands: ['a', {b: c}]}}", "phases/build/commands[2]: {'b': 'c'} is no text"),
        (
            "version: 0.2\nphases: {build: {commands: [a], on-failure: STOP}}",
            "'STOP' is none of ABORT, CONTINUE, RETRY",
        ),
        ("version: 0.2\nphases: {build: {commands: [a], runtime-versions: {python: '3.11'}}}", "is unknown"),
        ("version: 0.2\nphases: {install: {runtime-versions: {python: 3.11}}}", "python: 3.11 is no text: quote it"),
        (BUILD + "env: {shell: zsh}", "env/shell: 'zsh' is none of"),
        (
            BUILD + "env: {variables: {CODEBUILD_X: a}}",
            "keeps names that begin so",
        ),
        (BUILD + "env: {variables: {A: 1}}", "env/variables/A: 1 is no text"),
        (
            BUILD + "env: {exported-variables: [AWS_X]}",
            "AWS_X cannot be exported",
        ),
        (
            BUILD + "env: {secrets-manager: {S: id}, exported-variables: [S]}",
            "S cannot be exported",
        ),
        (BUILD + "artifacts: {name: a}", "artifacts/files: is missing"),
        (
            BUILD + "artifacts: {files: [a], secondary-artifacts: {b: {file: []}}}",
            "artifacts/secondary-artifacts/b/file: is unknown",
        ),
        (
            BUILD + "reports: {a: {files: [a], file-format: SARIF}}",
            "reports/a/file-format: SARIF is unknown",
        ),
        (BUILD + "cache: {path: [a]}", "cache/path: is unknown"),
        (BUILD + "cache: {paths: [a], fallback-keys: [b]}", "they are ignored"),
        ("version: 0.2\nphases: {build: {commands: [a], commands: [b]}}", "commands stands twice"),
        ("- a", "the file: is no mapping"),
    ],
)
def test_mistakes_are_refused(text: str, problem: str) -> None:
    with pytest.raises(BuildspecError) as raised:
        parse(text)
    assert problem in str(raised.value)


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(BuildspecError) as raised:
        parse("version: 0.2\nphase: {}\nphases: {build: {commands: [a], run: b}}\ncache: {}\n")
    assert str(raised.value).splitlines() == [
        "buildspec.yml: phase: is unknown",
        "buildspec.yml: phases/build/run: is unknown",
        "buildspec.yml: cache/paths: is missing",
    ]


ORDER = """
phases:
  install: {{commands: [{install}], finally: [echo install-finally]}}
  pre_build: {{commands: [{pre_build}], on-failure: {on_failure}}}
  build: {{commands: [echo build-1, {build}, echo build-2], finally: [echo build-finally]}}
  post_build: {{commands: ['echo post succeeding=$CODEBUILD_BUILD_SUCCEEDING']}}
"""


@pytest.mark.parametrize(
    ("fails", "printed", "succeeded"),
    [
        ({}, "install-finally build-1 build-2 build-finally post succeeding=1", True),
        ({"build": "'false'"}, "install-finally build-1 build-finally post succeeding=0", False),
        ({"build": "exit 3"}, "install-finally build-1 build-finally post succeeding=0", False),
        ({"install": "'false'"}, "install-finally", False),
        ({"pre_build": "exit 1"}, "install-finally", False),
        (
            {"pre_build": "'false'", "on_failure": "CONTINUE"},
            "install-finally build-1 build-2 build-finally post succeeding=0",
            False,
        ),
    ],
    ids=["none", "build", "exit", "install", "pre-build", "continue"],
)
def test_what_follows_a_failure(
    fails: dict[str, str], printed: str, succeeded: bool, source: Path, stand_ins: StandIns
) -> None:
    commands = {"install": "'true'", "pre_build": "'true'", "build": "'true'", "on_failure": "ABORT", **fails}
    built = build(ORDER.format(**commands), source, stand_ins)
    assert " ".join(built.output.split()) == printed
    assert built.succeeded is succeeded


def test_one_shell_runs_everything(source: Path, stand_ins: StandIns) -> None:
    """Variables and the directory stay from command to command and phase to phase; only exported ones are exported."""
    text = """
env:
  variables: {GIVEN: buildspec, OWN: own}
  exported-variables: [GIVEN, LATER, LOCAL]
phases:
  pre_build: {commands: [mkdir below, cd below, LOCAL=1, 'echo "$LOCAL $OWN"']}
  build:
    commands:
      - |
        if [ "$LOCAL" = 1 ]; then
          export LATER="$(basename "$PWD")"
        fi
"""
    built = build(text, source, stand_ins, environment={"GIVEN": "project"})
    assert built.output == "1 own\n"
    assert built.exported == {"GIVEN": "project", "LATER": "below"}


def test_the_shell_is_the_one_that_is_asked_for(source: Path, stand_ins: StandIns) -> None:
    bash = build("env: {shell: bash}\nphases: {build: {commands: ['[[ a == a ]]']}}", source, stand_ins)
    assert bash.succeeded


def test_programs_are_stand_ins(source: Path, stand_ins: StandIns) -> None:
    stand_ins.add("docker")
    stand_ins.answer("docker", "push *", error="denied\n", code=1)
    text = "phases: {build: {commands: [echo pw | docker login --password-stdin, docker push image, docker logout]}}"
    built = build(text, source, stand_ins)
    assert not built.succeeded
    assert built.output == "denied\n"
    login, push = stand_ins.calls("docker")
    assert (str(login), login.input, push.arguments) == ("login --password-stdin", "pw\n", ("push", "image"))
    assert push.directory == source


def test_no_other_program_is_called(source: Path, stand_ins: StandIns) -> None:
    built = build("phases: {build: {commands: [docker ps]}}", source, stand_ins)
    assert not built.succeeded
    assert "docker: not found" in built.output


def test_secrets_are_given_by_reference(source: Path, stand_ins: StandIns) -> None:
    text = "env: {secrets-manager: {TOKEN: 'registry:token'}}\nphases: {build: {commands: ['[ \"$TOKEN\" = hidden ]']}}"
    assert build(text, source, stand_ins, secrets={"registry:token": "hidden"}).succeeded
    with pytest.raises(KeyError):
        build(text, source, stand_ins)


def test_artifacts_and_reports_are_collected(source: Path, stand_ins: StandIns) -> None:
    text = """
phases: {{build: {{commands: [mkdir -p out/deep, touch out/a.txt out/deep/b.txt out/deep/c.log, {last}]}}}}
reports: {{tests: {{files: [deep/*.log], base-directory: out}}, none: {{files: [nothing.xml]}}}}
artifacts:
  files: ['**/*.txt']
  base-directory: out
  secondary-artifacts:
    flat: {{files: ['out/**/*'], discard-paths: yes, exclude-paths: 'out/**/*.log'}}
"""
    for last, succeeded in (("'true'", True), ("'false'", False)):
        built = build(text.format(last=last), source, stand_ins)
        assert built.succeeded is succeeded
        assert {name: sorted(found) for name, found in built.artifacts.items()} == {
            "": ["a.txt", "deep/b.txt"],
            "flat": ["a.txt", "b.txt"],
        }
        assert {name: list(found) for name, found in built.reports.items()} == {"tests": ["deep/c.log"]}


def test_a_missing_artifact_fails_the_build(source: Path, stand_ins: StandIns) -> None:
    built = build("phases: {build: {commands: ['true']}}\nartifacts: {files: [plan.json]}", source, stand_ins)
    assert not built.succeeded
    assert built.phases["build"] is True
    assert built.problems == ("no matching artifact paths found for plan.json in .",)


def test_a_build_that_hangs_is_ended(source: Path, stand_ins: StandIns) -> None:
    spec = parse("version: 0.2\nphases: {build: {commands: [sleep 60]}}")
    with pytest.raises(TimeoutError, match="sleep 60"):
        run(spec, source=source, stand_ins=stand_ins, timeout_seconds=0.3)
