"""`factory init`: the repository that it begins, and what --update does in one that an earlier version began."""

from __future__ import annotations

import io
import sys
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

import pytest

from factory.cli.skeleton import kept
from factory.planning.written import State
from tests.cli.conftest import Run
from tests.conftest import ROOT

NOW = version("product-factory")


class Answers(io.StringIO):
    """Somebody at a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run) -> Path:
    """What init writes, with the working directory in it."""
    monkeypatch.chdir(tmp_path)
    assert run("init", "mine")[0] == 0
    monkeypatch.chdir(tmp_path / "mine")
    return tmp_path / "mine"


def states(repository: Path) -> dict[str, State]:
    return {file.path: file.state for file in kept(repository)}


def age(repository: Path, path: str, *, by: str = "0.0.9") -> None:
    """Let a file be as another version wrote it."""
    (file,) = [file for file in kept(repository) if file.path == path]
    (repository / path).write_text(replace(file, wanted=f"# of {by}\n", version=by).marked)


def test_what_init_writes_is_enough_for_services(repository: Path, run: Run) -> None:
    for name in ("validate", "plan", "publish"):
        text = (repository / f"buildspecs/{name}.yml").read_text()
        assert text.split("\n", 1)[1] == (ROOT / f"buildspecs/{name}.yml").read_text()
    assert f"product-factory=={NOW}" in (repository / "requirements.txt").read_text().splitlines()
    for name, kind in (("orders", "public"), ("report", "job")):
        code, printed = run("new-service", name, "--runtime", "python", "--type", kind)
        assert (code, printed.err) == (0, "next: factory up platform -e dev\n")
    system = (repository / "portfolios/systems/platform.yaml").read_text()
    assert "      Services: [orders, report]\n" in system
    assert set(states(repository).values()) == {State.CURRENT}


def test_init_writes_nothing_where_something_is(repository: Path, run: Run) -> None:
    code, printed = run("init", str(repository))
    assert code == 2
    assert printed.err == f"error: {repository}/portfolios/environments.yaml exists already: nothing was written\n"


def test_init_begins_in_a_repository_that_was_just_made(tmp_path: Path, run: Run) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "README.md").write_text("Ours.\n")
    code, printed = run("init", str(tmp_path))
    assert code == 0
    assert printed.err.startswith(f"{tmp_path}/README.md is there already: left as it is\n")
    assert (tmp_path / "README.md").read_text() == "Ours.\n"
    assert (tmp_path / ".gitignore").is_file()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "error: init: where?\nhint:  factory init DIR, or factory init --update in a repository\n"),
        (["other", "--yes"], "error: init: --yes is for --update\n"),
        (["other", "--dry-run"], "error: init: --dry-run is for --update\n"),
        (
            ["--update", "nowhere"],
            "error: project nowhere: it has no portfolios/environments.yaml\nhint:  factory init ",
        ),
    ],
)
def test_init_says_what_is_wrong(arguments: list[str], told: str, repository: Path, run: Run) -> None:
    code, printed = run("init", *arguments)
    assert (code, printed.err[: len(told)]) == (2, told)
    assert not (repository / "other").exists()


def test_what_an_upgrade_changes_is_shown_and_written_after_a_question(
    repository: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("init", "--update") == (
        0,
        ("", f"nothing to update: product-factory {NOW} writes nothing new\n"),
    )
    age(repository, "requirements.txt")
    (repository / "buildspecs/plan.yml").unlink()
    before = states(repository)
    code, printed = run("init", "--update", "--dry-run")
    assert (code, printed.err) == (0, "")
    assert "--- a/requirements.txt\n+++ b/requirements.txt\n" in printed.out
    assert "\n-# of 0.0.9\n+" in printed.out
    assert f"+product-factory=={NOW}\n" in printed.out
    assert run("init", "--update")[1].err == "error: init: nobody to ask\nhint:  factory init --update --yes\n"
    monkeypatch.setattr(sys, "stdin", Answers("n\n"))
    assert run("init", "--update")[1].err.startswith("Write buildspecs/plan.yml, requirements.txt? [y/N]: ")
    assert states(repository) == before
    monkeypatch.setattr(sys, "stdin", Answers("y\n"))
    assert run("init", "--update")[0] == 0
    assert set(states(repository).values()) == {State.CURRENT}


def test_what_somebody_changed_is_asked_for_by_itself(
    repository: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    age(repository, "buildspecs/plan.yml")
    plan, publish, requirements = (
        repository / name for name in ("buildspecs/plan.yml", "buildspecs/publish.yml", "requirements.txt")
    )
    plan.write_text(f"{plan.read_text()}# own\n")
    publish.write_text(f"{publish.read_text()}# own\n")
    requirements.write_text("product-factory==0.0.9 --hash=sha256:00\n")
    before = {path: path.read_text() for path in (plan, publish, requirements)}
    assert run("init", "--update", "--yes")[1].err.splitlines() == [
        "buildspecs/publish.yml was changed here, and there is nothing new",
        "requirements.txt is your own: its first line does not say that the factory wrote it",
        "buildspecs/plan.yml was changed here: left as it is",
    ]
    monkeypatch.setattr(sys, "stdin", Answers("n\n"))
    _, printed = run("init", "--update")
    assert "-# own\n" in printed.out
    assert "buildspecs/plan.yml was changed here, which this would undo. Write it? [y/N]: " in printed.err
    assert {path: path.read_text() for path in before} == before
    monkeypatch.setattr(sys, "stdin", Answers("y\n"))
    run("init", "--update")
    assert {path: path.read_text() for path in (publish, requirements)} == {
        path: before[path] for path in (publish, requirements)
    }
    assert states(repository)["buildspecs/plan.yml"] is State.CURRENT


def test_what_a_later_version_wrote_is_not_put_back(repository: Path, run: Run) -> None:
    age(repository, "buildspecs/plan.yml", by="99.0.0")
    assert run("init", "--update", "--yes") == (
        2,
        (
            "",
            f"error: buildspecs/plan.yml: product-factory 99.0.0 wrote it, and this is {NOW}\n"
            "hint:  pip install --requirement requirements.txt\n",
        ),
    )
    assert states(repository)["buildspecs/plan.yml"] is State.NEWER
